// Filters and tests in words, for the details of refusals and for warnings.

import type { Centre, Filter, FilterTest } from '../../domain/world/filter.ts';
import type { FieldValue } from '../../domain/world/world.ts';

/** How many of a long list are quoted, and how many of several branches. */
const QUOTED_VALUES = 5;
export const QUOTED_BRANCHES = 3;

/** A filter in one line: `all of (state is one of TX, OK; age is at least 25)`. */
export function describeFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'all':
    case 'any': {
      const parts = filter.of.slice(0, QUOTED_BRANCHES).map(describeFilter);
      if (filter.of.length > parts.length) parts.push(`${filter.of.length - parts.length} more`);
      return `${filter.kind} of (${parts.join('; ')})`;
    }
    case 'not':
      return `not (${describeFilter(filter.of)})`;
    case 'test':
      return `${filter.field} is ${describeTest(filter.test)}`;
  }
}

/** What a test wants, to stand after "wants": `one of TX, OK`, `within 25 miles of 78704`. */
export function describeTest(test: FilterTest): string {
  switch (test.op) {
    case 'is':
      return JSON.stringify(test.value);
    case 'is_not':
      return `anything but ${JSON.stringify(test.value)}`;
    case 'in':
      return `one of ${quoted(test.values)}`;
    case 'not_in':
      return `none of ${quoted(test.values)}`;
    case 'exists':
      return test.value ? 'any value' : 'no value';
    case 'contains':
    case 'contains_any':
    case 'contains_all':
      return `text that contains ${describeKeywords(test)}`;
    case 'starts_with':
    case 'matches':
      return `text that ${test.op.replace('_', ' ')} ${JSON.stringify(test.value)}`;
    case 'at_least':
    case 'at_most':
    case 'above':
    case 'below':
      return `${test.op.replace('_', ' ')} ${test.value}`;
    case 'in_zips':
      return `a zip in ${quoted(test.zips)}`;
    case 'within':
      return `within ${test.miles} miles of ${describeCentre(test.of)}`;
    case 'in_region':
      return `a state in ${quoted(test.regions)}`;
  }
}

type KeywordTest = Extract<FilterTest, { op: 'contains' | 'contains_any' | 'contains_all' }>;

function describeKeywords(test: KeywordTest): string {
  const words = test.whole === 'words';
  if (test.op === 'contains') return `${words ? 'the word ' : ''}${JSON.stringify(test.value)}`;
  const amount = test.op === 'contains_any' ? 'one of' : 'all of';
  return `${amount} ${words ? 'the words ' : ''}${quoted(test.values)}`;
}

function describeCentre(centre: Centre): string {
  return centre.kind === 'zip' ? centre.zip : `${centre.lat}, ${centre.lon}`;
}

function quoted(values: readonly FieldValue[]): string {
  const some = values.slice(0, QUOTED_VALUES).join(', ');
  return values.length > QUOTED_VALUES ? `${some} and ${values.length - QUOTED_VALUES} more` : some;
}
