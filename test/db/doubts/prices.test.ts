// A price that a buyer names when it takes a lead, or later. Goal: what the ledger moved, what
// sale, attempt and lead say, and what budgets and balance count, is one price to the cent,
// whatever is said how often. Method: the real steps over real rows, beside the real rules of the
// caps.

import { afterAll, describe, expect, test } from 'vitest';
import { listUntoldChanges } from '../../../src/db/doubts/price-changes.ts';
import { readCapsSeed } from '../../../src/db/caps-seed.ts';
import { applyOps, emptyCaps, seedCaps } from '../../../src/domain/caps/caps.ts';
import { AGREED, createStand, type Stand, type StandSettings } from './price-stand.ts';

const stands: Stand[] = [];
const standOf = async (settings: StandSettings = {}) => {
  const stand = await createStand(settings);
  stands.push(stand);
  return stand;
};
afterAll(async () => {
  for (const { db } of stands) await db.close();
});

const yes = (price: number) => ({ status: 'accepted', reference: 'r1', price_cents: price });
const LOWER = { when_lower: 'take' } as const;
const EITHER = { buyer: {}, postPrice: { when_lower: 'take', when_higher: 'take' } } as const;

describe('a price in the answer to the post', () => {
  test('changes nothing unless the contract says so, and is kept beside the sale', async () => {
    const stand = await standOf();
    const { leadId } = await stand.offer(yes(700));
    expect(await stand.prices(leadId)).toEqual([[1_000, 800]]);
    expect((await stand.attempt(leadId))?.result).toMatchObject({
      said: { agreedCents: AGREED, namedCents: 700, why: 'price_kept' },
    });
    expect(await stand.counted()).toEqual({ caps: [1_000, 1_000], rows: [1_000, 1_000] });
  });

  test('that is lower is charged where the contract takes it; budget and balance follow', async () => {
    const stand = await standOf({ postPrice: LOWER });
    const { leadId } = await stand.offer(yes(701));
    expect(await stand.prices(leadId)).toEqual([[701, 560]]);
    expect(await stand.moved(leadId)).toEqual([
      ['charge', 701],
      ['payout', 560],
    ]);
    expect(await stand.payout(leadId)).toBe(560);
    // Until the caps are told, they count what was held: more, never less.
    expect(await stand.counted()).toEqual({ caps: [1_000, 1_000], rows: [701, 701] });
    await stand.tell();
    expect(await stand.counted()).toEqual({ caps: [701, 701], rows: [701, 701] });
    expect(await listUntoldChanges(stand.pool)).toEqual([]);
  });

  test('that is higher is charged where the contract takes it and no money is capped', async () => {
    const stand = await standOf(EITHER);
    const { leadId } = await stand.offer(yes(1_300));
    expect(await stand.prices(leadId)).toEqual([[1_300, 1_040]]);
  });

  test('below the least or above the ceiling leaves the agreed price', async () => {
    const policy = { when_lower: 'take', when_higher: 'take', min_cents: 600 };
    const stand = await standOf({
      buyer: {},
      postPrice: policy,
      contract: { max_bid_cents: 1_200 },
    });
    for (const [named, why] of [
      [599, 'price_below_least'],
      [0, 'price_below_least'],
      [1_201, 'price_over_ceiling'],
    ] as const) {
      const { leadId } = await stand.offer(yes(named));
      expect(await stand.prices(leadId)).toEqual([[1_000, 800]]);
      expect((await stand.attempt(leadId))?.result).toMatchObject({ said: { why } });
    }
  });

  test('never takes from the source what it was promised, nor the margin', async () => {
    const stand = await standOf({
      postPrice: LOWER,
      campaign: { min_margin: { cents: 100 } },
    });
    // 20 % of 500 are 100: below, the margin is not left.
    const { leadId: low } = await stand.offer(yes(499));
    expect(await stand.prices(low)).toEqual([[1_000, 800]]);
    const { leadId: right } = await stand.offer(yes(500));
    expect(await stand.prices(right)).toEqual([[500, 400]]);
    // Its source asks for 720: the price that pays 719 is not taken.
    const asking = { askingCents: 720 as never };
    const { leadId: asked } = await stand.offer(yes(899), 'apex_auto', asking);
    expect(await stand.prices(asked)).toEqual([[1_000, 800]]);
    const { leadId: paid } = await stand.offer(yes(900), 'apex_auto', asking);
    expect(await stand.prices(paid)).toEqual([[900, 720]]);
  });

  test('is in doubt where an operator is asked, and is settled at either price', async () => {
    const stand = await standOf({ postPrice: { when_lower: 'ask', tolerance_cents: 5 } });
    const { leadId: near } = await stand.offer(yes(995));
    expect(await stand.prices(near)).toEqual([[1_000, 800]]);
    const { leadId: agreed } = await stand.offer(yes(994));
    expect(await stand.attempt(agreed)).toMatchObject({
      state: 'in_doubt',
      result: { reason: 'price_differs', detail: '$9.94 instead of $10.00', reference: 'r1' },
    });
    expect(await stand.moved(agreed)).toEqual([]);
    expect(await stand.settles(agreed, 'accepted')).toBe('settled');
    expect(await stand.prices(agreed)).toEqual([[1_000, 800]]);
    const { leadId: named } = await stand.offer(yes(994));
    expect(await stand.settles(named, 'accepted', 994)).toBe('settled');
    expect(await stand.prices(named)).toEqual([[994, 795]]);
    expect(await stand.words(named)).toEqual([['settled', 1_000, 994, 'price_settled']]);
    const { leadId: more } = await stand.offer(yes(900));
    expect(await stand.settles(more, 'accepted', 1_001)).toMatchObject({
      refused: expect.stringContaining('no room is held for more'),
    });
    expect(await stand.settles(more, 'rejected')).toBe('settled');
    await stand.tell();
    expect(await stand.counted()).toEqual({ caps: [2_994, 2_994], rows: [2_994, 2_994] });
  });
});

