// Goal: operators see every cap with its use, by the buyer's entity and by PostgreSQL's own count,
// also when one of the two is away. Method: real HTTP, entities that the reducer itself filled.

import { expect, test } from 'vitest';

import type { ApiDeps } from '../../src/api/deps.ts';
import { renderCaps } from '../../src/api/reading/cap-lines.ts';
import type { CapLine, CapsPage } from '../../src/api/wire/caps.ts';
import type { CapCount } from '../../src/db/reading/cap-counts.ts';
import { applyOps, type CapsState } from '../../src/domain/caps/caps.ts';
import { cents } from '../../src/domain/money.ts';
import type { Cap } from '../../src/domain/world/cap.ts';
import { unusedCaps } from '../../src/routing/caps.ts';
import { call, startStand } from './api-stand.ts';
import { world } from './intake-world.ts';

const total = (limit: number, more: Partial<Cap> = {}): Cap => {
  return { per: 'total', measure: 'leads', limit, ...more };
};
const apex = { ...world.buyers['apex'], caps: [total(5), total(9_000, { measure: 'cents' })] };
const bolt = { ...world.buyers['bolt'], balance: { creditCents: cents(5_000) } };
const each = { ...world.contracts['crest'], caps: [total(2, { each: 'state' })] };
const capped = {
  ...world,
  buyers: { ...world.buyers, apex, bolt } as typeof world.buyers,
  contracts: { ...world.contracts, crest: each } as typeof world.contracts,
};

const TOTAL = 'buyer/apex/total/leads';
const GONE = 'contract/apex/total/leads';
const TEXAS = 'contract/crest/state=TX/total/leads';

/** An entity in which each of these windows has that much. */
function entityWith(used: Readonly<Record<string, number>>): CapsState {
  const state = unusedCaps();
  const changes = Object.entries(used).map(([key, by]) => ({ key, by, endsAtMs: null }));
  applyOps(state, [{ op: 'adjust', id: 'all', changes }], Date.now());
  return state;
}

const countOf = (buyerId: string, key: string, counted: number): CapCount => {
  return { buyerId, key, counted, endsAtMs: null };
};

async function read(query: string, overrides: Partial<ApiDeps> = {}, by?: 'acme') {
  const stand = await startStand({
    currentWorld: () => ({ version: 7, world: capped }),
    readCaps: async () =>
      new Map([
        ['apex', entityWith({ [TOTAL]: 3, [GONE]: 1 })],
        ['crest', entityWith({ [TEXAS]: 2 })],
      ]),
    countCaps: async () => [
      countOf('apex', TOTAL, 2),
      countOf('apex', GONE, 1),
      countOf('crest', TEXAS, 2),
    ],
    ...overrides,
  });
  const answer = await call(stand, `GET /v1/caps${query}`, { by: by ?? 'operator' });
  await stand.close();
  return { ...answer, page: answer.body as unknown as CapsPage };
}

const short = ({ key, used, limit, left, counted, agrees }: CapLine) => [
  ...[key, used, limit, left, counted],
  agrees,
];

test('every window has its use by both counts, and the unused ones stand at 0', async () => {
  const { status, page } = await read('');
  expect(status).toBe(200);
  expect(page.temporal).toBe('up');
  expect(page.caps.map(short)).toEqual([
    ['buyer/apex/total/cents', 0, 9_000, 9_000, 0, true],
    [TOTAL, 3, 5, 2, 2, false],
    // A cap that the configuration has no more.
    [GONE, 1, null, null, 1, true],
    ['buyer/bolt/balance/cents', 0, 5_000, 5_000, 0, true],
    ['contract/crest/state=/total/leads', 0, 2, 2, 0, true],
    [TEXAS, 2, 2, 0, 2, true],
  ]);
  expect(page.caps.at(-1)).toMatchObject({
    buyer: 'crest',
    cap: 'contract crest, state TX, leads in total',
    ends_at: null,
  });
});

test('while Temporal is away, what PostgreSQL counts is told, and that it is no more', async () => {
  const { page } = await read('?buyer=apex', { readCaps: async () => undefined });
  expect(page.temporal).toBe('away');
  expect(page.caps.map(short)).toEqual([
    ['buyer/apex/total/cents', null, 9_000, 9_000, 0, null],
    [TOTAL, null, 5, 3, 2, null],
    [GONE, null, null, null, 1, null],
  ]);
  expect(renderCaps(page.caps, false)).toContain('Temporal does not answer');
});

test('pages follow each other without a gap or a repeat', async () => {
  const keys: string[] = [];
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null && pages < 9; pages += 1) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { page } = await read(`?limit=2${more}`);
    expect(page.caps.length).toBeLessThanOrEqual(2);
    keys.push(...page.caps.map(({ key }) => key));
    cursor = page.next;
  }
  const { page } = await read('');
  expect(keys).toEqual(page.caps.map(({ key }) => key));
});

test('a buyer that is not there, a wrong cursor and a source’s key are refused', async () => {
  expect((await read('?buyer=nobody')).body).toMatchObject({ code: 'no_such_entry' });
  expect((await read('?cursor=eh')).body).toMatchObject({ errors: [{ field: 'cursor' }] });
  expect((await read('', {}, 'acme')).body).toMatchObject({ code: 'operator_key_required' });
});

test('the command prints a line for each, cents as dollars', async () => {
  const { page } = await read('?buyer=apex');
  const lines = renderCaps(page.caps, true).split('\n');
  expect(lines[0]).toMatch(/^buyer +cap +used +limit +left +counted +agrees +ends$/);
  expect(lines[1]).toMatch(/buyer apex, cents in total +\$0\.00 +\$90\.00 +\$90\.00 +\$0\.00 +yes/);
  expect(lines[2]).toMatch(/buyer apex, leads in total +3 +5 +2 +2 +no +never/);
  expect(renderCaps([], true)).toBe('no caps');
});
