// Who is one person: the first lead counts, and of two at once only one is first.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimPerson, type PersonClaim } from '../../../src/db/persons/claim.ts';
import { listVerdicts } from '../../../src/db/verdicts.ts';
import type { FreeingEnd } from '../../../src/domain/duplicates.ts';
import type { LeadId } from '../../../src/domain/ids.ts';
import type { Validation } from '../../../src/domain/lead.ts';
import type { PersonKey } from '../../../src/domain/person.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { createBook, storeLead } from '../../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const valid: Validation = { kind: 'valid', checks: [] };
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 22);

function keys(values: { phone?: string; email?: string }): PersonKey[] {
  return Object.entries(values).map(([field, value]) => ({ fields: [field], values: [value] }));
}

function claim(
  leadId: LeadId,
  person: PersonKey[],
  changes: Partial<PersonClaim> & { days?: number } = {},
) {
  const { atMs = NOW_MS, days = 30, ...more } = changes;
  return claimPerson(db.pool, {
    ...{ leadId, memory: 'campaign/auto', keys: person, atMs },
    ...{ notBeforeMs: atMs - days * DAY_MS, againAfter: [], values: [], campaignId: 'auto' },
    validation: valid,
    ...more,
  });
}

test('T47 of fifty equal leads at once exactly one is first', async () => {
  const ids = await Promise.all(Array.from({ length: 50 }, () => storeLead(db.pool)));
  const person = keys({ phone: '+15125550100' });
  const claims = await Promise.all(ids.map((leadId) => claim(leadId, person)));
  const first = ids.filter((_, index) => claims[index]?.kind === 'first');
  expect(first).toHaveLength(1);
  const seen = claims.filter(({ kind }) => kind === 'seen');
  expect(seen).toEqual(seen.map(() => ({ kind: 'seen', leadId: first[0], by: ['phone'] })));
});

test('equal leads with their keys in another order never block each other', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => storeLead(db.pool)));
  const person = keys({ phone: '+15125550101', email: 'both@example.com' });
  const claims = await Promise.all(
    ids.map((leadId, index) => claim(leadId, index % 2 ? person : person.toReversed())),
  );
  expect(claims.filter(({ kind }) => kind === 'first')).toHaveLength(1);
});

test('a repeat finds itself and is first again, its verdict stored once', async () => {
  const leadId = await storeLead(db.pool);
  const person = keys({ phone: '+15125550102' });
  expect(await claim(leadId, person)).toEqual({ kind: 'first' });
  expect(await claim(leadId, person)).toEqual({ kind: 'first' });
  expect([...(await listVerdicts(db.pool, leadId, 1))]).toEqual([['validation', valid]]);
});

test('one shared field is enough, and nothing is stored for the later lead', async () => {
  const [first, later] = [await storeLead(db.pool), await storeLead(db.pool)];
  await claim(first, keys({ phone: '+15125550103', email: 'a@example.com' }));
  const seen = await claim(later, keys({ phone: '+15125550104', email: 'a@example.com' }));
  expect(seen).toEqual({ kind: 'seen', leadId: first, by: ['email'] });
  expect((await listVerdicts(db.pool, later, 1)).size).toBe(0);
});

test('T46 a lead without any key is like nobody', async () => {
  const [first, later] = [await storeLead(db.pool), await storeLead(db.pool)];
  expect(await claim(first, [])).toEqual({ kind: 'first' });
  expect(await claim(later, [])).toEqual({ kind: 'first' });
  expect((await listVerdicts(db.pool, later, 1)).get('validation')).toEqual(valid);
});

test('a person counts again once the window is over, and not a moment before', async () => {
  const [first, within, after] = await Promise.all([1, 2, 3].map(() => storeLead(db.pool)));
  if (!first || !within || !after) throw new Error('three leads were stored');
  const person = keys({ phone: '+15125550105' });
  await claim(first, person, { atMs: NOW_MS });
  const atEnd = await claim(within, person, { atMs: NOW_MS + 30 * DAY_MS });
  expect(atEnd).toMatchObject({ kind: 'seen', leadId: first });
  const past = await claim(after, person, { atMs: NOW_MS + 30 * DAY_MS + 1 });
  expect(past).toEqual({ kind: 'first' });
});

test('memories do not know each other', async () => {
  const [first, other] = [await storeLead(db.pool), await storeLead(db.pool)];
  const person = keys({ phone: '+15125550106' });
  await claim(first, person);
  expect(await claim(other, person, { memory: 'campaign/home' })).toEqual({ kind: 'first' });
});

test('a refused lead leaves nothing by which another one would be refused', async () => {
  const [first, refused, third] = await Promise.all([1, 2, 3].map(() => storeLead(db.pool)));
  if (!first || !refused || !third) throw new Error('three leads were stored');
  await claim(first, keys({ phone: '+15125550107', email: 'b@example.com' }));
  const other = keys({ phone: '+15125550108', email: 'b@example.com' });
  expect(await claim(refused, other)).toMatchObject({ kind: 'seen', leadId: first });
  expect(await claim(third, keys({ phone: '+15125550108' }))).toEqual({ kind: 'first' });
});

describe('a lead that came before and ended', () => {
  async function end(leadId: LeadId, status: 'sold' | 'unsold' | 'rejected') {
    const outcome = { kind: status };
    await db.pool.query('update leads set status = $2, outcome = $3 where id = $1', [
      ...[leadId, status, outcome],
    ]);
  }
  const ends: [status: 'sold' | 'unsold' | 'rejected', again: FreeingEnd[], kind: string][] = [
    ['unsold', ['unsold'], 'first'],
    ['unsold', [], 'seen'],
    ['unsold', ['rejected'], 'seen'],
    ['rejected', ['unsold', 'rejected'], 'first'],
    ['sold', ['unsold', 'rejected'], 'seen'],
  ];
  test.for(ends)(
    'T45 as %s, with again after %s: the next is %s',
    async ([status, again, kind]) => {
      const [earlier, next] = [await storeLead(db.pool), await storeLead(db.pool)];
      const person = keys({ email: `${earlier.toLowerCase()}@example.com` });
      await claim(earlier, person);
      await end(earlier, status);
      expect(await claim(next, person, { againAfter: again })).toMatchObject({ kind });
    },
  );

  test('counts as long as it has not ended', async () => {
    const [earlier, next] = [await storeLead(db.pool), await storeLead(db.pool)];
    const person = keys({ phone: '+15125550109' });
    await claim(earlier, person);
    const again = await claim(next, person, { againAfter: ['unsold', 'rejected'] });
    expect(again).toMatchObject({ kind: 'seen', leadId: earlier });
  });

  test('frees its person for one of many at once', async () => {
    const earlier = await storeLead(db.pool);
    const person = keys({ phone: '+15125550110' });
    await claim(earlier, person);
    await end(earlier, 'unsold');
    const ids = await Promise.all(Array.from({ length: 20 }, () => storeLead(db.pool)));
    const claims = await Promise.all(
      ids.map((id) => claim(id, person, { againAfter: ['unsold'] })),
    );
    expect(claims.filter(({ kind }) => kind === 'first')).toHaveLength(1);
  });
});
