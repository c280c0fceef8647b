// Mistakes in the settings that choose among contracts, each told at its place with what to do; and
// what is allowed and seldom meant.

import { describe, expect, test } from 'vitest';

import { parseWorld } from '../../src/world/parse.ts';
import { type Document, PING, POST, smallDocument } from './world-document.ts';

const AUCTION = 'campaigns.auto.routing[0]';
const BIDS = { buyer: 'apex', campaign: 'auto', ping: PING, post: POST };

/** A campaign of one stage over two contracts, with more settings. */
function documentOf(
  stage: object,
  more: { campaign?: object; source?: object; contracts?: Record<string, object> } = {},
): Document {
  const small = smallDocument();
  const { contracts = { a: BIDS, b: BIDS } } = more;
  const acme = (small['sources'] as Record<string, object>)['acme'];
  const routing = [{ method: 'ping_post', contracts: Object.keys(contracts), ...stage }];
  return {
    ...small,
    campaigns: { auto: { vertical: 'auto', routing, ...more.campaign } },
    sources: { acme: { ...acme, ...more.source } },
    contracts,
  };
}

const priced = (price: number, terms: object = {}) => {
  const { ping: _, ...rest } = BIDS;
  return { ...rest, price_cents: price, ...terms };
};
const shares = { a: { ...BIDS, exclusive: false }, b: BIDS };
const half = { payout: { share_percent: 50 } };
const all = { payout: { share_percent: 100 } };
const fixed = { payout: { fixed_cents: 900 } };
const margin = (minMargin: object) => ({ campaign: { min_margin: minMargin } });

type Told = [says: string, Document, path: string, says: string | RegExp, fix?: string];

const errors: Told[] = [
  [
    'weights of 0 everywhere',
    documentOf(
      { method: 'weighted' },
      { contracts: { a: priced(700, { weight: 0 }), b: priced(700, { weight: 0 }) } },
    ),
    `${AUCTION}.contracts`,
    'every contract has weight 0, so none is ever drawn',
  ],
  [
    'shares of money for nothing',
    documentOf({ method: 'weighted', by: 'cents' }, { contracts: { a: priced(0), b: priced(1) } }),
    `${AUCTION}.contracts[0]`,
    'a costs nothing: no number of leads gives it its share of money',
    'give it a price_cents, or by: leads',
  ],
  [
    'more bidders than contracts',
    documentOf({ min_bidders: 3 }),
    `${AUCTION}.min_bidders`,
    'is more than the contracts of the stage (2)',
    'lower it, or add contracts',
  ],
  [
    'a budget that the deadline uses up',
    documentOf({ deadline: '500ms', budget: '500ms' }),
    `${AUCTION}.budget`,
    'leaves no time for an offer after the deadline (500ms)',
    'raise it, or shorten the deadline',
  ],
  [
    'second price by total',
    documentOf(
      { pricing: 'second', pick: 'total' },
      { campaign: { max_sales: 2 }, contracts: shares },
    ),
    `${AUCTION}.pricing`,
    'second price follows one ranking, and a total has none',
    'pick: price, or pricing: first',
  ],
  [
    'an adjustment for nobody',
    documentOf({}, { contracts: { a: { ...BIDS, adjustments: [{ source: 'acne' }] } } }),
    'contracts.a.adjustments[0].source',
    'there is no source "acne"',
    'did you mean acme?',
  ],
  [
    'two adjustments for one source',
    documentOf(
      {},
      { contracts: { a: { ...BIDS, adjustments: [{ source: 'acme' }, { source: 'acme' }] } } },
    ),
    'contracts.a.adjustments[1].source',
    'acme has an adjustment already',
    'one for a source',
  ],
  [
    'a share and a margin over 100 %',
    documentOf({}, { source: half, ...margin({ percent: 50.01 }) }),
    'campaigns.auto.min_margin.percent',
    'source acme earns 50 % of every price, which does not leave 50.01 %',
    'lower it, or the share_percent of the source',
  ],
  [
    'a margin of what a share of everything leaves',
    documentOf({}, { source: all, ...margin({ cents: 1 }) }),
    'campaigns.auto.min_margin.cents',
    'source acme earns 100 % of every price, which does not leave a margin',
  ],
  [
    'all of the price over a fixed sum',
    documentOf({}, { source: fixed, ...margin({ percent: 100 }) }),
    'campaigns.auto.min_margin.percent',
    'source acme earns a fixed sum: no price leaves all of itself',
  ],
  [
    'a margin of two kinds',
    documentOf({}, margin({ percent: 1, cents: 1 })),
    'campaigns.auto.min_margin',
    'wants cents or percent, one of them',
  ],
  [
    'a setting of another method',
    documentOf({ catch_up: 2 }),
    `${AUCTION}.catch_up`,
    'is not a setting',
  ],
  [
    'less than a lead to catch up',
    documentOf({ method: 'weighted', catch_up: 0.5 }, { contracts: { a: priced(1) } }),
    `${AUCTION}.catch_up`,
    'wants at least 1',
  ],
];

