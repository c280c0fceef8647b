// Rows of a feedback file, read one by one: what is wrong with a row is said beside it, and the
// others are taken.

import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { isLeadId, type LeadId } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import { dealDollars, wholeCents } from '../../intake/feedback-message.ts';
import { FEEDBACK_KINDS, type FeedbackKind } from '../../domain/scoring/feedback.ts';
import { CommandError } from '../running.ts';

/** A row that can be read; the lead by our id, or by its source's. */
export interface FeedbackRow {
  readonly id: string;
  readonly lead: { readonly id: LeadId } | { readonly externalId: string; readonly source: string };
  readonly what: FeedbackKind;
  readonly valueCents: Cents | null;
  readonly atMs: number | null;
  readonly contractId: string | null;
  readonly reason: string | null;
}

/** A row of the file by its line, with what is wrong with it. */
export type ReadRow = { readonly line: number; readonly names: string } & (
  { readonly row: FeedbackRow } | { readonly wrong: string }
);

export const COLUMNS = [
  'id',
  'lead',
  'external_id',
  'source',
  'what',
  'value',
  'value_cents',
  'at',
  'contract',
  'reason',
] as const;
type Cells = Partial<Record<(typeof COLUMNS)[number], string>>;

const MOST_ROWS = 100_000;
const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads CSV with a line of column names. Throws `CommandError` where the file as a whole is none:
 * no `what`, no lead, a column that nobody knows.
 */
export function readFeedbackRows(text: string, nowMs: number): readonly ReadRow[] {
  const lines = parseLines(text);
  const [head, ...rest] = lines;
  const columns = (head?.record ?? []).map((name) => name.trim().toLowerCase());
  checkColumns(columns);
  if (rest.length > MOST_ROWS) {
    throw new CommandError(`more than ${MOST_ROWS} rows`, 'Divide the file.');
  }
  return rest.map(({ record, info }) => {
    const line = info.lines;
    if (record.length !== columns.length) {
      const wrong = `${record.length} cells instead of ${columns.length}`;
      return { line, names: '', wrong };
    }
    const cells: Cells = Object.fromEntries(
      columns.map((name, index) => [name, (record[index] ?? '').trim()]),
    );
    const names = cells.lead || cells.external_id || '';
    const row = readRow(cells, nowMs);
    return typeof row === 'string' ? { line, names, wrong: row } : { line, names, row };
  });
}

interface Line {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function parseLines(text: string): readonly Line[] {
  try {
    return parse(text, {
      ...{ bom: true, info: true, relax_column_count: true, skip_empty_lines: true },
    }) as unknown as readonly Line[];
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(`the file is no CSV: ${message}`, 'Quotes inside of cells are doubled.');
  }
}

function checkColumns(columns: readonly string[]): void {
  const known: readonly string[] = COLUMNS;
  const odd = columns.find((name) => !known.includes(name));
  if (odd !== undefined) {
    throw new CommandError(`no column is called "${odd}"`, `Columns: ${known.join(', ')}.`);
  }
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new CommandError(`the column "${twice}" comes twice`, 'Leave one of them out.');
  }
  if (!columns.includes('what') || !columns.some((name) => /^(lead|external_id)$/.test(name))) {
    const hint = 'The first line names the columns, such as: lead,what,at';
    throw new CommandError('the columns `what` and `lead` or `external_id` are needed', hint);
  }
}

function readRow(cells: Cells, nowMs: number): FeedbackRow | string {
  const lead = leadOf(cells);
  if (typeof lead === 'string') return lead;
  const what = FEEDBACK_KINDS.find((kind) => kind === cells.what?.toLowerCase());
  if (!what) return `what: wants one of ${FEEDBACK_KINDS.join(', ')}`;
  const valueCents = centsOf(cells);
  if (typeof valueCents === 'string') return valueCents;
  const atMs = cells.at ? Date.parse(cells.at) : null;
  if (cells.at && (!ZONED.test(cells.at) || Number.isNaN(atMs))) {
    return 'at: wants a time with its offset, such as 2026-11-24T15:00:00Z';
  }
  if (atMs !== null && atMs > nowMs) return 'at: lies in the future';
  if ((cells.reason ?? '').length > 500) return 'reason: has more than 500 characters';
  const row = { what, valueCents, atMs, contractId: cells.contract || null };
  return { ...{ id: cells.id || idOf(cells), lead, ...row, reason: cells.reason || null } };
}

function leadOf({ lead, external_id, source = '' }: Cells): FeedbackRow['lead'] | string {
  if (lead && external_id) return 'lead: has an external_id too; leave one of them out';
  if (lead) return isLeadId(lead) ? { id: lead } : 'lead: is not the id of a lead';
  if (external_id) return { externalId: external_id, source };
  return 'lead: neither it nor external_id is given';
}

function centsOf({ value, value_cents }: Cells): Cents | null | string {
  if (value && value_cents) return 'value: value_cents is given too; leave one of them out';
  if (value_cents) {
    return wholeCents(value_cents) ?? 'value_cents: wants whole cents';
  }
  if (!value) return null;
  return dealDollars(value) ?? 'value: wants dollars, such as 1,250.00';
}

/** The same row of the same file has the same id: a file that is sent again changes nothing. */
function idOf(cells: Cells): string {
  const told = COLUMNS.map((name) => cells[name] ?? '');
  return `csv-${createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32)}`;
}
