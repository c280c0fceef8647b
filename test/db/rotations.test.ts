// Whose turn it is, drawn under a lock and stored with the route that it gave.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawStoredTurn } from '../../src/db/rotations.ts';
import { listVerdicts } from '../../src/db/verdicts.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import type { StageRoute } from '../../src/domain/lead.ts';
import { drawTurn } from '../../src/domain/routing/rotation.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, storeLead } from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

interface Draw {
  readonly leadId: LeadId;
  readonly stage: string;
  readonly weights: Readonly<Record<string, number>>;
}

function draw({ leadId, stage, weights }: Draw): Promise<StageRoute> {
  const place = { campaignId: 'auto', rotation: stage, leadId, round: 1, step: `route/${stage}` };
  return drawStoredTurn(db.pool, place, (credits, turn) => {
    const members = Object.entries(weights).map(([contractId, weight]) => ({ contractId, weight }));
    const drawn = drawTurn(credits, members);
    return {
      route: { stage, method: 'weighted', order: drawn.order, refused: [], turn },
      credits: drawn.credits,
    };
  });
}

const winnerOf = (route: StageRoute) => route.order[0] ?? 'nobody';

function tally(routes: readonly StageRoute[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const route of routes) counts[winnerOf(route)] = (counts[winnerOf(route)] ?? 0) + 1;
  return counts;
}

test('T33 twenty leads at once are dealt evenly, each with a turn of its own', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => storeLead(db.pool)));
  const weights = { a: 1, b: 1, c: 1, d: 1 };
  const routes = await Promise.all(ids.map((leadId) => draw({ leadId, stage: 'even', weights })));
  expect(tally(routes)).toEqual({ a: 5, b: 5, c: 5, d: 5 });
  const turns = routes.map(({ turn }) => turn ?? 0).toSorted((a, b) => a - b);
  expect(turns).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test('weights 3 to 1 give three leads of four, at once as well', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => storeLead(db.pool)));
  const routes = await Promise.all(
    ids.map((leadId) => draw({ leadId, stage: 'heavy', weights: { a: 3, b: 1 } })),
  );
  expect(tally(routes)).toEqual({ a: 15, b: 5 });
});

test('a lead that is drawn for again gets its stored route, and no turn is spent', async () => {
  const [first, next] = [await storeLead(db.pool), await storeLead(db.pool)];
  const weights = { a: 1, b: 1 };
  const drawn = await draw({ leadId: first, stage: 'again', weights });
  // Other members would give another order: what is stored counts.
  const repeats = await Promise.all(
    Array.from({ length: 10 }, () => draw({ leadId: first, stage: 'again', weights: { z: 1 } })),
  );
  expect(repeats).toEqual(repeats.map(() => drawn));
  expect((await draw({ leadId: next, stage: 'again', weights })).turn).toBe(2);
  expect((await listVerdicts(db.pool, first, 1)).get('route/again')).toEqual(drawn);
});

test('one lead drawn for ten times at once spends one turn', async () => {
  const leadId = await storeLead(db.pool);
  const one = { leadId, stage: 'once', weights: { a: 1, b: 1 } };
  const routes = await Promise.all(Array.from({ length: 10 }, () => draw(one)));
  expect(new Set(routes.map(winnerOf)).size).toBe(1);
  const stored = await db.pool.query(`select turns from rotations where stage = 'once'`);
  expect(stored.rows).toEqual([{ turns: 1 }]);
});

test('nobody eligible is stored, and spends no turn', async () => {
  const leadId = await storeLead(db.pool);
  expect((await draw({ leadId, stage: 'none', weights: {} })).order).toEqual([]);
  const stored = await db.pool.query(`select turns from rotations where stage = 'none'`);
  expect(stored.rows).toEqual([{ turns: 0 }]);
});
