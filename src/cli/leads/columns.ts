// The columns of a file and where their cells go: to a field of the vertical, to a part of the
// submission beside the fields, or along as a field that the campaign does not know.

import type { Vertical } from '../../domain/world/world.ts';
import { fieldsAlike } from '../../intake/doors/submission.ts';
import { looseName } from '../../intake/values.ts';
import { CommandError } from '../running.ts';
import { readLines } from './lines.ts';
import { parseText, type Table } from './rows.ts';
import type { FileFacts } from './scan.ts';

/** Parts of a submission beside its fields, as `--map` and headers name them. */
const BESIDE = [
  ...['external_id', 'sub_source', 'consent.text', 'consent.at', 'consent.ip'],
  ...['consent.trustedform_url', 'consent.jornaya_id'],
] as const;
/** Where `--map` sends a column that stays out. */
const OUT = '-';

export interface Column {
  /** From 1. */
  readonly number: number;
  readonly name: string;
  readonly to:
    | { readonly kind: 'field' | 'unknown' | 'beside'; readonly name: string }
    | { readonly kind: 'out' };
}

/** The first row that is not blank, as names, and the table behind it. */
export interface Header {
  readonly names: readonly string[];
  readonly table: Table;
}

const SEPARATORS = [',', ';', '\t', '|'];
/** A header whose cells hold line ends is joined from so many lines. */
const MOST_HEADER_LINES = 20;

/**
 * Finds the names and the separator by the first row: the one that makes the most cells of it.
 * Without a header the columns have numbers for names. Throws `CommandError` where there are none.
 */
export async function readHeader(facts: FileFacts, has: 'header' | 'no_header'): Promise<Header> {
  const lines: (string | undefined)[] = [];
  for await (const more of readLines(facts)) {
    lines.push(...more.lines);
    if (lines.length > MOST_HEADER_LINES * 2) break;
  }
  const at = lines.findIndex((line) => line === undefined || line.trim() !== '');
  const first = lines[at];
  if (at < 0)
    throw new CommandError(`${facts.file} has no rows`, 'Its first row names the columns.');
  if (first?.includes('\0') || first === undefined) {
    const hint = 'Save it as CSV in UTF-8.';
    throw new CommandError(`${facts.file} is no text: row ${at + 1} cannot be read`, hint);
  }
  // Spreadsheets may say so in a line of its own.
  const said = /^"?sep=(.)"?$/i.exec(first)?.[1];
  const from = said === undefined ? at : at + 1;
  const found = (said === undefined ? SEPARATORS : [said])
    .map((separator) => ({ separator, ...firstRow(lines.slice(from), separator) }))
    .toSorted((a, b) => b.cells.length - a.cells.length)[0];
  if (!found || found.cells.length === 0) {
    const says = `row ${from + 1} of ${facts.file} should name the columns, and cannot be read`;
    throw new CommandError(says, 'Quotes inside of cells are doubled, and closed at the end.');
  }
  const { separator, cells, taken } = found;
  const width = cells.length;
  if (has === 'no_header') {
    const names = cells.map((_, index) => `column ${index + 1}`);
    return { names, table: { separator, width, skipLines: from, firstRow: from + 1 } };
  }
  const names = cells.map((cell, index) => cell.replace(/\s+/g, ' ') || `column ${index + 1}`);
  return { names, table: { separator, width, skipLines: from + taken, firstRow: from + 2 } };
}

function firstRow(lines: readonly (string | undefined)[], separator: string) {
  for (let taken = 1; taken <= Math.min(lines.length, MOST_HEADER_LINES); taken += 1) {
    const rows = parseText(lines.slice(0, taken).join('\n'), separator);
    if (rows?.length === 1) return { cells: (rows[0] ?? []).map((cell) => cell.trim()), taken };
  }
  return { cells: [], taken: 0 };
}

