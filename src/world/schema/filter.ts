// Filters as operators write them, read into the domain's shapes. A filter is one object with
// optional keys rather than a union, so that a mistake is named where it stands.

import { z } from 'zod';

import type { Centre, Filter, FilterTest } from '../../domain/world/filter.ts';
import { REGION_NAMES } from '../../domain/world/regions.ts';

const MOST_PARTS = 200;
const MOST_VALUES = 50_000;
/** Each keyword is looked for by itself, so they cost a lead more than zips do. */
const MOST_KEYWORDS = 1_000;

const value = z.union([z.string().max(500), z.number(), z.boolean()], {
  error: 'wants text, a number, true or false',
});
const values = z.array(value).min(1).max(MOST_VALUES);
const limit = z.union([z.number(), z.string().max(100)], { error: 'wants a number or a date' });
const text = z.string().min(1).max(500);
const keywords = z.array(text).min(1).max(MOST_KEYWORDS);

const within = z
  .strictObject({
    miles: z.number().positive().describe('The radius. The edge belongs to the circle.'),
    of: z.string().max(10).optional().describe('The zip in the middle.'),
    lat: z.number().min(-90).max(90).optional().describe('Degrees north of the middle.'),
    lon: z.number().min(-180).max(180).optional().describe('Degrees east; negative in America.'),
  })
  .transform(({ miles, of: zip, lat, lon }, context): { miles: number; of: Centre } => {
    if (zip !== undefined && lat === undefined && lon === undefined) {
      return { miles, of: { kind: 'zip', zip } };
    }
    if (zip === undefined && lat !== undefined && lon !== undefined) {
      return { miles, of: { kind: 'point', lat, lon } };
    }
    context.addIssue({ code: 'custom', message: 'wants of (a zip), or both lat and lon' });
    return z.NEVER;
  });

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
  contains_any: keywords.optional().describe('Text that holds at least one of these.'),
  contains_all: keywords.optional().describe('Text that holds every one of these.'),
  starts_with: text.optional().describe('Text that begins with this text.'),
  matches: text.optional().describe('Text in which this RE2 pattern is found.'),
  in_zips: z
    .array(z.string().max(20))
    .min(1)
    .max(MOST_VALUES)
    .optional()
    .describe('A zip of this list: zips, ranges (78700-78799), beginnings (787*).'),
  within: within.optional().describe('A zip that lies in this circle.'),
  in_region: z
    .array(z.enum(REGION_NAMES as [string, ...string[]]))
    .min(1)
    .max(REGION_NAMES.length)
    .optional()
    .describe('A state in one of these regions or divisions of the Census Bureau.'),
  exists: z.boolean().optional().describe('true: the lead has the fact; false: it does not.'),
};
const OPERATORS = Object.keys(operators).join(', ');

type Wanted = { [K in keyof typeof operators]?: z.output<(typeof operators)[K]> };
interface Shape extends Wanted {
  all?: Filter[] | undefined;
  any?: Filter[] | undefined;
  not?: Filter | undefined;
  field?: string | undefined;
  whole_words?: boolean | undefined;
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
          .max(68) // A field, or a lookup after `flag.`
          .optional()
          .describe('A field of the vertical, or a fact such as age, local_hour, score, flagged.'),
        ...operators,
        whole_words: z
          .boolean()
          .optional()
          .describe('Beside contains, contains_any, contains_all: "roof" is not in "proof".'),
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

function readFilter({
  all,
  any,
  not,
  field,
  whole_words: whole,
  ...tests
}: Shape): Filter | string {
  const heads = [all, any, not, field].filter((head) => head !== undefined).length;
  if (heads !== 1) return 'wants exactly one of all, any, not, or field with an operator';
  const ops = Object.entries(tests).filter(([, wanted]) => wanted !== undefined);
  if (field === undefined) {
    const stray = ops[0]?.[0] ?? (whole === undefined ? undefined : 'whole_words');
    if (stray !== undefined) return `${stray} stands beside a field only`;
    if (all) return { kind: 'all', of: all };
    if (any) return { kind: 'any', of: any };
    return not ? { kind: 'not', of: not } : 'wants a filter';
  }
  const [test] = ops;
  if (!test || ops.length > 1) return `wants exactly one operator: ${OPERATORS}`;
  const [op, wanted] = test;
  if (whole !== undefined && !op.startsWith('contains')) {
    return 'whole_words stands beside contains, contains_any or contains_all only';
  }
  return { kind: 'test', field, test: toTest(op, wanted, whole === true) };
}

function toTest(op: string, wanted: Wanted[keyof Wanted], wholeWords: boolean): FilterTest {
  return { op, ...toOperand(op, wanted, wholeWords) } as FilterTest; // The schema saw to it.
}

function toOperand(op: string, wanted: Wanted[keyof Wanted], wholeWords: boolean): object {
  const whole = wholeWords ? 'words' : 'anywhere';
  switch (op) {
    case 'in':
    case 'not_in':
      return { values: wanted };
    case 'contains':
      return { value: wanted, whole };
    case 'contains_any':
    case 'contains_all':
      return { values: wanted, whole };
    case 'in_zips':
      return { zips: wanted };
    case 'within':
      return wanted as object;
    case 'in_region':
      return { regions: wanted };
    default:
      return { value: wanted };
  }
}
