// A row as the API is told it, and what the API will find in it: judged here by the same code.

import { createHash } from 'node:crypto';

import type { FieldProblem } from '../../domain/lead.ts';
import type { FieldValue, Vertical } from '../../domain/world/world.ts';
import { normaliseFields } from '../../intake/fields.ts';
import { parseShape, type ShapeError } from '../../intake/shape.ts';
import { leadSubmission } from '../../intake/submission.ts';
import type { Column } from './columns.ts';
import type { FileFacts } from './scan.ts';

/** What all rows of an import have in common. */
export interface Import {
  readonly campaign: string;
  readonly vertical: Vertical;
  readonly columns: readonly Column[];
  readonly test: boolean;
  /** Names it in keys and in the result file: the same for the same file, campaign and `test`. */
  readonly id: string;
}

/**
 * The name of an import. The columns are not in it: a file that is sent again with another `--map`
 * is refused by the API row by row instead of becoming a second lead for each.
 */
export function importId(facts: FileFacts, campaign: string, test: boolean): string {
  const of = JSON.stringify([facts.sha256, campaign, test]);
  return createHash('sha256').update(of).digest('hex').slice(0, 32);
}

/** The `Idempotency-Key` of a row. */
export const keyOf = (id: string, row: number): string => `csv/${id}/${row}`;

/** The body of a row; blank cells are left out. The same row always gives the same bytes. */
export function toBody(cells: readonly string[], of: Import) {
  const fields: [string, string][] = [];
  const beside: [string, string][] = [];
  const consent: [string, string][] = [];
  for (const { number, to } of of.columns) {
    const cell = cells[number - 1] ?? '';
    if (cell === '' || to.kind === 'out') continue;
    if (to.kind !== 'beside') fields.push([to.name, cell]);
    else if (to.name.startsWith('consent.')) consent.push([to.name.slice('consent.'.length), cell]);
    else beside.push([to.name, cell]);
  }
  return {
    campaign: of.campaign,
    fields: Object.fromEntries(fields),
    ...Object.fromEntries(beside),
    ...(consent.length > 0 && { consent: Object.fromEntries(consent) }),
    ...(of.test && { test: true }),
  };
}
export type Body = ReturnType<typeof toBody>;

export interface Judged {
  /** Normal values, as buyers would see them. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** The lead would be stored and rejected. */
  readonly problems: readonly FieldProblem[];
  /** It would not be taken at all. */
  readonly errors: readonly ShapeError[];
}

/** What the API would say of the values. Of duplicates and lists only the server knows. */
export function judge(body: Body, { vertical }: Import): Judged {
  const shaped = parseShape(leadSubmission, body);
  const normal = normaliseFields(vertical, body.fields);
  const errors = shaped.kind === 'wrong' ? shaped.errors : [];
  if (normal.kind === 'normal') return { ...normal, errors };
  return { fields: {}, problems: [], errors: [...errors, ...normal.errors] };
}

/** Problems on one line. None of them quotes a value. */
export function describeProblems(
  problems: readonly { readonly field: string; readonly says: string; readonly fix?: string }[],
): string {
  return problems
    .map(({ field, says, fix }) => `${field}: ${says}${fix ? ` (${fix})` : ''}`)
    .join('; ')
    .replace(/\s+/g, ' ');
}
