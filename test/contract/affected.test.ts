// Whose waiting leads a change of the configuration wakes.

import { expect, test } from 'vitest';
import { affectedCampaigns } from '../../src/world/affected.ts';
import { diffWorlds } from '../../src/world/diff.ts';
import { parseWorld } from '../../src/world/parse.ts';

const post = { url: 'https://buyer.example/post' };
const keys = [{ sha256: 'a'.repeat(64) }];
const contract = (buyer: string, campaign: string) => ({ buyer, campaign, post, price_cents: 5 });
const base = {
  sluice: 1,
  verticals: { auto: { fields: { state: { type: 'state' } } } },
  campaigns: {
    cars: { vertical: 'auto', routing: [{ method: 'waterfall', contracts: ['ann_cars'] }] },
    vans: { vertical: 'auto', routing: [{ method: 'waterfall', contracts: ['bob_vans'] }] },
  },
  buyers: { ann: {}, bob: {} },
  sources: { acme: { keys, campaigns: ['cars'], payout: { share_percent: 80 } } },
  contracts: { ann_cars: contract('ann', 'cars'), bob_vans: contract('bob', 'vans') },
};

const changes: [says: string, change: (world: typeof base) => object, woken: string[]][] = [
  [
    'a price',
    (w) => ({
      contracts: {
        ...w.contracts,
        ann_cars: contract('ann', 'cars'),
        bob_vans: { ...contract('bob', 'vans'), price_cents: 9 },
      },
    }),
    ['vans'],
  ],
  [
    'a new contract',
    (w) => ({ contracts: { ...w.contracts, bob_cars: contract('bob', 'cars') } }),
    ['cars'],
  ],
  ['a buyer’s pause', (w) => ({ buyers: { ...w.buyers, ann: { paused: true } } }), ['cars']],
  [
    'a campaign’s floor',
    (w) => ({ campaigns: { ...w.campaigns, vans: { ...w.campaigns.vans, floor_cents: 3 } } }),
    ['vans'],
  ],
  ['a source', (w) => ({ sources: { acme: { ...w.sources.acme, paused: true } } }), ['cars']],
  [
    'a key',
    (w) => ({ sources: { acme: { ...w.sources.acme, keys: [{ sha256: 'b'.repeat(64) }] } } }),
    [],
  ],
  ['a name', () => ({ name: 'Other' }), []],
  ['the kill switch', () => ({ paused: true }), ['cars', 'vans']],
  [
    'a field of the vertical',
    () => ({ verticals: { auto: { fields: { state: { type: 'state', required: true } } } } }),
    ['cars', 'vans'],
  ],
  ['nothing', () => ({}), []],
];
test.for(changes)('%s', ([, change, woken]) => {
  const after = { ...base, ...change(base) };
  const parsed = parseWorld(after);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  expect(affectedCampaigns(diffWorlds(base, after), parsed.world)).toEqual(woken);
});
