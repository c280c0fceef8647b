// Bids in the JSON protocol: which numbers are a price to the cent, and that all others are a no-
// bid with a reason. A buyer's mistake must never become a price.

import { describe, expect, test } from 'vitest';

import type { Bid } from '../../src/delivery/adapter.ts';
import { jsonAdapter } from '../../src/delivery/json.ts';
import type { PingResult } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { heldToCeiling } from '../../src/routing/bids.ts';

const json = (value: unknown) => JSON.stringify(value);
const ping = (body: string, status = 200): Bid => jsonAdapter.parsePing({ status, body });

describe('T21: a bid', () => {
  const bids: [says: string, members: object, priceCents: number][] = [
    ['in cents', { bid_cents: 1_480 }, 1_480],
    ['in cents, as text', { bid_cents: '1480' }, 1_480],
    ['T22: of one cent', { bid_cents: 1 }, 1],
    ['in dollars, as text', { bid: '14.80' }, 1_480],
    ['in dollars, with one decimal', { bid: '14.8' }, 1_480],
    ['in dollars, as a number', { bid: 14.8 }, 1_480],
    ['in whole dollars', { bid: 14 }, 1_400],
    ['with a currency sign', { bid: '$14.80' }, 1_480],
    ['with a thousands separator', { bid: '1,250.00' }, 125_000],
    ['with blanks around it', { bid: ' 14.80 ' }, 1_480],
    ['in cents before dollars', { bid_cents: 1_480, bid: '99.00' }, 1_480],
    ['in dollars where the cents are null', { bid_cents: null, bid: '14.80' }, 1_480],
    ['beside a reason that is null', { bid_cents: 1_480, reason: null }, 1_480],
    ['beside an id that is a list', { bid_cents: 1_480, bid_id: ['b'] }, 1_480],
  ];
  test.for(bids)('%s is read to the cent', ([, members, priceCents]) => {
    expect(ping(json({ status: 'bid', ...members }))).toEqual({ kind: 'bid', priceCents });
  });

  const unreadable: [says: string, body: string][] = [
    ['NaN', '{"status":"bid","bid_cents":NaN}'],
    ['NaN as text', json({ status: 'bid', bid_cents: 'NaN' })],
    ['Infinity as text', json({ status: 'bid', bid: 'Infinity' })],
    ['a number past all numbers', '{"status":"bid","bid_cents":1e999}'],
    ['a negative price', json({ status: 'bid', bid_cents: -1 })],
    ['a negative price in dollars', json({ status: 'bid', bid: -5 })],
    ['a negative price as text', json({ status: 'bid', bid: '-5.00' })],
    ['1e308', '{"status":"bid","bid_cents":1e308}'],
    ['1e308 in dollars', '{"status":"bid","bid":1e308}'],
    ['a billion dollars', json({ status: 'bid', bid: 1_000_000_000 })],
    ['more than a double holds', '{"status":"bid","bid_cents":9007199254740993}'],
    ['a decimal comma', json({ status: 'bid', bid: '12,50' })],
    ['a thousands separator out of place', json({ status: 'bid', bid: '1,25.00' })],
    ['two decimal points', json({ status: 'bid', bid: '1.250.00' })],
    ['0.1 + 0.2', json({ status: 'bid', bid: 0.1 + 0.2 })],
    ['a third decimal', json({ status: 'bid', bid: '14.805' })],
    ['half a cent', json({ status: 'bid', bid_cents: 1_480.5 })],
    ['cents with a sign', json({ status: 'bid', bid_cents: '$1480' })],
    ['cents with an exponent, as text', json({ status: 'bid', bid_cents: '1e3' })],
    ['hexadecimal cents', json({ status: 'bid', bid_cents: '0x10' })],
    ['another currency', json({ status: 'bid', bid: '€14.80' })],
    ['words after the price', json({ status: 'bid', bid: '14.80 USD' })],
    ['digits of another script', json({ status: 'bid', bid: '١٤٫٨٠' })],
    ['an empty price', json({ status: 'bid', bid: '' })],
    ['a price that is a list', json({ status: 'bid', bid_cents: [1_480] })],
    ['a price that is an object', json({ status: 'bid', bid: { amount: 14.8 } })],
    ['true', json({ status: 'bid', bid_cents: true })],
    ['bad cents beside good dollars', json({ status: 'bid', bid_cents: -1, bid: '14.80' })],
    ['no price', json({ status: 'bid' })],
    ['a price under another name', json({ status: 'bid', price: 14.8, amount: 14.8 })],
    ['an id alone', json({ status: 'bid', bid_id: 'b-17' })],
    ['a price without a status', json({ bid_cents: 1_480 })],
    ['an unknown status', json({ status: 'accepted', bid_cents: 1_480 })],
    ['a status that only holds the word', json({ status: 'bidding', bid_cents: 1_480 })],
    ['a status that is a number', json({ status: 1, bid_cents: 1_480 })],
    ['a list', json([{ status: 'bid', bid_cents: 1_480 }])],
    ['null', 'null'],
    ['text', '"bid"'],
    ['nothing', ''],
    ['blanks', ' \r\n '],
    ['HTML', '<!doctype html><title>bid</title>'],
    ['JSON that is cut', '{"status":"bid","bid_cents":14'],
    ['two documents', '{"status":"bid","bid_cents":1}{"status":"bid","bid_cents":2}'],
    ['a form', 'status=bid&bid_cents=1480'],
    ['a prototype', '{"__proto__":{"status":"bid","bid_cents":1480}}'],
    ['a redirect’s empty body', ''],
  ];
  test.for(unreadable)('T24: %s is no bid, and says so', ([, body]) => {
    expect(ping(body)).toMatchObject({ kind: 'no_bid', reason: 'bid_unreadable' });
  });

  test('with a byte order mark is read', () => {
    expect(ping(`\uFEFF${json({ status: 'bid', bid_cents: 1_480 })}`)).toMatchObject({
      kind: 'bid',
    });
  });

  test('carries its id, as text, for the post', () => {
    expect(ping(json({ status: 'BID ', bid_cents: 1_480, bid_id: 17 }))).toEqual({
      kind: 'bid',
      priceCents: 1_480,
      bidId: '17',
    });
  });

  test.for([400, 404, 409, 429, 500, 503])('of HTTP %i does not count', (status) => {
    expect(ping(json({ status: 'bid', bid_cents: 1_480 }), status)).toEqual({
      kind: 'no_bid',
      reason: 'http_status',
      detail: `HTTP ${status}`,
    });
  });

  test.for([{ status: 'no_bid' }, { status: 'No_Bid', bid_cents: 4_000 }])(
    '%j is a refusal, with or without a price',
    (body) => {
      expect(ping(json(body))).toEqual({ kind: 'no_bid', reason: 'no_bid', detail: '' });
    },
  );
});

