// `--preview`: how the file is read, where each column goes, and the first rows as buyers would see
// them, with their problems.

import { columns as inColumns, printable } from '../../api/reading/text-table.ts';
import type { Column } from './columns.ts';
import { readLines } from './lines.ts';
import type { Plan } from './plan.ts';
import { readRows, type Row } from './rows.ts';
import { describeProblems, judge, toBody } from './submission.ts';

const ROWS = 5;
const SEPARATORS: Readonly<Record<string, string>> = { '\t': 'tabs' };

/** The preview as text; posts nothing. */
export async function previewImport(plan: Plan): Promise<string> {
  const { facts, header, missing, suggested, campaign, source, vertical } = plan;
  const { separator, firstRow } = header.table;
  const about = Math.max(0, facts.lines - firstRow + 1);
  const rows: Row[] = [];
  for await (const row of readRows(readLines(facts), header.table)) {
    rows.push(row);
    if (rows.length === ROWS) break;
  }
  const by = SEPARATORS[separator] ?? `"${separator}"`;
  return [
    `${facts.file}: ${facts.encoding}, separated by ${by}, about ${about} rows`,
    `would be posted to ${campaign} (${vertical.name}) by ${source}`,
    '',
    ...inColumns([['', 'column', 'goes to'], ...plan.columns.map(columnLine)]),
    ...(missing.length > 0 ? ['', `required and without a column: ${missing.join(', ')}`] : []),
    ...(suggested.length > 0 ? ['', 'perhaps', ...suggested.map((map) => `  --map '${map}'`)] : []),
    ...(rows.length > 0 ? rows.flatMap((row) => rowLines(row, plan)) : ['', 'no rows']),
  ].join('\n');
}

function columnLine({ number, name, to }: Column): string[] {
  return [String(number), name, to.kind === 'out' ? 'left out' : goesTo(to.kind, to.name)];
}

function goesTo(kind: 'field' | 'unknown' | 'beside', name: string): string {
  return kind === 'unknown' ? 'unknown to the campaign: kept, and not used' : name;
}

function rowLines(row: Row, plan: Plan): string[] {
  if ('wrong' in row) return ['', `row ${row.row}`, `  unreadable: ${row.wrong}`];
  const body = toBody(row.cells, plan);
  const { fields, problems, errors } = judge(body, plan);
  const lines = inColumns(
    Object.entries(fields).map(([name, value]) => [`  ${name}`, printable(String(value))]),
  );
  const says = [
    ...(problems.length > 0 ? [`  would be rejected: ${describeProblems(problems)}`] : []),
    ...(errors.length > 0 ? [`  would be refused: ${describeProblems(errors)}`] : []),
  ];
  return ['', `row ${row.row}`, ...lines, ...says];
}
