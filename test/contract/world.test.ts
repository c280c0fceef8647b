// The world document at the border: what a small one becomes, what is only warned of, and that all
// mistakes are told at once, whatever the document is.

import { describe, expect, test } from 'vitest';

import { parseWorld } from '../../src/world/parse.ts';
import { POST, PING, smallDocument, spoil, worldOf } from './world-document.ts';

describe('a small world', () => {
  test('is right, and has no warnings', () => {
    expect(parseWorld(smallDocument())).toMatchObject({ ok: true, warnings: [] });
  });

  test('an empty one is right as well', () => {
    expect(worldOf({ sluice: 1 })).toMatchObject({ name: 'Sluice', contracts: {} });
  });

  test('names things by their ids, and buyers by the world’s zone', () => {
    const world = worldOf(spoil('time_zone', 'America/Denver'));
    const terms = {
      ...{ caps: [], balance: null, noRepeats: null, floorCents: 0, paused: false },
      inHouse: false,
      ...{ keys: [], feedback: null, outcomesSecret: null, webhooks: {} },
    };
    expect(world.buyers).toEqual({
      apex: { name: 'apex', timeZone: 'America/Denver', ...terms },
      bolt: { name: 'bolt', timeZone: 'America/Chicago', ...terms },
    });
    expect(world.campaigns['auto']?.routing.map((stage) => stage.name)).toEqual([
      'stage_1',
      'stage_2',
    ]);
  });

  test('fills in a contract’s terms', () => {
    const step = { adapter: 'json', secretRef: null, fields: null, testUrl: null };
    expect(worldOf(smallDocument()).contracts['apex_auto']).toEqual({
      name: 'apex_auto',
      buyer: 'apex',
      campaign: 'auto',
      paused: false,
      priority: 100,
      weight: 1,
      exclusive: true,
      priceCents: null,
      postPrice: { whenLower: 'keep', whenHigher: 'keep', toleranceCents: 0, minCents: 0 },
      multiplierBasisPoints: 10_000,
      adjustments: [],
      maxBidCents: 50_000,
      floorCents: 0,
      minScore: 0,
      sources: { allow: null, deny: [] },
      filter: null,
      schedule: null,
      caps: [],
      noRepeats: null,
      ping: { ...PING, ...step, timeoutMs: 1000 },
      post: { ...POST, ...step, timeoutMs: 4000 },
      redirectUrl: null,
      deliveries: [],
      status: null,
      doubt: { policy: 'ask', afterMs: 86_400_000 },
    });
  });

  test('text, phone, e-mail and date fields are personal unless it says otherwise', () => {
    const fields = worldOf(spoil('verticals.auto.fields.note', { type: 'text', personal: false }))
      .verticals['auto']?.fields;
    const personal = Object.entries(fields ?? {}).filter(([, field]) => field.personal);
    expect(personal.map(([name]) => name)).toEqual(['phone', 'dob']);
  });

  const CONTRACT = 'contracts.apex_auto';
  const readings: [path: string, written: unknown, read: object][] = [
    [`${CONTRACT}.multiplier`, 1.2, { multiplierBasisPoints: 12_000 }],
    [
      `${CONTRACT}.caps`,
      [{ per: 'day', leads: 50 }],
      { caps: [{ per: 'day', measure: 'leads', limit: 50 }] },
    ],
    [
      `${CONTRACT}.caps`,
      [{ per: 'week', cents: null }],
      { caps: [{ per: 'week', measure: 'cents', limit: null }] },
    ],
    [`${CONTRACT}.post.secret`, 'env:APEX_TOKEN', { post: { secretRef: 'env:APEX_TOKEN' } }],
    [`${CONTRACT}.post.timeout`, '2s', { post: { timeoutMs: 2000 } }],
    [`${CONTRACT}.ping.timeout`, '350ms', { ping: { timeoutMs: 350 } }],
    [
      `${CONTRACT}.filter`,
      { field: 'state', is: 'TX' },
      { filter: { kind: 'test', field: 'state', test: { op: 'is', value: 'TX' } } },
    ],
    [
      `${CONTRACT}.filter`,
      { not: { any: [] } },
      { filter: { kind: 'not', of: { kind: 'any', of: [] } } },
    ],
    [
      `${CONTRACT}.filter`,
      { field: 'service', in: ['ROOFING'] },
      { filter: { test: { op: 'in', values: ['ROOFING'] } } },
    ],
    [
      `${CONTRACT}.schedule`,
      { windows: [{ days: ['tue', 'mon', 'mon'], open: '08:00', close: '24:00' }] },
      { schedule: { windows: [{ days: [1, 2], openMinute: 480, closeMinute: 0 }] } },
    ],
    [
      `${CONTRACT}.deliveries`,
      [{ name: 'crm', url: POST.url, give_up_after: '2d' }],
      {
        deliveries: [
          { name: 'crm', step: { url: POST.url, timeoutMs: 15_000 }, giveUpAfterHours: 48 },
        ],
      },
    ],
  ];
  test.for(readings)('reads %s: %j', ([path, written, read]) => {
    expect(worldOf(spoil(path, written)).contracts['apex_auto']).toMatchObject(read);
  });

  test('reads durations, payouts and duplicate rules', () => {
    const { campaigns } = worldOf(spoil('campaigns.auto.duplicates', { by: [['phone']] }));
    expect(campaigns['auto']).toMatchObject({
      answerWithinMs: 5000,
      duplicates: { by: [['phone']], withinMinutes: 43_200, scope: 'campaign', againAfter: [] },
      routing: [{ deadlineMs: 500, earlyClose: true }, {}],
    });
    const payoutOf = (payout: object) =>
      worldOf(spoil('sources.acme.payout', payout)).sources['acme']?.payout;
    expect(payoutOf({ share_percent: 72.25 })).toEqual({ kind: 'share', basisPoints: 7225 });
    expect(payoutOf({ fixed_cents: 900 })).toEqual({ kind: 'fixed', cents: 900 });
  });

  test('ids that look like our names stay as they are', () => {
    const { verticals } = worldOf(spoil('verticals.auto.fields.price_cents', { type: 'number' }));
    expect(verticals['auto']?.fields).toHaveProperty('price_cents');
  });
});

