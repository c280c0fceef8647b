// The examples of the guide about caps: each is applied as a world, and its windows are what the
// page says.

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import type { CapWindow } from '../../src/domain/caps/caps.ts';
import { describeKey } from '../../src/domain/caps/keys.ts';
import { isLeadId, type LeadId } from '../../src/domain/ids.ts';
import type { Lead } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import type { FieldValue } from '../../src/domain/world/world.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { guideExample } from '../support/guide.ts';
import { type Document, smallDocument, worldOf } from './world-document.ts';

const ID = 'lead_01M879XYRNRASR65K000000001';

function leadOf(fields: Record<string, FieldValue>, more: Partial<Lead> = {}): Lead {
  if (!isLeadId(ID)) throw new Error('no id');
  const id: LeadId = ID;
  return { id, sourceId: 'acme', subSource: null, fields, ...more } as unknown as Lead;
}

/** Rules of the small world; its contract bolt_auto (Chicago) has the example's terms. */
function rulesOf(example: string) {
  const document = smallDocument();
  const contracts = document['contracts'] as Record<string, Document>;
  Object.assign(contracts['bolt_auto'] ?? {}, parse(guideExample('caps.md', example)));
  return createEligibility(worldOf(document));
}

const at = (iso: string) => Date.parse(iso);
const NOON = at('2026-11-24T12:00:00-06:00'); // A Tuesday.

function windowsOf(example: string, lead = leadOf({ state: 'TX' }), atMs = NOON): CapWindow[] {
  const offer = { lead, score: 50, atMs, priceCents: cents(700) };
  return rulesOf(example).capWindows('bolt_auto', offer);
}
const keysOf = (...args: Parameters<typeof windowsOf>) =>
  windowsOf(...args).map(({ key }) => key.replace('contract/bolt_auto/', ''));

test('periods: one window each, the week from Sunday, the last 24 hours', () => {
  expect(keysOf('periods')).toEqual([
    'hour/2026-11-24T12-0600/leads',
    'day/2026-11-24/leads',
    'week/sun/2026-11-22/leads',
    'month/2026-11/cents',
    'total/leads',
    'rolling/24h/leads',
  ]);
  const hours = 3_600_000;
  const rolling = windowsOf('periods').at(-1);
  expect(rolling).toMatchObject({ amount: 1, limit: 45, rolling: 24 * hours });
  expect((rolling?.endsAtMs ?? 0) - NOON).toBeLessThanOrEqual(24.4 * hours);
  expect((rolling?.endsAtMs ?? 0) - NOON).toBeGreaterThan(24 * hours);
});

describe('some leads', () => {
  const cases: [says: string, lead: Lead, keys: string[]][] = [
    [
      'of acme in Texas count three times',
      leadOf({ state: 'TX' }),
      ['day/2026-11-24/leads', 'state=TX/day/2026-11-24/leads', 'acme_only/day/2026-11-24/leads'],
    ],
    [
      'of another source do not count as acme’s',
      leadOf({ state: 'OK' }, { sourceId: 'other' }),
      ['day/2026-11-24/leads', 'state=OK/day/2026-11-24/leads'],
    ],
    [
      'without a state share a limit',
      leadOf({}, { sourceId: 'other' }),
      ['day/2026-11-24/leads', 'state=/day/2026-11-24/leads'],
    ],
  ];
  test.for(cases)('%s', ([, lead, keys]) => expect(keysOf('some', lead)).toEqual(keys));

  test('that are full are not asked, and only they', () => {
    const rules = rulesOf('some');
    const full = 'contract/bolt_auto/state=TX/day/2026-11-24/leads';
    const live = {
      deniedKey: (key: string, limit: number) =>
        key === full && limit === 10 ? { detail: '10/10', endsAtMs: NOON + 1 } : undefined,
    };
    const ask = (state: string) =>
      rules.explain('bolt_auto', { lead: leadOf({ state }), score: 50, atMs: NOON, live });
    expect(ask('TX')).toMatchObject({ reason: 'cap_reached', untilMs: NOON + 1 });
    expect(ask('OK')).toEqual({ kind: 'eligible' });
  });
});

