// The lot between equal bidders: the same on every run, and over many leads the same for everyone.

import { expect, test } from 'vitest';

import type { LeadId } from '../../src/domain/ids.ts';
import { lotOf } from '../../src/domain/routing/lot.ts';

const leadOf = (index: number) =>
  `lead_01JD8XK7M2Q3R4S5T6V7${String(index).padStart(6, '0')}` as LeadId;

test('is the same for the same lead and contract', () => {
  expect(lotOf(leadOf(1), 'apex')).toBe(lotOf(leadOf(1), 'apex'));
  expect(lotOf(leadOf(1), 'apex')).not.toBe(lotOf(leadOf(2), 'apex'));
  expect(lotOf(leadOf(1), 'apex')).not.toBe(lotOf(leadOf(1), 'bolt'));
});

test.for([[['a_auto', 'b_auto']], [['apex', 'bolt', 'crest']], [['c1', 'c2', 'c3', 'c4', 'c5']]])(
  'lets %j be first equally often',
  ([contracts = []]) => {
    const leads = 10_000;
    const firsts = new Map(contracts.map((id) => [id, 0]));
    for (let index = 0; index < leads; index += 1) {
      const [first = ''] = contracts.toSorted(
        (a, b) => lotOf(leadOf(index), a) - lotOf(leadOf(index), b),
      );
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    const share = leads / contracts.length;
    // Four standard deviations of a fair lot.
    const allowed = 4 * Math.sqrt(share * (1 - 1 / contracts.length));
    for (const count of firsts.values()) expect(Math.abs(count - share)).toBeLessThan(allowed);
  },
);
