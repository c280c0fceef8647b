// Goal: a body of very many values holds up nobody else's request. Method: as many as a body takes;
// where the work grew with the square of their number, this would take minutes, and not pass.

import { expect, test } from 'vitest';

import { gathered } from '../../../src/intake/doors/values.ts';
import { toSubmission } from '../../../src/intake/doors/submission.ts';
import { doorOf } from './rivals/rival-stand.ts';
import { world } from '../intake-world.ts';

test('a name that comes 300,000 times is one list', () => {
  const pairs = Array.from({ length: 300_000 }, () => ['a', ''] as const);
  expect(gathered(pairs)['a']).toHaveLength(300_000);
});

test('20,000 names find their places', () => {
  const values = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`f${n}`, n]));
  const { auto } = world.verticals;
  if (!auto) throw new Error('the world has no vertical');
  const told = { kind: 'told', account: '', key: null, phase: 'full', values } as const;
  const { fields } = toSubmission(told, doorOf('phonexa'), auto);
  expect(Object.keys(fields)).toHaveLength(20_000);
});
