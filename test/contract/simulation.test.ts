// Recorded leads run again: in the same world they come to the same; in a changed one to what can
// be worked out on paper.

import { describe, expect, test } from 'vitest';
import type { CapWindow } from '../../src/domain/caps/caps.ts';
import type { OfferResult } from '../../src/domain/lead.ts';
import { explainChange, isChanged } from '../../src/simulation/difference.ts';
import {
  endsOf,
  priced,
  recordedLead,
  rejected,
  rulesOf,
  simulate,
  world,
} from './simulation-stand.ts';
import { smallDocument } from './world-document.ts';

describe('a cap of a waterfall', () => {
  const key = 'contract/apex_auto/day/2026-11-24/leads';
  const windows: CapWindow[] = [
    { key, amount: 1, limit: 2, endsAtMs: Date.parse('2026-11-25T05:00:00Z') },
  ];
  const full: OfferResult = { kind: 'not_offered', reason: 'cap_reached', detail: `${key} 2/2` };
  const toApex = (at: number) =>
    recordedLead({
      at,
      routes: [{ stage: 'only', order: ['apex_auto', 'bolt_auto'] }],
      offers: [{ contract: 'apex_auto', cents: 700, windows }],
    });
  const toBolt = (at: number) =>
    recordedLead({
      at,
      routes: [{ stage: 'only', order: ['apex_auto', 'bolt_auto'] }],
      offers: [
        { contract: 'apex_auto', cents: 700, state: 'not_sent', result: full, windows },
        { contract: 'bolt_auto', cents: 600 },
      ],
    });
  const of = (leads: number, more: object = {}) =>
    world(
      { method: 'waterfall' },
      {
        apex_auto: priced('apex', 700, { priority: 1, caps: [{ per: 'day', leads }], ...more }),
        bolt_auto: priced('bolt', 600, { priority: 2 }),
      },
    );
  // At the edge the second one came before the third, and was denied: caps fill as holds arrive.
  const leads = [toApex(0), toBolt(1), toApex(2), toBolt(3)];
  const before = of(2);

  test('unchanged: each lead comes to the same, also where they overtook each other', () => {
    const ended = simulate(leads, before);
    expect(endsOf(ended)).toEqual([
      'apex_auto 700',
      'bolt_auto 600',
      'apex_auto 700',
      'bolt_auto 600',
    ]);
    expect(ended.some(isChanged)).toBe(false);
    expect(ended.some(({ assumed }) => assumed)).toBe(false);
  });

  test('who was passed by as full is so again, unless the cap takes more', () => {
    const why = { reason: 'cap_reached', detail: `${key}: no room left` } as const;
    const refused = [{ contractId: 'apex_auto', ...why }];
    const passedBy = recordedLead({
      at: 1,
      routes: [{ stage: 'only', order: ['bolt_auto'], refused }],
      offers: [{ contract: 'bolt_auto', cents: 600 }],
    });
    const three = [toApex(0), passedBy, toApex(2)];
    const same = ['apex_auto 700', 'bolt_auto 600', 'apex_auto 700'];
    expect(endsOf(simulate(three, before))).toEqual(same);
    expect(endsOf(simulate(three, of(3), { before }))).toEqual(same.fill('apex_auto 700'));
  });

  test('is not passed by leads that it did not get then: those behind them have no room', () => {
    const toCrest = recordedLead({
      at: 0,
      routes: [{ stage: 'only', order: ['crest_auto', 'apex_auto', 'bolt_auto'] }],
      offers: [{ contract: 'crest_auto', cents: 900 }],
    });
    const ended = simulate([toCrest, toApex(1), toApex(2)], before);
    expect(endsOf(ended)).toEqual(['apex_auto 700', 'apex_auto 700', 'bolt_auto 600']);
  });

  test('lowered by one: the last that had room then is the one that has none', () => {
    const ended = simulate(leads, of(1), { before });
    expect(endsOf(ended)).toEqual([
      'apex_auto 700',
      'bolt_auto 600',
      'bolt_auto 600',
      'bolt_auto 600',
    ]);
    expect(ended.filter(isChanged)).toHaveLength(1);
    const [, , third] = ended;
    expect(third && explainChange(of(1).world, third)).toMatchObject([
      { contractId: 'apex_auto', change: 'lost', reason: 'cap_reached' },
      { contractId: 'bolt_auto', change: 'gained', reason: 'not_offered' },
    ]);
    expect(third?.assumed).toBe(true);
  });

  test('raised by one: the first that was denied has the room', () => {
    const ended = simulate(leads, of(3), { before });
    expect(endsOf(ended)).toEqual([
      'apex_auto 700',
      'apex_auto 700',
      'apex_auto 700',
      'bolt_auto 600',
    ]);
  });

  test('what was used before the first lead counts', () => {
    const used = new Map([['apex', [{ key, by: 1, endsAtMs: windows[0]?.endsAtMs ?? null }]]]);
    expect(endsOf(simulate(leads, of(2, { price_cents: 690 }), { before, used }))).toEqual(
      // One of two is left.
      ['apex_auto 690', 'bolt_auto 600', 'apex_auto 690', 'bolt_auto 600'],
    );
    expect(endsOf(simulate(leads, of(1), { before, used }))).toEqual(
      Array.from({ length: 4 }, () => 'bolt_auto 600'),
    );
  });
});

