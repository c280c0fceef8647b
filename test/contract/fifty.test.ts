// The example world of fifty contracts: it uses the settings there are, its stand-in buyers are
// there beside those of the demo, and every contract buys something of what `sluice demo` posts.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { mergeBuyers, parseBuyersConfig } from '../../src/demo/buyer-config.ts';
import { makeLead } from '../../src/demo/lead-maker.ts';
import type { Lead } from '../../src/domain/lead.ts';
import { scoreLead } from '../../src/domain/score.ts';
import type { World } from '../../src/domain/world/world.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { isDisposable } from '../../src/eligibility/leads/disposable.ts';
import { toDraft } from '../../src/intake/submission.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { readWorldText } from '../../src/world/read.ts';
import { sampleLead } from '../support/sample-lead.ts';

const EXAMPLES = new URL('../../examples/worlds/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, EXAMPLES), 'utf8');

function documentOf(name: string): unknown {
  const read = readWorldText(textOf(name), name);
  if (!read.ok) throw new Error(`${name} cannot be read`);
  return read.document;
}

function worldOf(name: string): World {
  const parsed = parseWorld(documentOf(name));
  expect(parsed).toMatchObject({ ok: true, warnings: [] });
  if (!parsed.ok) throw new Error(`${name} is not right`);
  return parsed.world;
}

/** The stand-in of a buyer; a team has one. */
const nameOf = (buyer: string) => buyer.split('.')[0] ?? buyer;

/** Every key and every word of a document, wherever they stand. */
function wordsOf(node: unknown, words = new Set<string>()): Set<string> {
  if (Array.isArray(node)) for (const each of node) wordsOf(each, words);
  else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) wordsOf(value, words.add(key));
  } else words.add(String(node));
  return words;
}

const SETTINGS: Readonly<Record<string, string>> = {
  routing:
    'waterfall round_robin weighted ping_post by catch_up takes overflow after_hours budget ' +
    'stop_after_rejections deadline early_close pricing second pick total min_bidders ties ' +
    'spread max_sales min_margin percent floor_cents hold_unsold until every duplicates',
  terms:
    'priority weight exclusive price_cents multiplier adjustments add_cents max_bid_cents ' +
    'min_score allow deny no_repeats redirect_url deliveries give_up_after during balance in_house members available',
  caps:
    'hour day week month total rolling hours starts leads cents each when name pacing even ' +
    'front_loaded credit_cents',
  filters:
    'all any not is is_not in not_in exists at_least at_most above below contains contains_any ' +
    'contains_all starts_with matches in_zips within in_region whole_words local_hour ' +
    'local_weekday phone_type age score source sub_source',
  schedules: 'windows open_on closed_on holidays starts ends from to price_cents caps during',
};

describe('fifty.yaml', () => {
  test('has fifty contracts, and draws no warning', () => {
    const { contracts } = documentOf('fifty.yaml') as { contracts: object };
    expect(Object.keys(contracts)).toHaveLength(50);
    // The three members of a team stand in the place of its one contract.
    expect(Object.keys(worldOf('fifty.yaml').contracts)).toHaveLength(52);
  });

  test.for(Object.entries(SETTINGS))('uses the settings of %s', ([, settings]) => {
    const used = wordsOf(documentOf('fifty.yaml'));
    expect(settings.split(' ').filter((setting) => !used.has(setting))).toEqual([]);
  });

  test('takes the leads of the demo from the sources of the demo, under the same keys', () => {
    const [demo, fifty] = [worldOf('demo.yaml'), worldOf('fifty.yaml')];
    const keysOf = ({ sources, operators }: World) =>
      Object.entries({ ...sources, ...operators }).map(([id, { keys }]) => [id, keys]);
    expect(keysOf(fifty)).toEqual(keysOf(demo));
    expect(Object.keys(fifty.campaigns)).toEqual(Object.keys(demo.campaigns));
  });

  test('has a stand-in for every address that it calls, none of them in the demo', () => {
    const files = ['demo-buyers.json', 'fifty-buyers.json'];
    const { buyers } = mergeBuyers(
      files.map((name) => parseBuyersConfig(JSON.parse(textOf(name)))),
    );
    const { contracts } = worldOf('fifty.yaml');
    for (const { buyer, ping, post, deliveries } of Object.values(contracts)) {
      const calls = { ping, post, ...Object.fromEntries(deliveries.map((d) => [d.name, d.step])) };
      for (const [kind, step] of Object.entries(calls)) {
        if (step && 'url' in step)
          expect(step.url).toBe(`http://127.0.0.1:3100/buyers/${nameOf(buyer)}/${kind}`);
      }
      expect(Object.keys(buyers)).toContain(nameOf(buyer));
    }
  });

  test('has no contract that none of the demo’s leads may go to within a week', () => {
    const world = worldOf('fifty.yaml');
    const rules = createEligibility(world);
    const live = { deniedKey: () => undefined };
    const unmet = new Set(Object.keys(world.contracts));
    for (const [index, lead] of leadsOf(world, 120).entries()) {
      const atMs = Date.UTC(2026, 10, 16, (index * 7) % (7 * 24));
      const vertical = world.verticals[lead.campaignId];
      if (!vertical) throw new Error('the verticals are called like the campaigns');
      const { score } = scoreLead({
        lead: { ...lead, receivedAtMs: atMs },
        vertical,
        atMs,
        isDisposable,
      });
      for (const id of unmet) {
        if (world.contracts[id]?.campaign !== lead.campaignId) continue;
        if (rules.explain(id, { lead, score, live, atMs }).kind === 'eligible') unmet.delete(id);
      }
    }
    expect([...unmet], 'none but the member who is away').toEqual(['desk_rest.bob']);
  });
});

test.for(['demo.yaml', 'fifty.yaml'])(
  'the demo’s leads are right in %s, field by field',
  (name) => {
    const world = worldOf(name);
    expect(leadsOf(world, 40).flatMap(({ problems }) => problems)).toEqual([]);
  },
);

/** The first leads that `sluice demo` posts, as intake stores them, of both campaigns. */
function leadsOf(world: World, count: number): Lead[] {
  return ['auto_insurance', 'home_services'].flatMap((campaign) =>
    Array.from({ length: count }, (_, index) => {
      const body = makeLead(campaign, 7, index);
      const drafted = toDraft(body, { sourceId: 'acme', loadedWorld: { version: 1, world } });
      if (drafted.kind !== 'draft') throw new Error(`${campaign}: ${drafted.kind}`);
      const { campaignId, fields, problems, unknownFields } = drafted.draft;
      expect(unknownFields).toEqual([]);
      return sampleLead({ campaignId, fields, problems });
    }),
  );
}

test('two files that name one buyer are not put together', () => {
  const demo = parseBuyersConfig(JSON.parse(textOf('demo-buyers.json')));
  expect(() => mergeBuyers([demo, demo])).toThrow('two files have a buyer apex');
});
