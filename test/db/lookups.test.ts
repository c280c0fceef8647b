// What outside services said is kept for its time and by a hash only, their calls are counted by
// day, policies decide in the campaign's order, and certificates wait for the sale.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkLookups } from '../../src/activities/checks/lookups.ts';
import type { Asked } from '../../src/activities/checks/check.ts';
import { cacheKeyOf } from '../../src/activities/lookups/cache-key.ts';
import {
  countCall,
  deleteOldAnswers,
  findAnswer,
  listLookupDays,
  storeAnswer,
} from '../../src/db/lookups/answers.ts';
import {
  claimCertificates,
  dropCertificate,
  noteCertificate,
} from '../../src/db/lookups/certificates.ts';
import { loadLead } from '../../src/db/leads.ts';
import { claimPerson } from '../../src/db/persons/claim.ts';
import { listRecorded } from '../../src/db/reading/recorded-leads.ts';
import { findTrace } from '../../src/db/reading/trace.ts';
import { storeVerdicts } from '../../src/db/verdicts.ts';
import { personKeys } from '../../src/domain/person.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import type { LookupAnswer } from '../../src/domain/lookups/finding.ts';
import type { Lookup } from '../../src/domain/world/lookup.ts';
import { parseWorld } from '../../src/world/parse.ts';
import type { TestDatabase } from '../support/databases.ts';
import { lookupSettings } from '../support/fake-lookups.ts';
import { createBook, newLeadId, storeLead, storeSoldLead } from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(async () => db.close());

const finding = { kind: 'clear', says: 'valid, mobile', lineType: 'mobile' } as const;
const hashOf = (value: string) =>
  cacheKeyOf({ service: 'twilio_lookup', options: {} } as unknown as Lookup, { value });

describe('an answer', () => {
  test('is found until its time is over, and forgotten after it', async () => {
    const hash = hashOf('+15125550101');
    expect(await findAnswer(db.pool, hash)).toBeUndefined();
    const answer = { hash, service: 'twilio_lookup', finding, cacheMinutes: 60 };
    await storeAnswer(db.pool, answer);
    await storeAnswer(db.pool, { ...answer, finding: { ...finding, says: 'valid' } });
    expect(await findAnswer(db.pool, hash)).toEqual({ ...finding, says: 'valid' });
    await db.pool.query(`update lookup_answers set expires_at = now()`);
    expect(await findAnswer(db.pool, hash)).toBeUndefined();
    await deleteOldAnswers(db.pool);
    const left = await db.pool.query('select count(*) as n from lookup_answers');
    expect(left.rows).toEqual([{ n: 0 }]);
  });

  test('stands under a hash: the value is nowhere in its row', async () => {
    const value = '+15125550177';
    await storeAnswer(db.pool, { hash: hashOf(value), service: 's', finding, cacheMinutes: 9 });
    const rows = await db.pool.query('select t::text as row from lookup_answers t');
    expect(rows.rows).toHaveLength(1);
    expect(JSON.stringify(rows.rows)).not.toContain('5125550177');
  });
});

test('calls add up by service and day, also at once', async () => {
  const call = { service: 'scrub', failed: false, millicents: 333 };
  await Promise.all(Array.from({ length: 20 }, () => countCall(db.pool, call)));
  await countCall(db.pool, { ...call, failed: true });
  await countCall(db.pool, { ...call, service: 'email' });
  const today = (await db.pool.query(`select (now() at time zone 'UTC')::date::text as day`))
    .rows[0] as { day: string };
  const days = await listLookupDays(db.pool, { from: today.day, to: today.day });
  expect(days).toEqual([
    { ...today, service: 'email', calls: 1, failed: 0, millicents: 333 },
    { ...today, service: 'scrub', calls: 21, failed: 1, millicents: 21 * 333 },
  ]);
  expect(await listLookupDays(db.pool, { from: null, to: '2020-01-01' })).toEqual([]);
});

