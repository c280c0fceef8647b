// Reps and teams of the operator's own: what is written, what each member becomes, and what is told
// of mistakes. The worlds are those of docs/guides/in-house.md, read out of the page.

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { jsonAdapter } from '../../src/delivery/json.ts';
import { toLeadId } from '../../src/domain/ids.ts';
import { ZERO } from '../../src/domain/money.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { compileCaps, windowsOf } from '../../src/eligibility/windows.ts';
import { routeStage, stageIn } from '../../src/routing/stage.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';

type Parts = Record<string, Record<string, object>>;

const example = (name: string) => parse(guideExample('in-house.md', name)) as Parts;
const FIELDS = { phone: { type: 'phone' }, state: { type: 'state' } };
const POST = { url: 'https://apex.example/leads' };
const MONDAY = Date.parse('2026-11-23T10:00:00-06:00');

const documentOf = (parts: Parts): Record<string, unknown> => ({
  sluice: 1,
  verticals: { auto: { fields: FIELDS } },
  campaigns: { auto: { vertical: 'auto', routing: [] } },
  ...parts,
});

function worldOf(parts: Parts) {
  const parsed = parseWorld(documentOf(parts));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.world;
}

/** The contracts of the guide's team that may have a lead, and why the others may not. */
function routeTeam(
  changes: object = {},
  { atMs = MONDAY, full = [] as string[], state = 'TX' } = {},
) {
  const parts = example('team');
  const sales = { ...parts['buyers']?.['sales'], ...changes };
  const world = worldOf({ ...parts, buyers: { sales } });
  const rules = { world, eligibility: createEligibility(world) };
  const { auto } = world.campaigns;
  if (!auto) throw new Error('no campaign');
  const route = routeStage(rules, stageIn(auto, 'stage_1'), {
    lead: sampleLead({ fields: { state } }),
    score: 50,
    atMs,
    live: {
      deniedKey: (key) => (full.includes(key) ? { detail: 'full', endsAtMs: null } : undefined),
    },
  });
  const why = route.refused.map(({ contractId, reason }) => `${contractId} ${reason}`);
  return { order: route.order, why, detail: route.refused[0]?.detail };
}

describe('a rep', () => {
  test('needs no price and no post', () => {
    const { contracts } = worldOf(example('rep'));
    expect(contracts['carol_auto']).toMatchObject({ buyer: 'carol', priceCents: 0, post: null });
  });
});

