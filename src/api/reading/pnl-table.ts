// The profit and loss report as a table for terminals (`sluice pnl`) and as CSV. Pure.

import type { PnlDimension, PnlRow } from '../../db/reading/pnl.ts';
import { dollars } from '../../domain/money.ts';
import { columns } from './text-table.ts';

const SUMS = ['received', 'sold', 'revenue', 'payout', 'margin'] as const;

/** Header, one line per row, and the total under a rule. Amounts in dollars. */
export function renderPnlTable(by: readonly PnlDimension[], rows: readonly PnlRow[]): string {
  const right = new Set(SUMS.map((_, index) => by.length + index));
  const lines = columns([[...by, ...SUMS], ...rows.map((row) => cellsOf(by, row))], right);
  const rule = '-'.repeat(Math.max(...lines.map((line) => line.length)));
  const [head = '', ...body] = lines;
  const total = rows.some((row) => row.total) ? [rule, ...body.slice(-1)] : [];
  const shown = total.length > 0 ? body.slice(0, -1) : body;
  return [head, rule, ...shown, ...total].join('\n').concat('\n');
}

function cellsOf(by: readonly PnlDimension[], row: PnlRow): string[] {
  const names = by.map((dimension, index) =>
    row.total ? (index === 0 ? 'total' : '') : (row[dimension] ?? ''),
  );
  return [
    ...names,
    row.received === null ? '-' : String(row.received),
    String(row.sold),
    dollars(row.revenueCents),
    dollars(row.payoutCents),
    dollars(row.marginCents),
  ];
}

/** RFC 4180, amounts in cents; the last line is the total. No cell starts a formula. */
export function renderPnlCsv(by: readonly PnlDimension[], rows: readonly PnlRow[]): string {
  const head = [...by, 'received', 'sold', 'revenue_cents', 'payout_cents', 'margin_cents'];
  const lines = rows.map((row) => {
    const names = by.map((dimension, index) =>
      row.total ? (index === 0 ? 'total' : '') : (row[dimension] ?? ''),
    );
    const { received, sold, revenueCents, payoutCents, marginCents } = row;
    const sums = [received ?? '', sold, revenueCents, payoutCents, marginCents];
    return [...names.map(quoted), ...sums.map(String)];
  });
  return [head, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

// A spreadsheet runs a cell that starts with one of these. Amounts may start with a minus sign and
// are digits after it.
function quoted(name: string): string {
  const safe = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
