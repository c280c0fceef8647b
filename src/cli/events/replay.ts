// `sluice events replay`: sends events to a webhook once more, over the running server.

import type { ReplayAnswer } from '../../api/events/wire.ts';
import { type Caller, postJson } from '../client.ts';

export interface ReplayOptions {
  readonly from: string;
  readonly to?: string;
  readonly types?: string;
  readonly dryRun: boolean;
}

/** Queues the events and says how many. Throws `CommandError`; a repeat is safe. */
export async function replayEvents(
  webhook: string,
  { from, to, types, dryRun }: ReplayOptions,
  caller: Caller,
): Promise<string> {
  const body = {
    ...{ webhook, from, dry_run: dryRun },
    ...(to !== undefined && { to }),
    ...(types !== undefined && { types: types.split(',') }),
  };
  const { events } = await postJson<ReplayAnswer>('/v1/events/replay', body, caller);
  const what = events === 1 ? '1 event' : `${events} events`;
  return dryRun ? `${what} would be sent to ${webhook}` : `${what} queued for ${webhook}`;
}