test('what lookups said comes with the lead from then on', async () => {
  const leadId = await storeLead(db.pool);
  expect(Object.keys(await loadLead(db.pool, leadId))).not.toContain('flags');
  expect(await loadLead(db.pool, leadId)).not.toHaveProperty('lineType');
  const verdict = { kind: 'valid', checks: [], lineType: 'voip', flags: ['email'] } as const;
  await storeVerdicts(db.pool, {
    ...{ leadId, round: 1 },
    verdicts: [{ step: 'validation', verdict }],
  });
  const learned = { lineType: 'voip', flags: ['email'] };
  expect(await loadLead(db.pool, leadId)).toMatchObject(learned);
  expect((await findTrace(db.pool, leadId))?.lead).toMatchObject(learned);
  const period = { from: new Date(0), to: new Date(Date.now() + 60_000) };
  const { leads } = await listRecorded(db.pool, period, { after: undefined, limit: 100 });
  expect(leads.find(({ lead }) => lead.id === leadId)?.lead).toMatchObject(learned);
});

describe('the check', () => {
  const settings = lookupSettings('https://services.example');
  type Policies = Readonly<Record<string, object>>;

  /** A lead of a campaign with these lookups, and answers by the service. */
  async function check(
    lookups: Policies,
    answers: Readonly<Record<string, LookupAnswer>>,
    changes: Partial<Parameters<typeof storeLead>[1]> = {},
  ) {
    const parsed = parseWorld({
      sluice: 1,
      verticals: {
        auto: {
          fields: {
            phone: { type: 'phone' },
            email: { type: 'email' },
            first_name: { type: 'text' },
          },
        },
      },
      campaigns: {
        auto_insurance: {
          vertical: 'auto',
          duplicates: { by: [['phone']] },
          ...{ routing: [], lookups },
        },
      },
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const leadId = await storeLead(db.pool, changes);
    const lead = { ...(await loadLead(db.pool, leadId)), campaignId: 'auto_insurance' };
    const campaign = parsed.world.campaigns['auto_insurance'];
    if (!campaign) throw new Error('it is there');
    const keys = personKeys([['phone']], lead.fields);
    const claim = { leadId, memory: 'campaign/auto_insurance', keys, atMs: lead.receivedAtMs };
    await claimPerson(db.pool, {
      ...{ ...claim, notBeforeMs: 0, againAfter: [], values: [], campaignId: 'auto_insurance' },
    });
    const asked: string[] = [];
    const found = await checkLookups(
      {
        pool: db.pool,
        lookups: {
          async ask({ service }) {
            asked.push(service);
            return { answer: answers[service] ?? finding, ms: 12, cached: false };
          },
        },
      },
      {
        lead,
        campaign,
        loaded: { world: parsed.world },
        passed: [],
        isLast: true,
      } as unknown as Asked,
    );
    return { found, asked, leadId };
  }

  const bad: LookupAnswer = { kind: 'bad', says: 'it says no' };
  const silent: LookupAnswer = { kind: 'none', why: 'timed_out' };
  const unsure: LookupAnswer = { kind: 'unsure', says: 'it does not know' };

  const POLICIES: [policy: object, answer: LookupAnswer, expected: object, flagged: boolean][] = [
    [{ on_no_answer: 'accept' }, silent, { kind: 'passed' }, false],
    [{ on_no_answer: 'flag' }, silent, { kind: 'passed' }, true],
    [{ on_no_answer: 'reject' }, silent, { kind: 'refused', reason: 'lookup_unanswered' }, false],
    [{ on_no_answer: 'reject' }, unsure, { kind: 'refused', reason: 'lookup_unanswered' }, false],
    [{ on_no_answer: 'flag' }, unsure, { kind: 'passed' }, true],
    [{ on_finding: 'flag' }, bad, { kind: 'passed' }, true],
    [{ on_finding: 'reject' }, bad, { kind: 'refused', reason: 'listed_elsewhere' }, false],
    [{ on_finding: 'reject' }, finding, { kind: 'passed' }, false],
  ];
  test.for(POLICIES)('%j with %j', async ([policy, answer, expected, flagged]) => {
    const { found } = await check({ dnc: { ...settings.scrub, ...policy } }, { scrub: answer });
    expect(found).toMatchObject(expected);
    expect('flags' in found ? found.flags : []).toEqual(flagged ? ['dnc'] : []);
    expect(found.checks).toMatchObject([
      { check: 'lookup/dnc', ok: found.kind === 'passed', lookup: { service: 'scrub', flagged } },
    ]);
  });

  const MISSING = [
    ['accept', { kind: 'passed' }],
    ['reject', { kind: 'refused', reason: 'consent_unverified' }],
  ] as const;
  test.for(MISSING)('without a certificate, %s', async ([policy, expected]) => {
    const cert = { ...settings.trustedform, on_missing: policy };
    const { found, asked } = await check({ cert }, {}, { consent: null });
    expect(found).toMatchObject(expected);
    expect(asked).toEqual([]);
  });

  test('the first that refuses gives the reason, in the order of the campaign', async () => {
    const lookups = { mail: settings.email, phone: settings.twilio, dnc: settings.scrub };
    const { found } = await check(lookups, { twilio_lookup: bad, scrub: bad });
    expect(found).toMatchObject({ kind: 'refused', reason: 'phone_unverified' });
    expect(found.checks.map(({ check: name, ok }) => [name, ok])).toEqual([
      ['lookup/mail', true],
      ['lookup/phone', false],
      ['lookup/dnc', false],
    ]);
  });

  test('a test lead asks nobody, whatever the policy', async () => {
    const strict = { ...settings.twilio, on_no_answer: 'reject', on_missing: 'reject' };
    const { found, asked } = await check({ phone: strict }, { twilio_lookup: bad }, { test: true });
    expect(found).toMatchObject({
      kind: 'passed',
      checks: [{ lookup: { outcome: 'test_not_asked', flagged: false } }],
    });
    expect(asked).toEqual([]);
  });

  test('a lead that is refused gives its person back', async () => {
    const held = async (leadId: LeadId) =>
      (await db.pool.query('select from fingerprints where lead_id = $1', [leadId])).rowCount;
    const passed = await check(
      { phone: settings.twilio },
      {},
      { fields: { phone: '+15125550181' } },
    );
    expect(await held(passed.leadId)).toBe(1);
    const lost = { fields: { phone: '+15125550182' } };
    const refused = await check({ phone: settings.twilio }, { twilio_lookup: bad }, lost);
    expect(await held(refused.leadId)).toBe(0);
  });

  test('a good certificate is noted for the sale, where that is asked for', async () => {
    const consent = { trustedform_url: `https://cert.trustedform.com/${'a'.repeat(40)}` };
    const noted = async (leadId: LeadId) =>
      (await db.pool.query('select from certificate_claims where lead_id = $1', [leadId])).rowCount;
    const retaining = { ...settings.trustedform, options: { retain: true } };
    const good = await check({ cert: retaining }, {}, { consent });
    expect(await noted(good.leadId)).toBe(1);
    const plain = await check({ cert: settings.trustedform }, {}, { consent });
    expect(await noted(plain.leadId)).toBe(0);
    const wrong = { ...retaining, on_finding: 'flag' };
    const flagged = await check({ cert: wrong }, { trustedform: bad }, { consent });
    expect(await noted(flagged.leadId)).toBe(0);
    await db.pool.query('delete from certificate_claims');
  });
});

describe('a certificate', () => {
  beforeEach(async () => void (await db.pool.query('delete from certificate_claims')));
  const note = async (leadId: LeadId) => noteCertificate(db.pool, { leadId, lookup: 'cert' });
  const left = async () =>
    (await db.pool.query<{ lead_id: LeadId }>('select lead_id from certificate_claims')).rows.map(
      (row) => row.lead_id,
    );

  test('is handed out once its lead is sold, to one process, and later again', async () => {
    const leadId = await storeSoldLead(db.pool, [{ contractId: 'apex_auto', priceCents: 900 }]);
    await note(leadId);
    await note(leadId);
    const [one, other] = await Promise.all([
      claimCertificates(db.pool, 9),
      claimCertificates(db.pool, 9),
    ]);
    expect([...one, ...other]).toEqual([{ leadId, lookup: 'cert', tries: 1 }]);
    expect(await claimCertificates(db.pool, 9)).toEqual([]);
    await db.pool.query('update certificate_claims set sweep_at = now()');
    expect(await claimCertificates(db.pool, 9)).toMatchObject([{ tries: 2 }]);
    await dropCertificate(db.pool, { leadId, lookup: 'cert' });
    expect(await left()).toEqual([]);
  });

  test('waits with an open lead, and is dropped with one that ended unsold', async () => {
    const open = await storeLead(db.pool, { id: newLeadId() });
    const unsold = await storeLead(db.pool, { id: newLeadId() });
    await db.pool.query(`update leads set status = 'unsold', outcome = '{}' where id = $1`, [
      unsold,
    ]);
    await note(open);
    await note(unsold);
    expect(await claimCertificates(db.pool, 9)).toEqual([]);
    expect(await left()).toEqual([open]);
  });
});