describe('tells', () => {
  test.for(errors)('%s', ([, document, path, says, fix]) => {
    const parsed = parseWorld(document);
    expect(parsed.ok ? [] : parsed.errors).toEqual([
      expect.objectContaining({ path, says, ...(fix !== undefined && { fix }) }),
    ]);
  });
});

const warnings: Told[] = [
  [
    'a total of one sale',
    documentOf({ pick: 'total' }, { contracts: shares }),
    `${AUCTION}.pick`,
    'compares totals, and the campaign’s max_sales is 1',
  ],
  [
    'a total without shared contracts',
    documentOf({ pick: 'total' }, { campaign: { max_sales: 2 } }),
    `${AUCTION}.pick`,
    'compares totals, and every contract is exclusive unless its answers say shared',
  ],
  [
    'second price without a floor',
    documentOf({ pricing: 'second' }),
    `${AUCTION}.pricing`,
    'without a floor of stage or campaign a single bidder may pay a cent',
  ],
];

describe('warns of', () => {
  test.for(warnings)('%s', ([, document, path, says]) => {
    const parsed = parseWorld(document);
    expect(parsed.ok ? parsed.warnings : parsed.errors).toContainEqual(
      expect.objectContaining({ path, says }),
    );
  });

  const right: [says: string, Document][] = [
    [
      'a total with shared contracts',
      documentOf({ pick: 'total' }, { campaign: { max_sales: 2 }, contracts: shares }),
    ],
    ['second price over a floor', documentOf({ pricing: 'second', floor_cents: 1 })],
    [
      'a share and a margin of 100 % together',
      documentOf({}, { source: half, ...margin({ percent: 50 }) }),
    ],
    ['as many bidders as contracts', documentOf({ min_bidders: 2 })],
    ['a budget a little over the deadline', documentOf({ deadline: '500ms', budget: '501ms' })],
  ];
  test.for(right)('nothing at %s', ([, document]) => {
    const parsed = parseWorld(document);
    const about = /routing|min_margin/;
    const told = parsed.ok ? parsed.warnings.filter(({ path }) => about.test(path)) : parsed.errors;
    expect(told).toEqual([]);
  });
});

test('reads what is written', () => {
  const parsed = parseWorld(
    documentOf(
      { budget: '2s', stop_after_rejections: 3, pricing: 'second', ties: 'spread' },
      {
        ...margin({ percent: 12.5 }),
        source: { floor_cents: 300, payout: { fixed_cents: 1 } },
        contracts: {
          a: {
            ...BIDS,
            adjustments: [{ source: 'acme', multiplier: 0.9, add_cents: -100 }],
          },
        },
      },
    ),
  );
  expect(parsed.ok && parsed.world.campaigns['auto']).toMatchObject({
    minMargin: { kind: 'percent', basisPoints: 1250 },
    routing: [
      {
        ...{ budgetMs: 2000, stopAfterRejections: 3, pricing: 'second', ties: 'spread' },
        ...{ pick: 'price', minBidders: 1 },
      },
    ],
  });
  expect(parsed.ok && parsed.world.sources['acme']?.floorCents).toBe(300);
  expect(parsed.ok && parsed.world.contracts['a']?.adjustments).toEqual([
    { source: 'acme', multiplierBasisPoints: 9000, addCents: -100 },
  ]);
});
