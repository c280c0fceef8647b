// The examples of the guide to hours do what its text says.

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { createEligibility } from '../../src/eligibility/explain.ts';
import { deliverNotBefore, isOpen } from '../../src/eligibility/schedule.ts';
import { cents } from '../../src/domain/money.ts';
import type { Contract } from '../../src/domain/world/contract.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { at } from './schedule-of.ts';
import { type Document, POST, smallDocument, worldOf } from './world-document.ts';

const CHICAGO = 'America/Chicago'; // The zone of bolt.

function worldWith(name: string) {
  const terms = parse(guideExample('hours.md', name)) as Document;
  const document = smallDocument();
  const contracts = document['contracts'] as Record<string, Document>;
  const bolt = { buyer: 'bolt', campaign: 'auto', price_cents: 700, post: POST };
  document['contracts'] = { ...contracts, bolt_auto: { ...bolt, ...terms } };
  return worldOf(document);
}

function contractWith(name: string): Contract {
  const contract = worldWith(name).contracts['bolt_auto'];
  if (!contract) throw new Error('no contract');
  return contract;
}

function openingOf(name: string, iso: string) {
  return isOpen(contractWith(name).schedule, CHICAGO, at(iso));
}
const detailOf = (name: string, iso: string) => {
  const opening = openingOf(name, iso);
  return opening.open ? 'open' : opening.detail;
};

test('hours of the week', () => {
  expect(detailOf('office', '2026-11-24T11:59:59-06:00')).toBe('open');
  expect(detailOf('office', '2026-11-24T12:00:00-06:00')).toMatch(/^closed until Tue .* 13:00/);
  expect(detailOf('office', '2026-11-21T01:00:00-06:00')).toBe('open');
  expect(detailOf('office', '2026-11-22T12:00:00-06:00')).toBe(
    'closed until Mon 2026-11-23 08:00 America/Chicago',
  );
});

test('days that differ', () => {
  expect(detailOf('holidays', '2026-12-25T12:00:00-06:00')).toBe(
    'closed for Christmas Day until Mon 2026-12-28 08:00 America/Chicago',
  );
  expect(detailOf('holidays', '2026-12-24T11:59:59-06:00')).toBe('open');
  expect(detailOf('holidays', '2026-12-24T12:00:00-06:00')).toMatch(/^closed until Mon 2026-12-28/);
  expect(detailOf('holidays', '2026-11-26T10:59:59-06:00')).toBe('open');
  expect(detailOf('holidays', '2026-12-31T09:00:00-06:00')).toMatch(/^closed on 2026-12-31 until/);
  expect(detailOf('holidays', '2027-02-07T12:00:00-06:00')).toMatch(/until Mon 2027-02-08 08:00/);
  expect(detailOf('holidays', '2027-02-05T12:00:00-06:00')).toMatch(/^closed from 2027-02-01 to/);
});

test('a start and an end', () => {
  expect(detailOf('term', '2026-11-30T23:59:59-06:00')).toBe(
    'starts on Tue 2026-12-01 00:00 America/Chicago',
  );
  expect(detailOf('term', '2026-12-01T00:00:00-06:00')).toBe('open');
  expect(detailOf('term', '2026-12-31T11:59:59-06:00')).toBe('open');
  expect(detailOf('term', '2026-12-31T12:00:00-06:00')).toBe(
    'ended on Thu 2026-12-31 12:00 America/Chicago',
  );
});

test('prices and caps of an hour', () => {
  const world = worldWith('prices');
  const rules = createEligibility(world);
  const windowAt = (iso: string) => rules.windowAt('bolt_auto', at(iso));
  expect(windowAt('2026-11-24T11:59:59-06:00')?.priceCents).toBe(900);
  expect(windowAt('2026-11-24T12:00:00-06:00')?.priceCents).toBeNull();
  expect(windowAt('2026-11-27T12:00:00-06:00')?.priceCents).toBe(1500);
  expect(contractWith('prices').priceCents).toBe(700);

  const atMs = at('2026-11-24T09:00:00-06:00');
  const windows = rules.capWindows('bolt_auto', {
    ...{ lead: sampleLead(), score: 50, priceCents: cents(900) },
    ...{ atMs, routedAtMs: atMs },
  });
  expect(windows.map(({ key, limit }) => [key, limit])).toEqual([
    ['contract/bolt_auto/window/2026-11-24T08:00/leads', 10],
    ['contract/bolt_auto/window/2026-11-24T08:00/cents', 50_000],
  ]);
});

test('a receiver with hours', () => {
  const [crm] = contractWith('receiver').deliveries;
  const pushAt = (iso: string) => deliverNotBefore(crm?.during ?? null, CHICAGO, at(iso));
  expect(crm?.during).not.toBeNull();
  expect(pushAt('2026-11-24T16:59:59-06:00')).toBe(at('2026-11-24T16:59:59-06:00'));
  expect(pushAt('2026-11-25T17:00:00-06:00')).toBe(at('2026-11-27T09:00:00-06:00'));
});