describe('a team', () => {
  test('becomes a buyer and a contract for each member, in the place of its contract', () => {
    const { buyers, contracts, campaigns } = worldOf(example('team'));
    expect(Object.keys(buyers)).toEqual(['sales.ann', 'sales.bob', 'sales.cem']);
    expect(Object.keys(contracts)).toEqual(['desk.ann', 'desk.bob', 'desk.cem']);
    expect(campaigns['auto']?.routing[0]?.contracts).toEqual(Object.keys(contracts));
    expect(buyers['sales.cem']).toMatchObject({
      name: 'sales: Cem D.',
      timeZone: 'America/Chicago',
    });
    expect(contracts['desk.ann']).toMatchObject({ buyer: 'sales.ann', priceCents: 0 });
  });

  test('is left as written beside buyers who pay', () => {
    const { desk } = example('team')['contracts'] ?? {};
    const apex = { buyer: 'apex', campaign: 'auto', price_cents: 900, post: POST };
    const { campaigns } = worldOf({
      ...example('last'),
      buyers: { ...example('team')['buyers'], apex: {} },
      contracts: { desk: desk ?? {}, apex_auto: apex },
    });
    expect(campaigns['auto']?.routing.map(({ contracts }) => contracts)).toEqual([
      ['apex_auto'],
      ['desk.ann', 'desk.bob', 'desk.cem'],
    ]);
  });

  test('sends leads to those who are there, in their hours, with room', () => {
    expect(routeTeam()).toEqual({
      order: ['desk.ann', 'desk.cem'],
      why: ['desk.bob paused'],
      detail: 'sales.bob is away',
    });
    const evening = { atMs: MONDAY + 9 * 3_600_000 };
    expect(routeTeam({}, evening).why).toEqual(['desk.bob paused', 'desk.cem outside_schedule']);
    const annFull = { full: ['buyer/sales.ann/day/2026-11-23/leads'] };
    expect(routeTeam({}, annFull).order).toEqual(['desk.cem']);
  });

  test('holds pause, filter and caps of the team for every member', () => {
    expect(routeTeam({ paused: true }).order).toEqual([]);
    expect(routeTeam({}, { state: 'CA' }).order).toEqual([]);
    const full = { full: ['buyer/sales/day/2026-11-23/leads'] };
    expect(routeTeam({}, full).why).toEqual([
      'desk.ann cap_reached',
      'desk.bob paused',
      'desk.cem cap_reached',
    ]);
    expect(routeTeam({ caps: [{ per: 'day', leads: 0 }] }).order).toEqual([]);
  });

  test('has one window for all members beside each one’s own', () => {
    const cap = { per: 'total', measure: 'leads', limit: 5 } as const;
    const caps = compileCaps({
      ...{ contractId: 'desk.ann', contractCaps: [cap] },
      ...{ buyerId: 'sales.ann', buyerCaps: [cap], teamCaps: [cap] },
      timeZone: 'America/Chicago',
    });
    const facts = { get: () => undefined, has: () => false };
    const windows = windowsOf(caps, { facts, atMs: MONDAY, priceCents: ZERO });
    expect(windows.map(({ key }) => key)).toEqual([
      'contract/desk/total/leads',
      'buyer/sales/total/leads',
      'buyer/sales.ann/total/leads',
    ]);
  });

  test('its systems are told which member got the lead; others are told of none', () => {
    const step = { adapter: 'json', secretRef: null, fields: null, timeoutMs: 1, ...POST } as const;
    const parcel = {
      leadId: toLeadId('01JD8XK7M2Q3R4S5T6V7W8X9Y0'),
      ...{ campaign: 'auto', contractId: 'desk.ann', round: 1, fields: {} },
    };
    const sale = { priceCents: ZERO, reference: null };
    const bodyOf = (told: object): unknown =>
      JSON.parse(String(jsonAdapter.buildDelivery({ ...parcel, ...told }, step, sale).body));
    expect(bodyOf({ member: 'ann' })).toMatchObject({ contract: 'desk.ann', member: 'ann' });
    expect(bodyOf({})).not.toHaveProperty('member');
  });
});

describe('tells', () => {
  const desk = { buyer: 'sales', campaign: 'auto' };
  const sales = { in_house: true };
  const two = [1, 2].map((leads) => ({ per: 'day', leads }));
  const mistakes: [buyer: object, contract: object, path: string, says: string][] = [
    [sales, { price_cents: 5 }, 'contracts.desk.price_cents', 'sales is in-house and pays nothing'],
    [sales, { ping: POST }, 'contracts.desk.ping', 'sales is in-house and is asked for no bid'],
    [{ members: { ann: {} } }, { price_cents: 5, post: POST }, 'buyers.sales.members', 'only a'],
    [{ ...sales, members: {} }, {}, 'buyers.sales.members', 'a team wants at least one member'],
    [{}, { price_cents: 5 }, 'contracts.desk.post', 'is missing'],
    [
      { ...sales, members: { ann: { caps: two } } },
      {},
      'buyers.sales.members.ann.caps[1]',
      'leads per day has a limit already',
    ],
    [{ ...sales, members: { 'a.b': {} } }, {}, 'buyers.sales.members["a.b"]', 'an id begins with'],
  ];
  test.for(mistakes)('%j %j', ([buyer, contract, path, says]) => {
    const parts = { buyers: { sales: buyer }, contracts: { desk: { ...desk, ...contract } } };
    const parsed = parseWorld(documentOf(parts));
    const errors = parsed.ok ? [] : parsed.errors;
    const told: unknown = expect.stringContaining(says);
    expect(errors).toEqual(expect.arrayContaining([expect.objectContaining({ path, says: told })]));
  });

  test('nothing of a rep with a price of 0, or with a post', () => {
    const parts = {
      buyers: { sales },
      contracts: { desk: { ...desk, price_cents: 0, post: POST } },
    };
    expect(parseWorld(documentOf(parts)).ok).toBe(true);
  });
});