describe('a waterfall', () => {
  const before = {
    apex_auto: priced('apex', 700, { priority: 1 }),
    bolt_auto: priced('bolt', 600, { priority: 2 }),
  };
  const rules = world({ method: 'waterfall' }, before);
  const routes = [{ stage: 'only', order: ['apex_auto', 'bolt_auto'] }];
  const sold = () =>
    recordedLead({ at: 0, routes, offers: [{ contract: 'apex_auto', cents: 700 }] });
  const passedOn = () =>
    recordedLead({
      at: 1,
      routes,
      offers: [
        { contract: 'apex_auto', cents: 700, state: 'rejected', result: rejected },
        { contract: 'bolt_auto', cents: 600 },
      ],
    });

  test('another price: the same buyer at that price, on the assumption that it still says yes', () => {
    const after = world(
      { method: 'waterfall' },
      { ...before, apex_auto: priced('apex', 500, { priority: 1 }) },
    );
    const ended = simulate([sold(), passedOn()], after, { before: rules });
    expect(endsOf(ended)).toEqual(['apex_auto 500', 'bolt_auto 600']);
    expect(ended[0]).toMatchObject({ assumed: true, sales: [{ payoutCents: 400 }] });
    expect(ended[0] && explainChange(after.world, ended[0])).toEqual([
      { contractId: 'apex_auto', change: 'price', reason: null, detail: '' },
    ]);
  });

  test('a contract less: its leads go on; a buyer that said no says no again', () => {
    const { bolt_auto, apex_auto } = before;
    const withoutApex = world({ method: 'waterfall' }, { bolt_auto });
    const ended = simulate([sold(), passedOn()], withoutApex, { before: rules });
    expect(endsOf(ended)).toEqual(['bolt_auto 600', 'bolt_auto 600']);
    expect(ended.map(({ assumed }) => assumed)).toEqual([true, false]);
    const withoutBolt = world({ method: 'waterfall' }, { apex_auto });
    const left = simulate([sold(), passedOn()], withoutBolt, { before: rules });
    expect(endsOf(left)).toEqual(['apex_auto 700', 'unsold']);
    expect(left[1]).toMatchObject({ reason: 'all_rejected' });
    expect(left[1] && explainChange(withoutBolt.world, left[1])).toMatchObject([
      { contractId: 'bolt_auto', reason: null, detail: 'the contract is gone' },
    ]);
  });

  test('a doubt stays one, and the lead is offered to nobody else', () => {
    const doubt = recordedLead({
      ...{ at: 0, routes, status: 'in_doubt' },
      offers: [{ contract: 'apex_auto', cents: 700, state: 'in_doubt' }],
    });
    const [ended] = simulate([doubt], rules);
    expect(ended).toMatchObject({ status: 'in_doubt', sales: [], assumed: false });
  });

  test('what intake refused stays refused; a source that is gone sells nothing', () => {
    const refused = recordedLead({ at: 0, status: 'duplicate' });
    const document = smallDocument();
    const sources = { other: (document['sources'] as { acme: object }).acme };
    const ended = simulate([refused, sold()], rulesOf({ ...document, sources }), { before: rules });
    expect(endsOf(ended)).toEqual(['duplicate', 'unsold']);
    expect(ended[1]).toMatchObject({ reason: 'no_contracts' });
  });

  test('one person twice: by a new rule the second goes to the next buyer', () => {
    const once = { by: [['phone']], within: '30d' };
    const after = world(
      { method: 'waterfall' },
      { ...before, apex_auto: priced('apex', 700, { priority: 1, no_repeats: once }) },
    );
    const fields = (phone: string) => ({ phone, state: 'TX' });
    const offers = [{ contract: 'apex_auto', cents: 700 }];
    const leads = ['+15125550101', '+15125550102', '+15125550101'].map((phone, at) =>
      recordedLead({ at, routes, offers, fields: fields(phone) }),
    );
    const ended = simulate(leads, after, { before: rules });
    expect(endsOf(ended)).toEqual(['apex_auto 700', 'apex_auto 700', 'bolt_auto 600']);
    const why = ended[2] && explainChange(after.world, ended[2])[0];
    expect(why).toMatchObject({ reason: 'seen_before' });
    expect(JSON.stringify(why)).not.toContain('5550101');
  });
});
