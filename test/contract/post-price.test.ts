// What a contract makes of a price that its buyer names: both sides of every edge; and the policies
// that a world may not have, because the room that they use could not follow.

import { describe, expect, test } from 'vitest';
import { judgePrice, type PostPrice, PRICE_CHOICES } from '../../src/domain/doubts/price.ts';
import { cents } from '../../src/domain/money.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { spoil } from './world-document.ts';

const bounds = { leastCents: cents(600), mostCents: cents(1_500) };
const policy = (changes: Partial<PostPrice> = {}): PostPrice => ({
  ...{ whenLower: 'take', whenHigher: 'take', toleranceCents: cents(0), minCents: cents(0) },
  ...changes,
});
const judge = (named: number | null, of: PostPrice | undefined) =>
  judgePrice(
    of,
    { standsCents: cents(1_000), namedCents: named === null ? null : cents(named) },
    bounds,
  );

const facts: [says: string, named: number | null, of: PostPrice | undefined, comes: object][] = [
  ['no price', null, policy(), { kind: 'same' }],
  ['the price that stands', 1_000, policy({ whenLower: 'ask' }), { kind: 'same' }],
  ['without a policy', 900, undefined, { kind: 'keep', why: 'price_kept' }],
  ['lower, kept', 900, policy({ whenLower: 'keep' }), { kind: 'keep', why: 'price_kept' }],
  ['higher, kept', 1_001, policy({ whenHigher: 'keep' }), { kind: 'keep', why: 'price_kept' }],
  ['lower, taken', 999, policy(), { kind: 'take', why: 'price_taken' }],
  ['the least', 600, policy(), { kind: 'take', why: 'price_taken' }],
  ['below the least', 599, policy(), { kind: 'keep', why: 'price_below_least' }],
  ['the ceiling', 1_500, policy(), { kind: 'take', why: 'price_taken' }],
  ['above the ceiling', 1_501, policy(), { kind: 'keep', why: 'price_over_ceiling' }],
  [
    'asked about, however low',
    1,
    policy({ whenLower: 'ask' }),
    { kind: 'ask', why: 'price_asked' },
  ],
  [
    'within the tolerance',
    995,
    policy({ whenLower: 'ask', toleranceCents: cents(5) }),
    { kind: 'keep', why: 'price_within_tolerance' },
  ],
  [
    'one cent over the tolerance',
    994,
    policy({ whenLower: 'ask', toleranceCents: cents(5) }),
    { kind: 'ask', why: 'price_asked' },
  ],
];
test.for(facts)('%s', ([, named, of, comes]) => expect(judge(named, of)).toEqual(comes));

test('a price of nothing is never taken, even where nothing is the least', () => {
  const free = { leastCents: cents(0), mostCents: cents(1_500) };
  const price = { standsCents: cents(1_000), namedCents: cents(0) };
  expect(judgePrice(policy(), price, free)).toEqual({ kind: 'keep', why: 'price_below_least' });
});

describe('a world', () => {
  const BOLT = 'contracts.bolt_auto';
  const errorsOf = (postPrice: object, [path, value]: [string, unknown] = ['name', 'T']) => {
    const document = spoil(`${BOLT}.post_price`, postPrice);
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    const place = parts.reduce((at, part) => at[part] as Record<string, unknown>, document);
    place[last] = value;
    const parsed = parseWorld(document);
    return parsed.ok ? [] : parsed.errors.map(({ path: at, says }) => `${at}: ${says}`);
  };
  const budget = (per: object) => [`${BOLT}.caps`, [{ cents: 900, ...per }]] as [string, unknown];

  test('keeps every price unless told', () => {
    const parsed = parseWorld(spoil('name', 'T'));
    const postPrice = parsed.ok ? parsed.world.contracts['bolt_auto']?.postPrice : undefined;
    expect(postPrice).toMatchObject({ whenLower: 'keep', whenHigher: 'keep' });
    for (const choice of PRICE_CHOICES) {
      expect(errorsOf({ when_lower: choice, when_higher: choice })).toEqual([]);
    }
  });

  test('takes no higher price where cents are capped or paid ahead', () => {
    const says = [expect.stringContaining(`${BOLT}.post_price.when_higher: take does not go`)];
    const take = { when_higher: 'take' };
    expect(errorsOf(take, budget({ per: 'day' }))).toEqual(says);
    expect(errorsOf(take, ['buyers.bolt', { balance: {} }])).toEqual(says);
    expect(errorsOf(take, ['buyers.bolt', { caps: [{ per: 'total', cents: 5 }] }])).toEqual(says);
    expect(errorsOf(take, [`${BOLT}.caps`, [{ per: 'day', leads: 9 }]])).toEqual([]);
  });

  test('takes no lower price where a rolling cap counts cents', () => {
    const take = { when_lower: 'take' };
    expect(errorsOf(take, budget({ per: 'rolling', hours: 2 }))).toEqual([
      expect.stringContaining(`${BOLT}.post_price.when_lower: take does not go`),
    ]);
    expect(errorsOf(take, budget({ per: 'day' }))).toEqual([]);
  });

  test('has no least price above the ceiling', () => {
    expect(errorsOf({ min_cents: 50_001 })).toEqual([
      expect.stringContaining(`${BOLT}.post_price.min_cents: is above max_bid_cents`),
    ]);
  });
});
