// Recorded leads run again, by method: turns, bids, shared sales, and leads that waited.

import { describe, expect, test } from 'vitest';
import type { PingResult } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import {
  bids,
  endsOf,
  NOON,
  priced,
  recordedLead,
  rejected,
  simulate,
  world,
} from './simulation-stand.ts';

describe('turns', () => {
  const half = 2 ** 39;
  const contracts = { apex_auto: priced('apex', 700), bolt_auto: priced('bolt', 700) };
  const rules = world({ method: 'round_robin' }, contracts);
  // Bolt is owed half a lead at the sixth turn, so it is drawn; then nobody is owed anything.
  const [odd, even] = [
    { apex_auto: -half, bolt_auto: half },
    { apex_auto: 0, bolt_auto: 0 },
  ];
  const drawn = (at: number, turn: number) => {
    const isBolts = turn % 2 === 0;
    const order = isBolts ? ['bolt_auto', 'apex_auto'] : ['apex_auto', 'bolt_auto'];
    const credits = isBolts ? odd : even;
    return recordedLead({
      at,
      routes: [{ stage: 'only', method: 'round_robin', order, turn, credits }],
      offers: [{ contract: order[0] ?? '', cents: 700 }],
    });
  };
  // Two that came at once drew in the other order.
  const leads = () => [drawn(0, 7), drawn(0.001, 6), drawn(1, 8), drawn(2, 9)];
  const asRecorded = ['apex_auto 700', 'bolt_auto 700', 'bolt_auto 700', 'apex_auto 700'];

  test('unchanged: each lead has the turn that it had', () => {
    expect(endsOf(simulate(leads(), rules))).toEqual(asRecorded);
  });

  test('from the first draw that differs on, they go on from what was owed', () => {
    const paused = { ...contracts, bolt_auto: priced('bolt', 700, { paused: true }) };
    const after = world({ method: 'round_robin' }, paused);
    expect(endsOf(simulate(leads(), after, { before: rules }))).toEqual(
      Array.from({ length: 4 }, () => 'apex_auto 700'),
    );
    // Owed -1/2, 1/2 and 0, all earn 1/3: Bolt is due. Then Crest has 2/3 and the others 1/6; then
    // Apex and Bolt have 1/2 each, and the first id goes first.
    const three = { ...contracts, crest_auto: priced('crest', 700) };
    const shared = simulate(
      [drawn(0, 6), drawn(1, 7), drawn(2, 8)],
      world({ method: 'round_robin' }, three),
      { before: rules },
    );
    expect(endsOf(shared)).toEqual(['bolt_auto 700', 'crest_auto 700', 'apex_auto 700']);
  });
});

