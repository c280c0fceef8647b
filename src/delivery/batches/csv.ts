// Sold leads as a CSV file that spreadsheets may open: RFC 4180, UTF-8, a header row, and no cell
// that a spreadsheet would run as a formula.

import { stringify } from 'csv-stringify/sync';

import type { FieldValue } from '../../domain/world/world.ts';

/** One row: values by column; a column that a row lacks stays empty. */
export type Row = Readonly<Record<string, FieldValue>>;

// A number with its sign is a number, and a phone number with its plus is what buyers want to call:
// the library's own escaping would spoil both.
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const FORMULA = /^[=+\-@\t\r]/;

/** The file, with these columns in this order. The same rows give the same bytes. */
export function csvOf(columns: readonly string[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => cellOf(row[column] ?? '')));
  // The library quotes its own delimiter only; readers take a lone CR or LF for the end of a row.
  const format = { record_delimiter: '\r\n', quoted_match: /[\r\n]/ };
  return stringify([columns.map(cellOf), ...cells], format);
}

function cellOf(value: FieldValue): string {
  const text = String(value);
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
