// The tiers of a waterfall, and how far a lead's route goes before the next turn must be drawn.

import { expect, test } from 'vitest';

import { firstPart, tiersOf } from '../../src/domain/routing/tiers.ts';

const PRIORITIES: Readonly<Record<string, number>> = { a: 2, b: 1, c: 2, d: 3, e: 4, f: 4 };
const tiers = (ids: string) => tiersOf([...ids], (id) => PRIORITIES[id] ?? 0);

test('are the contracts of one priority, by id, the lowest number first', () => {
  expect(tiers('dcab')).toEqual([
    { priority: 1, contracts: ['b'] },
    { priority: 2, contracts: ['a', 'c'] },
    { priority: 3, contracts: ['d'] },
  ]);
});

const parts: [says: string, ids: string, drawn: string, then: string, rest: string][] = [
  ['tiers of one need no draw', 'bad', '', 'bad', ''],
  ['a tier that draws ends the part before it', 'bacd', '', 'b', 'ac d'],
  ['tiers of one behind a draw come with it', 'acd', 'ac', 'd', ''],
  ['the next draw waits for its own part', 'acdef', 'ac', 'd', 'ef'],
  ['two draws in a row are two parts', 'acef', 'ac', '', 'ef'],
  ['nobody is no part', '', '', '', ''],
];
test.for(parts)('%s', ([, ids, drawn, then, rest]) => {
  const part = firstPart(tiers(ids));
  expect(part.drawn?.contracts.join('') ?? '').toBe(drawn);
  expect(part.then.join('')).toBe(then);
  expect(part.rest.map(({ contracts }) => contracts.join('')).join(' ')).toBe(rest);
});
