// Filters as operators write them, read into the domain's shapes. A filter is one object with
// optional keys rather than a union, so that a mistake is named where it stands.

import { z } from 'zod';

import type { Filter, FilterTest } from '../../domain/world/filter.ts';
import type { FieldValue } from '../../domain/world/world.ts';

const MOST_PARTS = 200;
const MOST_VALUES = 50_000;

const value = z.union([z.string().max(500), z.number(), z.boolean()], {
  error: 'wants text, a number, true or false',
});
const values = z.array(value).min(1).max(MOST_VALUES);
const limit = z.union([z.number(), z.string().max(100)], { error: 'wants a number or a date' });
const text = z.string().min(1).max(500);

const operators = {
  is: value.optional().describe('The fact is this value.'),
  is_not: value.optional().describe('The fact is another value, or missing.'),
  in: values.optional().describe('The fact is one of these values.'),
  not_in: values.optional().describe('The fact is none of these values, or missing.'),
  at_least: limit.optional().describe('A number or a date: this or more.'),
  at_most: limit.optional().describe('A number or a date: this or less.'),
  above: limit.optional().describe('A number or a date: more than this.'),
  below: limit.optional().describe('A number or a date: less than this.'),
  contains: text.optional().describe('Text that holds this text.'),
  starts_with: text.optional().describe('Text that begins with this text.'),
  matches: text.optional().describe('Text in which this RE2 pattern is found.'),
  exists: z.boolean().optional().describe('true: the lead has the fact; false: it does not.'),
};
const OPERATORS = Object.keys(operators).join(', ');

type Test = { [K in keyof typeof operators]?: z.output<(typeof operators)[K]> };
interface Shape extends Test {
  all?: Filter[] | undefined;
  any?: Filter[] | undefined;
  not?: Filter | undefined;
  field?: string | undefined;
}

/** `all`, `any` or `not` of filters, or one test: a `field` and exactly one operator. */
export const filter: z.ZodType<Filter> = z
  .lazy(() =>
    z
      .strictObject({
        all: z.array(filter).max(MOST_PARTS).optional().describe('Every one holds.'),
        any: z.array(filter).max(MOST_PARTS).optional().describe('At least one holds.'),
        not: filter.optional().describe('It does not hold.'),
        field: z
          .string()
          .max(63)
          .optional()
          .describe('A field of the vertical, or age, score, source, sub_source.'),
        ...operators,
      })
      .transform((shape: Shape, context) => {
        const read = readFilter(shape);
        if (typeof read !== 'string') return read;
        context.addIssue({ code: 'custom', message: read });
        return z.NEVER;
      }),
  )
  .meta({
    id: 'filter',
    description:
      'Either all, any or not, or a field with exactly one operator. Text is compared without ' +
      'regard to case; a missing fact fails every test but is_not, not_in and exists: false.',
  });

function readFilter({ all, any, not, field, ...tests }: Shape): Filter | string {
  const heads = [all, any, not, field].filter((head) => head !== undefined).length;
  if (heads !== 1) return 'wants exactly one of all, any, not, or field with an operator';
  const ops = Object.entries(tests).filter(([, wanted]) => wanted !== undefined);
  if (field === undefined) {
    if (ops[0]) return `${ops[0][0]} stands beside a field only`;
    if (all) return { kind: 'all', of: all };
    if (any) return { kind: 'any', of: any };
    return not ? { kind: 'not', of: not } : 'wants a filter';
  }
  const [test] = ops;
  if (!test || ops.length > 1) return `wants exactly one operator: ${OPERATORS}`;
  return { kind: 'test', field, test: toTest(test[0], test[1]) };
}

function toTest(op: string, wanted: FieldValue | FieldValue[] | undefined): FilterTest {
  const test = op === 'in' || op === 'not_in' ? { op, values: wanted } : { op, value: wanted };
  return test as FilterTest; // The schema has held each operator's value to its type.
}
