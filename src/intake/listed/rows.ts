// The rows of a file for a suppression list: CSV, or one value on each line. A row is a line; a bad
// one is told by its number and spoils no other.

import { CsvError, parse } from 'csv-parse/sync';

import type { SuppressionKind } from '../../domain/suppression/suppression.ts';
import { looseName } from '../values.ts';

/** Names under which columns are known without being told, best first; one list for each cell. */
const COLUMNS: Readonly<Record<SuppressionKind, readonly (readonly string[])[]>> = {
  phone: [['phone', 'phonenumber', 'number', 'mobile', 'telephone', 'tel']],
  email: [['email', 'emailaddress', 'mail']],
  domain: [['domain', 'emaildomain', 'host']],
  zip: [['zip', 'zipcode', 'postalcode']],
  ip: [['ip', 'ipaddress', 'cidr', 'range']],
  name_address: [
    ['firstname', 'first'],
    ['lastname', 'last'],
    ['address', 'address1', 'street', 'streetaddress'],
    ['zip', 'zipcode', 'postalcode'],
  ],
};
const HASHED = ['sha256', 'hash', 'hashed', 'sha256hash'];

/** Of these the first one that the first line has. */
const DELIMITERS = ['\t', ';', ','] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** Which cells of a row make an entry. */
export interface Layout {
  readonly delimiter: Delimiter;
  readonly columns: readonly number[];
  /** The first row names the columns. */
  readonly hasHeader: boolean;
}

/**
 * The layout of a file, by its first line: by the names in it, or else the first cells. `column` is
 * the name of the one that counts; undefined if the first line has no such name.
 */
export function findLayout(
  firstLine: string,
  kind: SuppressionKind,
  column?: string,
): Layout | undefined {
  const delimiter = DELIMITERS.find((one) => firstLine.includes(one)) ?? ',';
  const [cells = []] = splitLines([firstLine], delimiter);
  const names = cells.map(looseName);
  const known = COLUMNS[kind];
  const whole = (name: string | undefined) => (name === undefined ? -1 : names.indexOf(name));
  if (column !== undefined) {
    const at = whole(looseName(column));
    return at < 0 ? undefined : { delimiter, columns: [at], hasHeader: true };
  }
  const named = known.map((words) => whole(words.find((word) => names.includes(word))));
  if (named.every((at) => at >= 0)) return { delimiter, columns: named, hasHeader: true };
  const hashed = whole(HASHED.find((word) => names.includes(word)));
  if (hashed >= 0) return { delimiter, columns: [hashed], hasHeader: true };
  return { delimiter, columns: known.map((_, index) => index), hasHeader: false };
}

/** The cells of each line; undefined for one that is no CSV. A blank line has one blank cell. */
export function splitLines(
  lines: readonly string[],
  delimiter: Delimiter,
): readonly (readonly string[] | undefined)[] {
  // Most files are a value on each line: a parser would only be slower.
  if (!lines.some((line) => line.includes(delimiter) || line.includes('"'))) {
    return lines.map((line) => [line]);
  }
  const rows = parseText(lines.join('\n'), delimiter);
  // All together takes a tenth of the time; but a quote that is not closed would take other lines.
  if (rows?.length === lines.length) return rows;
  return lines.map((line) => (line.trim() === '' ? [''] : parseText(line, delimiter)?.[0]));
}

function parseText(text: string, delimiter: Delimiter): string[][] | undefined {
  try {
    return parse(text, { delimiter, relax_column_count: true, relax_quotes: true, trim: true });
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}
