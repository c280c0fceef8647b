// `sluice deliveries list` and `retry`, by the running server.

import { columns, printable } from '../../api/reading/text-table.ts';
import type { DeliveryPageBody, RedeliverAnswer } from '../../api/deliveries/wire.ts';
import { type Caller, getJson, postJson } from '../client.ts';
import { CommandError } from '../running.ts';

interface Range {
  readonly contract?: string;
  readonly target?: string;
  readonly from?: string;
  readonly to?: string;
}
export type ListOptions = Range & { readonly state: string; readonly json: boolean };
export type RetryOptions = Range & { readonly state?: string; readonly dryRun: boolean };

/** The newest 200, as text or JSON. */
export async function listDeliveries(
  { json, ...query }: ListOptions,
  caller: Caller,
): Promise<string> {
  const asked = new URLSearchParams({ ...query, limit: '200' });
  const page = await getJson<DeliveryPageBody>(`/v1/deliveries?${asked.toString()}`, caller);
  if (json) return JSON.stringify(page, null, 2);
  if (page.deliveries.length === 0) return `no delivery is ${query.state}`;
  const lines = page.deliveries.map(({ id, state, tries, at, next_try_at, detail }) => [
    ...[id, state, `${tries} ${tries === 1 ? 'try' : 'tries'}`, at],
    ...[next_try_at === null ? '' : `next ${next_try_at}`, printable(detail)],
  ]);
  const more = page.next === null ? [] : ['… there are more: narrow it with --from, --contract'];
  return [...columns(lines), ...more].join('\n');
}

/** Has failed deliveries pushed again, a thousand per request, and says how many. */
export async function retryDeliveries(
  ids: readonly string[],
  { dryRun, ...range }: RetryOptions,
  caller: Caller,
): Promise<string> {
  const isRange = Object.keys(range).length > 0;
  if (ids.length > 0 === isRange) {
    const hint = 'Name deliveries, or choose them: --contract, --target, --from, --to, --state.';
    throw new CommandError('wants ids or a range, and not both', hint);
  }
  const which = ids.length > 0 ? { ids } : { filter: range };
  let count = 0;
  for (;;) {
    const body = { ...which, dry_run: dryRun };
    const answer = await postJson<RedeliverAnswer>('/v1/deliveries/redeliver', body, caller);
    count += answer.count;
    if (answer.more && !dryRun && answer.count > 0) continue;
    const more = answer.more ? ' and more' : '';
    const stopped = answer.disabled > 0 ? `; ${answer.disabled} wait for a disabled endpoint` : '';
    return `${count}${more} ${dryRun ? 'would be pushed again' : 'are pushed again'}${stopped}`;
  }
}
