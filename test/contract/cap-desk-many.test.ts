// Goal: 500 leads at once on the last 100 places of a cap sell exactly 100, whatever the wire does.
// Method: two desks at one entity, seeded draws of who asks when, who rejects and which batches are
// lost; beside them a count of what the callers believe. Time is fake.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { CapDesk } from '../../src/activities/cap-desk.ts';
import { DAY, deskWithEntity, request, settle, stopClock, type Wire } from './desk-entity.ts';

beforeEach(stopClock);
afterEach(() => void vi.useRealTimers());

const [LEADS, PLACES] = [500, 100];
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

/** Mulberry32: from 0 to just under 1, the same row for the same seed. */
function drawsOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two processes and what their leads came to. */
function market(seed: number, { lossy, rejecting }: { lossy: number; rejecting: number }) {
  const draw = drawsOf(seed);
  const before = Math.floor(draw() * 400);
  const limit = before + PLACES;
  const used = [{ key: DAY, by: before, endsAtMs: Date.now() + 86_400_000 }];
  const given = deskWithEntity({ seed: { used } });
  const desks = [given.desk, given.anotherDesk()];
  const tally = { sold: 0, held: 0, most: 0, denied: 0, rejected: 0, unknown: 0 };
  const fates: Wire[] = ['lost before', 'lost after'];
  const fate = (): Wire => (draw() < lossy ? (fates[draw() < 0.5 ? 0 : 1] ?? 'works') : 'works');
  given.wire.next = Array.from({ length: 4_000 }, fate);

  async function offer(desk: CapDesk, id: string): Promise<void> {
    const asked = request(id, limit);
    const holding = await desk.hold('apex', asked, 1);
    if (holding.kind === 'denied') tally.denied += 1;
    if (holding.kind === 'unknown') tally.unknown += 1;
    if (holding.kind === 'granted') {
      tally.held += 1;
      tally.most = Math.max(tally.most, tally.held);
      if (draw() >= rejecting) {
        tally.sold += 1;
        desk.keepLater('apex', id);
        return;
      }
      tally.rejected += 1;
    }
    if (holding.kind === 'denied') return;
    // Rejected, or nobody knows whether it counts: given back until that is certain.
    if (holding.kind === 'granted') tally.held -= 1;
    for (let how: 'first' | 'repeat' = 'first'; ; how = 'repeat') {
      if (await desk.release('apex', asked, how)) return;
    }
  }

  async function run(count: number, from: number): Promise<void> {
    let open = count;
    for (let index = from; index < from + count; index += 1) {
      const desk = desks[draw() < 0.5 ? 0 : 1] ?? given.desk;
      void offer(desk, `lead/${index}`).finally(() => (open -= 1));
      // Most ask in one turn of the loop, some a little later: batches of all sizes.
      if (draw() < 0.02) await settle(Math.floor(draw() * 20));
    }
    for (let waited = 0; open > 0 && waited < 2_000; waited += 1) await settle(50);
    expect(open, `seed ${seed}: leads without an answer`).toBe(0);
    await settle(3_000);
  }

  const usedNow = () => (given.used(DAY) ?? 0) - before;
  return { run, tally, usedNow, wire: given.wire };
}

test.for(SEEDS)('seed %i: exactly 100 of 500 at once are granted', async (seed) => {
  const { run, tally, usedNow } = market(seed, { lossy: 0, rejecting: 0 });
  await run(LEADS, 0);
  expect(tally).toMatchObject({ sold: PLACES, most: PLACES, denied: LEADS - PLACES, unknown: 0 });
  expect(usedNow()).toBe(PLACES);
});

test.for(SEEDS)('seed %i: a wire that breaks, rejections, and then it is full', async (seed) => {
  const { run, tally, usedNow } = market(seed, { lossy: 0.25, rejecting: 0.2 });
  await run(LEADS, 0);
  expect(tally.most).toBeLessThanOrEqual(PLACES);
  expect(tally.rejected).toBeGreaterThan(0);
  expect(usedNow(), 'the entity counts what is sold, and nothing else').toBe(tally.sold);
  // Room that came back late goes to the leads after; then it is full, to the lead.
  for (let more = 0; tally.sold < PLACES && more < 20; more += 1) await run(20, LEADS + more * 20);
  await run(20, 10_000);
  expect(tally).toMatchObject({ sold: PLACES, most: PLACES });
  expect(usedNow()).toBe(PLACES);
});