describe('a price that ends a doubt', () => {
  test('is judged as one in the answer is', async () => {
    const stand = await standOf({ postPrice: LOWER });
    const { leadId } = await stand.offer({ status: 'pending' });
    expect(await stand.says(leadId, 850)).toBe('settled');
    expect(await stand.prices(leadId)).toEqual([[850, 680]]);
    expect(await stand.words(leadId)).toEqual([['settled', 1_000, 850, 'price_taken']]);
    await stand.tell();
    expect(await stand.counted()).toEqual({ caps: [850, 850], rows: [850, 850] });
  });

  test('leaves it pending where an operator is asked', async () => {
    const stand = await standOf({ postPrice: { when_lower: 'ask' } });
    const { leadId } = await stand.offer({ status: 'pending' });
    expect(await stand.says(leadId, 850)).toBe('price_asked');
    expect(await stand.attempt(leadId)).toMatchObject({ state: 'pending' });
    expect(await stand.says(leadId, 1_000)).toBe('settled');
    expect(await stand.prices(leadId)).toEqual([[1_000, 800]]);
  });
});

describe('a price that is named after the sale', () => {
  test('is recorded and changes nothing unless the contract says so', async () => {
    const stand = await standOf();
    const { leadId } = await stand.offer(yes(1_000));
    expect(await stand.says(leadId, 900)).toBe('price_kept');
    expect(await stand.says(leadId, 1_100)).toBe('price_kept');
    expect(await stand.says(leadId, null)).toBe('none');
    expect(await stand.moved(leadId)).toHaveLength(2);
    expect(await stand.words(leadId)).toEqual([
      ['price_kept', 1_000, 1_000, 'price_kept'],
      ['price_kept', 1_000, 1_000, 'price_kept'],
      ['none', null, null, null],
    ]);
  });

  test('corrects charge and payout by transfers of their own, once', async () => {
    const stand = await standOf({ postPrice: LOWER });
    const { leadId } = await stand.offer(yes(1_000));
    expect(await stand.says(leadId, 899, { name: 'w1' })).toBe('repriced');
    expect(await stand.says(leadId, 899, { name: 'w1' })).toBe('none');
    expect(await stand.says(leadId, 899)).toBe('none');
    expect(await stand.moved(leadId)).toEqual([
      ['charge', 1_000],
      ['payout', 800],
      ['charge_change', -101],
      ['payout_change', -81],
    ]);
    expect(await stand.prices(leadId)).toEqual([[899, 719]]);
    expect(await stand.payout(leadId)).toBe(719);
    expect(await stand.report()).toEqual([899, 719]);
    // Up again is a higher price, and this contract takes no higher one.
    expect(await stand.says(leadId, 1_000)).toBe('price_kept');
    await stand.tell();
    expect(await stand.counted()).toEqual({ caps: [899, 899], rows: [899, 899] });
  });

  test('goes up and down as often as the contract lets it, exactly', async () => {
    const stand = await standOf(EITHER);
    const { leadId } = await stand.offer(yes(1_000));
    for (const price of [900, 1_234, 1, 1_000]) {
      expect(await stand.says(leadId, price)).toBe('repriced');
      expect(await stand.prices(leadId)).toEqual([[price, Math.floor(price * 0.8)]]);
    }
    expect(await stand.moved(leadId)).toHaveLength(10);
    expect(await stand.report()).toEqual([1_000, 800]);
  });

  test('said twenty times at once moves money once', async () => {
    const stand = await standOf({ postPrice: LOWER });
    const { leadId } = await stand.offer(yes(1_000));
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const effects = await Promise.all(names.map((name) => stand.says(leadId, 800, { name })));
    expect(effects.filter((effect) => effect === 'repriced')).toHaveLength(1);
    expect(await stand.moved(leadId)).toHaveLength(4);
    expect(await stand.prices(leadId)).toEqual([[800, 640]]);
  });

  test('leaves a fixed payout, and the other sales of a shared lead', async () => {
    const stand = await standOf({
      ...{ buyer: {}, postPrice: LOWER, source: { payout: { fixed_cents: 300 } } },
      ...{ contract: { exclusive: false }, campaign: { max_sales: 2 } },
    });
    const { leadId } = await stand.offer(yes(1_000));
    // Before the lead is full there is no outcome that could be changed.
    expect(await stand.says(leadId, 950)).toBe('repriced');
    await stand.offerAgain(leadId, yes(1_000), 'bolt_auto');
    expect(await stand.says(leadId, 700)).toBe('repriced');
    expect(await stand.prices(leadId)).toEqual([[700, 300]]);
    expect(await stand.payout(leadId)).toBe(300);
    expect(await stand.report()).toEqual([1_700, 300]);
  });

  test('waits for an operator where one is asked: charged or dismissed, once', async () => {
    const stand = await standOf({ postPrice: { when_lower: 'ask', when_higher: 'ask' } });
    const { leadId } = await stand.offer(yes(1_000));
    expect(await stand.settles(leadId, 'accepted')).toBe('not_in_doubt');
    expect(await stand.says(leadId, 900)).toBe('price_asked');
    expect(await stand.prices(leadId)).toEqual([[1_000, 800]]);
    expect(await stand.settles(leadId, 'rejected')).toBe('not_in_doubt');
    expect(await stand.settles(leadId, 'accepted')).toBe('settled');
    expect(await stand.settles(leadId, 'accepted')).toBe('not_in_doubt');
    expect(await stand.prices(leadId)).toEqual([[900, 720]]);
    expect(await stand.says(leadId, 500)).toBe('price_asked');
    expect(await stand.settles(leadId, 'dismissed')).toBe('settled');
    expect(await stand.settles(leadId, 'dismissed')).toBe('not_in_doubt');
    expect(await stand.says(leadId, 2_000)).toBe('price_asked');
    expect(await stand.settles(leadId, 'accepted')).toMatchObject({ refused: expect.anything() });
    expect(await stand.prices(leadId)).toEqual([[900, 720]]);
    await stand.tell();
    expect(await stand.counted()).toEqual({ caps: [900, 900], rows: [900, 900] });
  });
});

test('caps that are lost, or told twice or late, count each change once', async () => {
  const stand = await standOf({ postPrice: LOWER });
  const { leadId } = await stand.offer(yes(900));
  await stand.says(leadId, 800);
  const [untold] = await listUntoldChanges(stand.pool);
  await stand.says(leadId, 700);
  const fresh = emptyCaps();
  fresh.epoch = 'again';
  const seed = await readCapsSeed(stand.pool, 'apex');
  seedCaps(fresh, { epoch: 'again', ...seed }, Date.now());
  const used = () => Object.values(fresh.windows).map((window) => window.used);
  expect(used()).toEqual([700, 700]);
  const [latest] = await listUntoldChanges(stand.pool);
  for (const told of [untold, latest, untold]) {
    const { corrections = [] } = told ?? {};
    applyOps(fresh, [{ op: 'correct', id: 'prices/1', corrections }], Date.now() + 3 * 3_600_000);
  }
  expect(used()).toEqual([700, 700]);
  expect(latest?.upTo).toBe(3);
});
