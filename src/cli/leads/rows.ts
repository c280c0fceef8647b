// The rows of a CSV file, one by one. A row that cannot be read is told by its number and spoils no
// other: where a quote is not closed, the line it stands in is the bad one, and reading goes on
// behind it.

import { CsvError, parse } from 'csv-parse/sync';

import { type Lines, MOST_CHARACTERS } from './lines.ts';

/** A row by its number as spreadsheets count: the first one is 1, and a blank one counts. */
export type Row = { readonly row: number } & (
  { readonly cells: readonly string[] } | { readonly wrong: string }
);

/** A row may go over so many lines: cells of an address or a note. */
const MOST_LINES = 50;

type Line = string | undefined;

/** Where the rows of a file begin, and what separates their cells. */
export interface Table {
  readonly separator: string;
  /** Cells in a row. */
  readonly width: number;
  /** Lines before the first row. */
  readonly skipLines: number;
  /** The number of the first row. */
  readonly firstRow: number;
}

/** Rows with something in them; blank ones are passed over and counted. */
export async function* readRows(source: AsyncIterable<Lines>, table: Table): AsyncGenerator<Row> {
  let waiting: Line[] = [];
  let skip = table.skipLines;
  let row = table.firstRow;
  const numbered = (found: Found): Row | undefined => {
    const number = row++;
    return found === 'blank' ? undefined : { row: number, ...found };
  };
  for await (const { lines } of source) {
    waiting = [...waiting, ...lines.slice(skip)];
    skip = Math.max(0, skip - lines.length);
    const { found, taken } = takeRows(waiting, table, 'more');
    waiting = waiting.slice(taken);
    for (const one of found) {
      const told = numbered(one);
      if (told) yield told;
    }
  }
  for (const one of takeRows(waiting, table, 'end').found) {
    const told = numbered(one);
    if (told) yield told;
  }
}

type Found = 'blank' | { readonly cells: readonly string[] } | { readonly wrong: string };

/** The rows that the lines make, and how many lines they took; the rest may go on. */
function takeRows(lines: readonly Line[], table: Table, then: 'more' | 'end') {
  const found: Found[] = [];
  let at = 0;
  while (at < lines.length) {
    const run = takeRun(lines, at, table);
    found.push(...run);
    at += run.length;
    if (at === lines.length) break;
    const one = takeOne(lines, at, table);
    // The rest of a row may come with the lines that follow.
    if (one.ranOut && then === 'more') break;
    found.push(one.found);
    at += one.taken;
  }
  return { found, taken: at };
}

/** The lines from here on that are a row each: those whose quotes come in pairs. */
function takeRun(lines: readonly Line[], from: number, table: Table): Found[] {
  let to = from;
  let quoted = false;
  while (to < lines.length) {
    const line = lines[to];
    const quotes = line === undefined ? 1 : quotesIn(line);
    // With an odd number of quotes it is a part of a row, or none.
    if (quotes % 2 === 1) break;
    quoted ||= quotes > 0;
    to += 1;
  }
  if (to === from) return [];
  const run = lines.slice(from, to).map((line) => line ?? '');
  // Without quotes a separator always separates. All together takes a tenth of the time, unless
  // one of them is no CSV.
  const rows = quoted
    ? parseText(run.join('\n'), table.separator)
    : run.map((line) => line.split(table.separator));
  return rows?.length === run.length
    ? rows.map((cells, index) => toFound(cells, run[index] ?? '', table))
    : run.map((line) => takeOne([line], 0, table).found);
}

interface One {
  readonly found: Found;
  readonly taken: number;
  /** The lines ended before the row did. */
  readonly ranOut?: boolean;
}

/** The row that begins with a line. */
function takeOne(lines: readonly Line[], from: number, table: Table): One {
  const first = lines[from];
  if (first === undefined) {
    return { found: { wrong: `longer than ${MOST_CHARACTERS} characters` }, taken: 1 };
  }
  const several = joinLines(lines, from);
  if (several.kind === 'joined') {
    const rows = parseText(several.text, table.separator);
    const found = rows?.length === 1 && toFound(rows[0] ?? [], several.text, table);
    // Of several lines only a row that is right in all is one: else the first line is a bad one.
    if (found && (several.taken === 1 || isRight(found))) return { found, taken: several.taken };
  }
  return { ...takeLoosely(first, table), ...(several.kind === 'ran_out' && { ranOut: true }) };
}

/** A line with quotes where they have no business, such as `5" pipe`. */
function takeLoosely(line: string, table: Table): One {
  const rows = parseText(line, table.separator, { relax_quotes: true });
  const found = rows?.length === 1 && toFound(rows[0] ?? [], line, table);
  if (found && isRight(found)) return { found, taken: 1 };
  return { found: { wrong: 'the quotes do not match' }, taken: 1 };
}

type Joined =
  | { readonly kind: 'joined'; readonly text: string; readonly taken: number }
  | { readonly kind: 'ran_out' | 'too_long' };

/** As many lines as it takes for each quote to have its partner. */
function joinLines(lines: readonly Line[], from: number): Joined {
  let text = '';
  let quotes = 0;
  for (let taken = 1; taken <= MOST_LINES; taken += 1) {
    if (from + taken > lines.length) return { kind: 'ran_out' };
    const line = lines[from + taken - 1];
    if (line === undefined || text.length + line.length > MOST_CHARACTERS) break;
    text += taken === 1 ? line : `\n${line}`;
    quotes += quotesIn(line);
    if (quotes % 2 === 0) return { kind: 'joined', text, taken };
  }
  return { kind: 'too_long' };
}

function quotesIn(line: string): number {
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count += 1;
  return count;
}

const isRight = (found: Found): boolean => found !== 'blank' && 'cells' in found;

function toFound(parsed: readonly string[], text: string, { width }: Table): Found {
  const cells = parsed.map((cell) => cell.trim());
  if (text.includes('\0')) return { wrong: 'holds NUL characters: the file is damaged here' };
  if (cells.every((cell) => cell === '')) return 'blank';
  // Some programs write a separator too many; an empty cell moves no other.
  const extra = cells.slice(width);
  if (cells.length === width || (cells.length > width && extra.every((cell) => cell === ''))) {
    return { cells: cells.slice(0, width) };
  }
  return { wrong: `${cells.length} cells instead of ${width}` };
}

/** The rows of a text, or undefined where it is no CSV. */
export function parseText(
  text: string,
  separator: string,
  more: { readonly relax_quotes?: boolean } = {},
): string[][] | undefined {
  try {
    const options = { relax_column_count: true, record_delimiter: '\n', trim: true, ...more };
    return parse(text, { delimiter: separator, ...options });
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}
