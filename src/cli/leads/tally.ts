// Counting what becomes of rows, and saying so: while it goes on, and at the end.

import { columns } from '../../api/reading/text-table.ts';
import { dollars } from '../../domain/money.ts';
import type { Told } from './poster.ts';
import type { Before, RowStatus } from './results.ts';

/** In the order in which they are told. */
const STATUSES: readonly RowStatus[] = [
  ...(['valid', 'sold', 'unsold', 'duplicate', 'rejected', 'pending'] as const),
  ...(['invalid', 'refused', 'failed', 'unreadable'] as const),
];
const MEANS: Partial<Record<RowStatus, string>> = {
  rejected: 'stored as leads and not sold',
  pending: 'no outcome yet: run the same command again to ask for it',
  invalid: 'would be rejected or refused',
  refused: 'not taken, and no lead',
  failed: 'the server had a fault: run the same command again to try them again',
  unreadable: 'no rows of the table, and no leads',
};

export interface Tally {
  readonly counts: Map<string, number>;
  payoutCents: number;
  /** Rows that ended in this run. */
  done: number;
  /** Rows that ended in earlier ones. */
  readonly before: number;
}

export function createTally({
  counts,
  payoutCents,
}: Pick<Before, 'counts' | 'payoutCents'> = NOTHING): Tally {
  const before = [...counts.values()].reduce((sum, rows) => sum + rows, 0);
  return { counts: new Map(counts), payoutCents, done: 0, before };
}
const NOTHING = { counts: new Map<string, number>(), payoutCents: 0 };

export function count(tally: Tally, { status, payoutCents = 0 }: Told): void {
  tally.done += 1;
  tally.payoutCents += payoutCents;
  tally.counts.set(status, (tally.counts.get(status) ?? 0) + 1);
}

/** A row that was counted as something else before. */
export function recount(tally: Tally, was: RowStatus, told: Told): void {
  count(tally, told);
  tally.done -= 1;
  tally.counts.set(was, (tally.counts.get(was) ?? 1) - 1);
}

const whole = (amount: number) => String(amount).replace(/\B(?=(\d{3})+$)/g, ',');

function inOrder({ counts }: Tally): [RowStatus, number][] {
  return STATUSES.flatMap((status) => {
    const of = counts.get(status) ?? 0;
    return of > 0 ? [[status, of] as [RowStatus, number]] : [];
  });
}

/** One line: rows, rate, time left, counts. `rows` is about how many the file has. */
export function describeProgress(
  tally: Tally,
  of: { readonly rows: number; readonly seconds: number },
): string {
  const rate = tally.done / Math.max(of.seconds, 0.001);
  const all = Math.max(of.rows, tally.before + tally.done);
  const left = all - tally.before - tally.done;
  const parts = [
    `${whole(tally.before + tally.done)} of about ${whole(all)} rows`,
    `${rate >= 10 ? whole(Math.round(rate)) : rate.toFixed(1)} a second`,
    ...(rate > 0 && left > 0 ? [`${span(left / rate)} left`] : []),
  ];
  const counts = inOrder(tally).map(([status, rows]) => `${status} ${whole(rows)}`);
  return `${parts.join(', ')}${counts.length > 0 ? `; ${counts.join(', ')}` : ''}`;
}

function span(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** The lines of a summary below its first one. */
export function describeCounts(tally: Tally): string[] {
  const rows = inOrder(tally).map(([status, rows]) => {
    const earned = status === 'sold' && tally.payoutCents > 0;
    const means = earned ? `${dollars(tally.payoutCents)} earned` : (MEANS[status] ?? '');
    return [`  ${status}`, whole(rows), means];
  });
  return rows.length > 0 ? columns(rows, new Set([1])) : ['  no rows'];
}