describe('all mistakes at once', () => {
  test('those of shape, of reference and of filters, in the order of the document', () => {
    const whole = spoil('campaigns.auto.vertical', 'aut');
    Object.assign(whole['contracts'] as object, {
      broken: { buyer: 7, campaign: 'auto', wieght: 1, post: POST },
      odd: { buyer: 'nobody', campaign: 'auto', price_cents: 1, post: POST },
    });
    Object.assign(whole['sources'] as object, { late: { paused: 'yes' } });
    const parsed = parseWorld(whole);
    expect(parsed.ok ? [] : parsed.errors.map((issue) => issue.path)).toEqual([
      'campaigns.auto.vertical',
      'sources.late.keys',
      'sources.late.campaigns',
      'sources.late.payout',
      'sources.late.paused',
      'contracts.broken.buyer',
      'contracts.broken.wieght',
      'contracts.odd.buyer',
    ]);
  });

  test('a part that cannot be read is not also called unknown', () => {
    const parsed = parseWorld(spoil('buyers.apex', { caps: 'none' }));
    expect(parsed).toEqual({
      ok: false,
      errors: [{ path: 'buyers.apex.caps', says: 'wants a list, not text' }],
    });
  });

  test('a hundred of them, and how many more', () => {
    const fields = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`field_${index}`, { type: 'nothing' }]),
    );
    const parsed = parseWorld(spoil('verticals.auto.fields', fields));
    const errors = parsed.ok ? [] : parsed.errors;
    expect(errors.length).toBe(101);
    expect(errors.at(-1)?.says).toMatch(/^and \d+ more$/);
  });

  test('quote no secret that was written where its reference belongs', () => {
    const parsed = parseWorld(spoil('contracts.apex_auto.post.secret', 'tok_live_51H8'));
    const says = 'wants a reference, env:NAME or file:/path, never the secret itself';
    expect(parsed).toEqual({
      ok: false,
      errors: [{ path: 'contracts.apex_auto.post.secret', says }],
    });
  });
});

describe('is never thrown off by', () => {
  const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => ({ not: inner }), {});
  const odd: [says: string, whole: unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['text', 'sluice: 1'],
    ['a list', [smallDocument()]],
    ['a filter 100,000 levels deep', spoil('contracts.apex_auto.filter', deep)],
    ['__proto__ as a name', { sluice: 1, buyers: JSON.parse('{"__proto__": {}}') as unknown }],
    ['lists for maps', { sluice: 1, buyers: [], contracts: [1] }],
    ['NaN', spoil('contracts.bolt_auto.price_cents', Number.NaN)],
  ];
  test.for(odd)('%s', ([, whole]) => {
    const parsed = parseWorld(whole);
    expect(parsed.ok ? 'ok' : parsed.errors.length).toBeGreaterThan(0);
  });
});

describe('warns', () => {
  const warnings: [path: string, value: unknown, at: string, says: string][] = [
    ['paused', true, 'paused', 'nothing is sent to any buyer'],
    ['operators', undefined, 'operators', 'nobody may see traces and reports'],
    ['buyers.idle', {}, 'buyers.idle', 'has no contract'],
    ['campaigns.auto.routing', [], 'campaigns.auto.routing', 'no lead of it can be sold'],
    [
      'campaigns.auto.routing',
      [{ method: 'ping_post', contracts: ['apex_auto'] }],
      'contracts.bolt_auto',
      'stands in no stage, so it is offered nothing',
    ],
    [
      'contracts.apex_auto.ping.fields',
      ['state', 'phone'],
      'contracts.apex_auto.ping.fields',
      'every ping tells phone',
    ],
  ];
  test.for(warnings)('of %s = %j', ([path, value, at, says]) => {
    const parsed = parseWorld(spoil(path, value));
    expect(parsed.ok && parsed.warnings).toEqual(expect.arrayContaining([{ path: at, says }]));
  });
});
