// One request of an import, sent until it is answered.

import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import type { ImportAnswer } from '../../api/suppressions/wire.ts';
import type { SuppressionKind } from '../../domain/suppression/suppression.ts';
import { type Caller, postText, Unavailable } from '../client.ts';

export interface ImportOptions {
  readonly kind: SuppressionKind;
  readonly list: string;
  readonly campaign?: string;
  readonly expires?: string;
  readonly column?: string;
  readonly origin?: string;
  readonly hashed: boolean;
  readonly dryRun: boolean;
  /** Where bad rows are written down. */
  readonly result?: string;
}

/** Pauses before each further try of a part. In seconds; a busy machine is back within them. */
const PAUSES_S = [0.2, 1, 2, 4, 8, 15, 30];

/**
 * Sends a part; `more` are parameters of its address besides those of the whole import. A part that
 * was stored although nobody said so is stored again without harm. Throws `CommandError`.
 */
export async function sendPart(
  part: {
    readonly body: Buffer;
    readonly type: string;
    readonly more?: Readonly<Record<string, string>>;
  },
  { file, options }: { readonly file: string; readonly options: ImportOptions },
  caller: Caller,
): Promise<ImportAnswer> {
  const { list, kind, campaign, expires, dryRun } = options;
  const query = new URLSearchParams({
    ...{ list, kind, origin: options.origin ?? basename(file).slice(0, 200) },
    ...(campaign !== undefined && { campaign }),
    ...(expires !== undefined && { expires }),
    ...(dryRun && { dry_run: 'true' }),
    ...part.more,
  });
  const path = `/v1/suppressions/imports?${query.toString()}`;
  for (const pause of PAUSES_S) {
    try {
      return await postText<ImportAnswer>(path, part, caller);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await setTimeout(pause * 1000);
    }
  }
  return postText<ImportAnswer>(path, part, caller);
}