describe('bids', () => {
  const bid = (contractId: string, price: number): PingResult => {
    return { contractId, kind: 'bid', priceCents: cents(price), ms: 5 };
  };
  const contracts = { apex_auto: bids('apex'), bolt_auto: bids('bolt') };
  const order = Object.keys(contracts);
  const auctioned = (offers: Parameters<typeof recordedLead>[0]['offers']) =>
    recordedLead({
      at: 0,
      routes: [{ stage: 'only', method: 'ping_post', order }],
      verdicts: {
        '1 auction/only': {
          ...{ stage: 'only', ranked: order, floorCents: 0, ms: 9 },
          pings: [bid('apex_auto', 900), bid('bolt_auto', 700)],
        },
      },
      ...(offers && { offers }),
    });
  const toApex = () => auctioned([{ contract: 'apex_auto', cents: 900 }]);
  const toBolt = () =>
    auctioned([
      { contract: 'apex_auto', cents: 900, state: 'rejected', result: rejected },
      { contract: 'bolt_auto', cents: 700 },
    ]);
  const of = (stage: object, changed: object = {}, more: object = {}) =>
    world({ method: 'ping_post', ...stage }, { ...contracts, ...changed }, more);
  const before = of({});
  const ends = (after: ReturnType<typeof of>) =>
    endsOf(simulate([toApex(), toBolt()], after, { before }));

  test('unchanged: the same', () => {
    expect(ends(before)).toEqual(['apex_auto 900', 'bolt_auto 700']);
  });

  test('a floor between two bids leaves the lower one out', () => {
    expect(ends(of({ floor_cents: 800 }))).toEqual(['apex_auto 900', 'unsold']);
  });

  test('second price charges a cent over the next bid', () => {
    expect(ends(of({ pricing: 'second', floor_cents: 500 }))).toEqual([
      'apex_auto 701',
      'bolt_auto 500',
    ]);
  });

  test('who was best is paused: the next has the lead at what it bid, by assumption', () => {
    const after = of({}, { apex_auto: bids('apex', { paused: true }) });
    const ended = simulate([toApex()], after, { before });
    expect(endsOf(ended)).toEqual(['bolt_auto 700']);
    expect(ended[0]?.assumed).toBe(true);
  });

  test('who was never asked bids nothing; at a fixed price it takes part', () => {
    const asked = simulate([toApex()], of({}, { crest_auto: bids('crest') }), { before });
    expect(endsOf(asked)).toEqual(['apex_auto 900']);
    expect(asked[0]?.assumed).toBe(true);
    expect(ends(of({}, { crest_auto: priced('crest', 950) }))).toEqual([
      'crest_auto 950',
      'crest_auto 950',
    ]);
  });

  test('shared: both have the lead; alone, the first takes every place', () => {
    const shared = { exclusive: false };
    const both = { apex_auto: bids('apex', shared), bolt_auto: bids('bolt', shared) };
    const lead = auctioned([
      { contract: 'apex_auto', cents: 900 },
      { contract: 'bolt_auto', cents: 700 },
    ]);
    const rules = of({}, both, { max_sales: 2 });
    expect(endsOf(simulate([lead], rules))).toEqual(['apex_auto 900 + bolt_auto 700']);
    const alone = of({}, { ...both, apex_auto: bids('apex') }, { max_sales: 2 });
    expect(endsOf(simulate([lead], alone, { before: rules }))).toEqual(['apex_auto 900']);
  });
});

describe('leads that waited', () => {
  const hold = { hold_unsold: { max: '6h', every: '1h' } };
  const apex = { apex_auto: priced('apex', 700) };
  const rules = world({ method: 'waterfall' }, apex, hold);
  const HOUR = 3_600_000;
  const waited = () =>
    recordedLead({
      ...{ at: 0, rounds: 2, routes: [{ stage: 'only', order: ['apex_auto'] }] },
      verdicts: {
        '1 wait': { reason: 'none_reached', wakeAtMs: NOON + HOUR, untilMs: NOON + 6 * HOUR },
        '2 round': { worldVersion: 1, places: 1, stages: ['only'] },
        '2 route/only': {
          ...{ stage: 'only', method: 'waterfall', order: ['apex_auto'], refused: [] },
          atMs: NOON + HOUR,
        },
      },
      offers: [
        {
          ...{ contract: 'apex_auto', cents: 700, state: 'not_sent' },
          result: { kind: 'not_sent', reason: 'connection_failed', detail: '' },
        },
        { contract: 'apex_auto', cents: 700, round: 2 },
      ],
    });

  test('are run again round by round', () => {
    const [ended] = simulate([waited()], rules);
    expect(ended?.rounds).toHaveLength(2);
    expect(ended && endsOf([ended])).toEqual(['apex_auto 700']);
  });

  test('end after a shorter hold, and are counted as waiting where nothing more is recorded', () => {
    const short = world({ method: 'waterfall' }, apex, {
      hold_unsold: { max: '30m', every: '10m' },
    });
    expect(endsOf(simulate([waited()], short, { before: rules }))).toEqual(['waiting']);
    expect(
      endsOf(simulate([waited()], world({ method: 'waterfall' }, apex), { before: rules })),
    ).toEqual(['unsold']);
  });
});
