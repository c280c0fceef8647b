// Limits that move while a period runs, and facts with so many values that windows would outgrow
// what can be carried.

import { expect, test } from 'vitest';

import { applyOps } from '../../src/domain/caps/caps.ts';
import { describeCaps } from '../../src/domain/story.ts';
import {
  adjust,
  carried,
  day,
  HOUR,
  hold,
  keep,
  kinds,
  MIDNIGHT,
  NOON,
  seeded,
  used,
} from './caps-ops.ts';

test('lowered below its use, a limit grants nothing and breaks nothing; raised, it grants at once', () => {
  const state = seeded();
  const ask = (id: string, limit: number, version: number) =>
    kinds(state, [hold(id, [day(limit)], { version })])[0];
  expect([ask('a', 3, 1), ask('b', 3, 1), ask('c', 3, 1)]).toEqual(Array(3).fill('granted'));
  expect(ask('d', 1, 2)).toBe('denied');
  expect(ask('e', 3, 1), 'a lead of the older world').toBe('denied');
  expect(used(state)).toBe(3);
  expect(ask('f', 4, 3)).toBe('granted');
  expect(ask('g', 4, 3)).toBe('denied');
});

const STATE_OF = (n: number) =>
  `contract/apex_auto/zip=${String(n).padStart(5, '0')}/day/2026-11-22/leads`;
const each = (n: number) => hold(`lead/${n}`, [day(5, { key: STATE_OF(n) })]);

test('windows of a fact with very many values end at a bound, and what is known goes on', () => {
  const state = seeded();
  let n = 0;
  const ask = (one: number) => kinds(state, [each(one), keep(`lead/${one}`)])[0];
  while (ask(n) === 'granted') n += 1;
  expect(n).toBeGreaterThan(5_000);
  expect(ask(n)).toBe('busy');
  expect(state.windows[STATE_OF(n)], 'nothing is remembered of it').toBeUndefined();
  expect(JSON.stringify(state).length).toBeLessThan(2_000_000);
  expect(kinds(state, [each(0), adjust('row/1', 1, STATE_OF(0))])).toEqual(['granted', 'done']);
  const later = MIDNIGHT + HOUR + 1;
  applyOps(state, [], later);
  expect(state.windows).toEqual({});
  expect(kinds(state, [hold('lead/x', [day(5)], { atMs: later })], later)).toEqual(['granted']);
});

test('a state of an older run goes on: what it does not have is found out', () => {
  const { dueMs: _, windowBytes: __, ...older } = carried(seeded());
  const state = {
    ...older,
    windows: { old: { used: 1, limit: 1, version: 1, endsAtMs: NOON - 1 } },
  };
  expect(kinds(state, [hold('a', [day(5)])])).toEqual(['granted']);
  kinds(state, [keep('nobody')], NOON + HOUR);
  expect(Object.keys(state.windows)).toHaveLength(1);
});

test('details show the fullest windows of many, and say how many more there are', () => {
  const state = seeded();
  for (let n = 0; n < 30; n += 1) applyOps(state, [each(n)], NOON);
  applyOps(state, [hold('again', [day(5, { key: STATE_OF(29) })])], NOON);
  const lines = describeCaps(state, NOON).split('\n');
  expect(lines.filter((line) => line.includes('zip='))).toHaveLength(20);
  expect(lines[2]).toContain('zip=00029');
  expect(lines).toContain('and 10 windows less full');
});