/** Where each column goes. Throws `CommandError` with every fault and how to mend it. */
export function mapColumns(
  { names }: Header,
  vertical: Vertical,
  maps: readonly string[],
): readonly Column[] {
  const faults: string[] = [];
  const told = new Map<number, Column['to']>();
  for (const map of maps) {
    const read = readMap(map, names, vertical);
    if (typeof read === 'string') faults.push(read);
    else if (told.has(read.at)) faults.push(`--map: column ${read.at + 1} is told twice`);
    else told.set(read.at, read.to);
  }
  const columns = names.map((name, index): Column => {
    return { number: index + 1, name, to: told.get(index) ?? placeOf(name, vertical) };
  });
  faults.push(...clashes(columns));
  if (faults.length > 0) {
    const hint = "--map 'Phone Number=phone'; a column by its number is '#3=phone'; '#3=-' is out.";
    throw new CommandError(faults.join('\n  '), hint);
  }
  return columns;
}

function readMap(map: string, names: readonly string[], vertical: Vertical) {
  const equals = map.lastIndexOf('=');
  const [column, target] = [map.slice(0, equals).trim(), map.slice(equals + 1).trim()];
  if (equals < 1 || target === '') return `--map ${map}: wants COLUMN=FIELD`;
  const same = names.flatMap((name, at) => (looseName(name) === looseName(column) ? [at] : []));
  const number = /^#(\d{1,4})$/.exec(column)?.[1];
  const [at, second] = number === undefined ? same : [Number(number) - 1];
  if (at === undefined || names[at] === undefined) {
    return `--map ${map}: the file has no such column; it has ${names.join(', ')}`;
  }
  if (second !== undefined) {
    return `--map ${map}: columns ${at + 1} and ${second + 1} have that name; say '#${at + 1}='`;
  }
  if (target === OUT) return { at, to: { kind: 'out' } as const };
  const to = placeOf(target, vertical);
  if (to.kind !== 'unknown') return { at, to };
  const known = [...Object.keys(vertical.fields), ...BESIDE];
  return `--map ${map}: no field is called ${target}; use one of ${known.join(', ')}, or -`;
}

/** By its name, whatever its letter case, blanks and underscores. */
function placeOf(name: string, { fields }: Vertical): Exclude<Column['to'], { kind: 'out' }> {
  const loose = looseName(name);
  const alike = Object.keys(fields).filter((each) => looseName(each) === loose);
  // A name that two fields share is neither's, as for the API.
  const field = Object.hasOwn(fields, name) ? name : alike.length === 1 ? alike[0] : undefined;
  if (field !== undefined) return { kind: 'field', name: field };
  const beside = BESIDE.find((each) => looseName(each) === loose);
  return beside ? { kind: 'beside', name: beside } : { kind: 'unknown', name };
}

/** Two columns for one name: a guess would lose the cells of one. */
function clashes(columns: readonly Column[]): string[] {
  const taken = new Map<string, Column>();
  return columns.flatMap((column) => {
    if (column.to.kind === 'out') return [];
    const name = looseName(column.to.name);
    const first = taken.get(name);
    if (!first) {
      taken.set(name, column);
      return [];
    }
    const named = ({ number, name }: Column) => `${number} ("${name}")`;
    const both = `columns ${named(first)} and ${named(column)}`;
    return [`${both} both are ${column.to.name}; leave one out: --map '#${column.number}=-'`];
  });
}

/** Required fields that no column fills. */
export function missingFields(columns: readonly Column[], { fields }: Vertical): readonly string[] {
  const filled = new Set(columns.flatMap(({ to }) => (to.kind === 'field' ? [to.name] : [])));
  return Object.keys(fields).filter((name) => fields[name]?.required && !filled.has(name));
}

/** What `--map` could say of columns that go to no field: `Phone Number=phone`. */
export function suggestMaps(columns: readonly Column[], vertical: Vertical): readonly string[] {
  const open = new Set(Object.keys(vertical.fields));
  for (const { to } of columns) if (to.kind === 'field') open.delete(to.name);
  return columns.flatMap(({ name, to }) => {
    const alike = to.kind === 'unknown' ? fieldsAlike(name) : [];
    const field = alike.find((each) => open.delete(each));
    return field === undefined ? [] : [`${name}=${field}`];
  });
}
