// `sluice caps`: what is used and left of the caps, by the running server.

import { renderCaps } from '../api/reading/cap-lines.ts';
import type { CapLine, CapsPage } from '../api/wire/caps.ts';
import type { Config } from '../config.ts';
import { getJson } from './client.ts';

export interface CapsOptions {
  readonly buyer?: string;
  readonly json?: boolean;
}

/** All pages as one table, or as JSON. Throws `CommandError`. */
export async function readCapsTable(
  { buyer, json }: CapsOptions,
  from: { readonly config: Config; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const caps: CapLine[] = [];
  let isUp = true;
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({
      limit: '200',
      ...(buyer !== undefined && { buyer }),
      ...(cursor !== null && { cursor }),
    });
    const page: CapsPage = await getJson(`/v1/caps?${query.toString()}`, from);
    caps.push(...page.caps);
    isUp &&= page.temporal === 'up';
    cursor = page.next;
  } while (cursor !== null);
  const temporal = isUp ? 'up' : 'away';
  return json ? JSON.stringify({ caps, temporal }, null, 2) : renderCaps(caps, isUp);
}