describe('several prices', () => {
  const bids = (...list: unknown[]) => ping(json({ status: 'bid', bid_cents: 1, bids: list }));
  const leg = (priceCents: number, more: object = {}) => ({ priceCents, ...more });
  const of = (...legs: { priceCents: number }[]) => ({
    ...{ kind: 'bid', priceCents: Math.max(...legs.map((each) => each.priceCents)) },
    legs,
  });
  const facts: [says: string, list: unknown[], read: unknown][] = [
    [
      'are read each with its terms, and go before a single one',
      [
        { bid_id: 'x', bid_cents: 10_000, shared: false },
        { bid: '50.00', shared: true },
      ],
      of(leg(10_000, { bidId: 'x', shared: false }), leg(5_000, { shared: true })),
    ],
    ['may leave it to the contract whether they share', [{ bid_cents: 700 }], of(leg(700))],
    ['one that cannot be read is left out', [{ bid_cents: -1 }, { bid_cents: 700 }], of(leg(700))],
    [
      'one with a word for shared is left out',
      [{ bid_cents: 900, shared: 'no' }, { bid_cents: 700 }],
      of(leg(700)),
    ],
    ['the same twice is one', [{ bid_cents: 700 }, { bid_cents: 700 }], of(leg(700))],
    [
      'none that can be read is no readable bid',
      [{ bid_cents: 'much' }, 5],
      expect.objectContaining({ kind: 'no_bid', reason: 'bid_unreadable' }),
    ],
    [
      'none above nothing is no bid',
      [{ bid_cents: 0 }],
      expect.objectContaining({ kind: 'no_bid', reason: 'no_bid' }),
    ],
    ['an empty list is no bid', [], expect.objectContaining({ kind: 'no_bid', reason: 'no_bid' })],
    [
      'are ten at most',
      Array.from({ length: 12 }, (_, index) => ({ bid_cents: index + 1 })),
      of(...Array.from({ length: 10 }, (_, index) => leg(index + 1))),
    ],
  ];
  test.for(facts)('%s', ([, list, read]) => expect(bids(...list)).toEqual(read));

  test('above the ceiling are left out, and all of them are one refusal', () => {
    const bid = { contractId: 'a', ms: 1, ...of(leg(900), leg(500)) } as unknown as PingResult;
    const held = (most: number) => heldToCeiling(bid as never, { maxBidCents: cents(most) });
    expect(held(900)).toBe(bid);
    expect(held(899)).toEqual({ contractId: 'a', ms: 1, ...of(leg(500)) });
    expect(held(499)).toMatchObject({ reason: 'bid_over_ceiling', priceCents: 900 });
  });
});