describe('pacing', () => {
  const pacedAt = (iso: string) => windowsOf('pacing', leadOf({}), at(iso))[0]?.paced;

  test('spreads 40 leads over ten open hours', () => {
    const first = pacedAt('2026-11-24T08:00:00-06:00');
    expect(first).toEqual({ limit: 1, untilMs: at('2026-11-24T08:15:00-06:00'), until: '08:15' });
    expect(pacedAt('2026-11-24T12:59:59-06:00')).toMatchObject({ limit: 20, until: '13:00' });
    expect(pacedAt('2026-11-24T13:00:00-06:00')).toMatchObject({ limit: 21, until: '13:15' });
    expect(pacedAt('2026-11-24T17:59:00-06:00'), 'the last minute').toBeUndefined();
  });

  test('the allowance follows the clock in any order of asking', () => {
    const rules = rulesOf('pacing');
    const limitAt = (minute: number) => {
      const atMs = at('2026-11-24T08:00:00-06:00') + minute * 60_000;
      const offer = { lead: leadOf({}), score: 50, atMs, priceCents: cents(700) };
      return rules.capWindows('bolt_auto', offer)[0]?.paced?.limit ?? 40;
    };
    const minutes = Array.from({ length: 600 }, (_, minute) => minute);
    const rising = minutes.map(limitAt);
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(rising.at(-1)).toBe(40);
    expect(minutes.toReversed().map(limitAt)).toEqual(rising.toReversed());
  });

  test('a week’s cap says the day on which it goes on', () => {
    const document = smallDocument();
    const contracts = document['contracts'] as Record<string, Document>;
    const schedule = { windows: [{ days: ['tue', 'thu'], open: '08:00', close: '09:00' }] };
    Object.assign(contracts['bolt_auto'] ?? {}, {
      schedule,
      caps: [{ per: 'week', leads: 2, pacing: 'even' }],
    });
    const rules = createEligibility(worldOf(document));
    const offer = { lead: leadOf({}), score: 50, priceCents: cents(700) };
    const atMs = at('2026-11-24T08:59:00-06:00');
    expect(rules.capWindows('bolt_auto', { ...offer, atMs })[0]?.paced).toEqual({
      ...{ limit: 1, until: 'Thu 08:00', untilMs: at('2026-11-26T08:00:00-06:00') },
    });
  });
});

test('a value of any length and any letters stays one part of the key', () => {
  const document = smallDocument();
  const contracts = document['contracts'] as Record<string, Document>;
  const caps = [{ per: 'total', leads: 2, each: 'sub_source' }];
  Object.assign(contracts['bolt_auto'] ?? {}, { caps });
  const rules = createEligibility(worldOf(document));
  const keyOf = (subSource: string) => {
    const offer = { lead: leadOf({}, { subSource }), score: 50, atMs: NOON, priceCents: cents(1) };
    return rules.capWindows('bolt_auto', offer)[0]?.key ?? '';
  };
  expect(keyOf('FB/Lookalike 1')).toBe(
    'contract/bolt_auto/sub_source=fb%2Flookalike%201/total/leads',
  );
  const long = 'ü'.repeat(300);
  expect(keyOf(long).length).toBeLessThan(110);
  expect(keyOf(`${long}a`)).not.toBe(keyOf(`${long}b`));
  expect(keyOf(long).split('/')).toHaveLength(5);
  // Wherever it is cut, people can read the key.
  for (const before of ['', 'a', 'aa', 'aaa', 'aaaa', 'aaaaa']) {
    expect(describeKey(keyOf(before + long))).toMatch(/^contract bolt_auto, sub_source /);
  }
});
