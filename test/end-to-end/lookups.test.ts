// Goal: what outside services say decides before a lead is routed, in time whatever they do, and
// leaves nobody's data behind. Method: the fake services beside a whole world.

import { afterAll, beforeEach, describe, expect } from 'vitest';
import type { Explanation } from '../../src/api/wire/explain.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import {
  LOOKUP_ENV,
  LOOKUP_KEYS,
  lookupSettings,
  startFakeLookups,
} from '../support/fake-lookups.ts';
import { explainedStages, storedStages } from '../support/explained.ts';
import { clearText } from '../support/histories.ts';
import { until } from '../support/until.ts';
import { askWhatIf } from '../support/what-if.ts';
import { type World, worldTest } from '../support/world.ts';

const fake = await startFakeLookups();
beforeEach(() => {
  fake.heal();
  fake.asked.length = 0;
});
afterAll(() => fake.close());

const test = worldTest({ env: { ...LOOKUP_ENV, OUTBOUND_ALLOW_PRIVATE: fake.address } });
const settings = lookupSettings(fake.url);
const CERT = `https://cert.trustedform.com/${'a1'.repeat(20)}`;

type Settings = Readonly<Record<string, unknown>>;

async function campaignWith(world: World, lookups: Settings, contract: Settings = {}) {
  const buyer = await world.buyer({ priceCents: 900, contract });
  const stages = [{ method: 'waterfall', buyers: [buyer] }] as const;
  return { buyer, campaign: await world.campaign(stages, { lookups }) };
}

/** All that a history holds, its payloads in clear. */
async function historyOf(world: World, leadId: LeadId): Promise<string> {
  const history = await world.client.workflow.getHandle(`lead/${leadId}`).fetchHistory();
  return clearText(history);
}

/** Applying a world closes breakers: what one test broke does not reach the next. */
describe('a lead', () => {
  test('with a bad phone is refused with its reason, and no buyer hears of it', async ({
    world,
  }) => {
    const { buyer, campaign } = await campaignWith(world, { phone: settings.twilio });
    fake.will('twilio', { says: { valid: false, validation_errors: ['TOO_SHORT'] } });
    const told = await campaign.submitLead();
    expect(told).toMatchObject({ status: 'rejected', reason: 'phone_unverified' });
    expect((await world.trace(told.id)).checks.at(-1)).toMatchObject({
      ...{ check: 'lookup/phone', ok: false, says: 'not a valid number: TOO_SHORT' },
      lookup: { service: 'twilio_lookup', outcome: 'bad', cached: false },
    });
    expect(buyer.received).toEqual([]);
    await world.done(told.id);
  });

  test('on whom nobody has anything is sold, and all were asked side by side', async ({
    world,
  }) => {
    const slow = { afterMs: 300 };
    for (const name of ['twilio', 'email', 'jornaya', 'scrub'] as const) fake.will(name, slow);
    const { twilio, email, jornaya, scrub } = settings;
    const { campaign } = await campaignWith(world, { twilio, email, jornaya, scrub });
    const consent = { jornaya_id: '01234567-89ab-cdef-0123-456789abcdef' };
    const answer = await campaign.submit({}, { more: { consent } });
    expect(answer.body).toMatchObject({ status: 'sold' });
    // One after the other they would take 1.2 s.
    const trace = await world.trace(answer.leadId);
    const waits = trace.checks.flatMap(({ lookup }) => (lookup ? [lookup.ms] : []));
    expect(waits).toHaveLength(4);
    expect(Math.max(...waits)).toBeLessThan(800);
    expect(answer.ms).toBeLessThan(4 * 300);
  });

  const POLICIES = [
    ['accept', { status: 'sold' }, false],
    ['flag', { status: 'sold' }, true],
    ['reject', { status: 'rejected', reason: 'lookup_unanswered' }, false],
  ] as const;
  test.for(POLICIES)(
    'is answered in time while a service hangs, by the policy %s',
    async ([policy, expected, flagged], { world }) => {
      const twilio = { ...settings.twilio, wait_ms: 300, on_no_answer: policy };
      const { campaign } = await campaignWith(world, { twilio });
      fake.will('twilio', 'hangs');
      const answer = await campaign.submit();
      expect(answer.body).toMatchObject(expected);
      // Its call may go on for six seconds; the lead does not.
      expect(answer.ms).toBeLessThan(3_000);
      const trace = await world.trace(answer.leadId);
      expect(trace.checks.at(-1)?.lookup).toMatchObject({ outcome: 'timed_out', flagged });
    },
  );

  test('of a phone that was asked about before costs nothing', async ({ world }) => {
    const { campaign } = await campaignWith(world, { phone: settings.twilio });
    const person = { phone: '5125559901' };
    const first = await campaign.submitLead(person);
    const second = await campaign.submitLead(person);
    expect([first.status, second.status]).toEqual(['sold', 'sold']);
    expect(fake.asked.filter(({ name }) => name === 'twilio')).toHaveLength(1);
    const cached = async (id: LeadId) => (await world.trace(id)).checks.at(-1)?.lookup?.cached;
    expect([await cached(first.id), await cached(second.id)]).toEqual([false, true]);
    const report = async () => {
      const { body } = await world.operator('GET', '/v1/reports/lookups');
      return (body['rows'] as { service: string; calls: number; cost_cents: number }[]).find(
        ({ service }) => service === 'twilio_lookup',
      );
    };
    const counted = await until('the call is counted', report);
    expect(counted.calls).toBeGreaterThan(0);
    expect(counted.cost_cents).toBe(Math.ceil((counted.calls * 800) / 1_000));
    const metrics = await fetch(`${world.processes[0]?.url}/metrics`);
    expect(await metrics.text()).toMatch(
      /sluice_lookups_total\{service="twilio_lookup",outcome="clear",cached="true"\} [1-9]/,
    );
  });

  test('is filtered by what the service said of its line', async ({ world }) => {
    const filter = { field: 'phone_type', is: 'mobile' };
    const { campaign, buyer } = await campaignWith(world, { phone: settings.twilio }, { filter });
    expect(await campaign.submitLead()).toMatchObject({ status: 'sold' });
    fake.will('twilio', { says: { line_type_intelligence: { type: 'fixedVoip' } } });
    const voip = await campaign.submitLead();
    expect(voip).toMatchObject({ status: 'unsold' });
    const trace = await world.trace(voip.id);
    expect(trace.contracts[0]).toMatchObject({ reason: 'filter_not_met' });
    expect(trace.contracts[0]?.detail).toContain('voip');
    expect(buyer.received).toHaveLength(1);
  });

  test('that is flagged goes where filters say, by trace, explanation and what-if', async ({
    world,
  }) => {
    const clean = { filter: { field: 'flag.phone', is: false } };
    const first = await world.buyer({ priceCents: 900, contract: { priority: 1, ...clean } });
    const any = await world.buyer({ priceCents: 100, contract: { priority: 2 } });
    const lookups = { phone: { ...settings.twilio, on_finding: 'flag' } };
    const stages = [{ method: 'waterfall', buyers: [first, any] }] as const;
    const campaign = await world.campaign(stages, { lookups });
    const good = await campaign.submitLead({ phone: '5125559931' });
    fake.will('twilio', { says: { valid: false, validation_errors: ['TOO_SHORT'] } });
    const odd = await campaign.submitLead({ phone: '5125559932' });
    expect([good, odd]).toMatchObject([
      { status: 'sold', payout_cents: 720 },
      { status: 'sold', payout_cents: 80 },
    ]);
    const trace = await world.trace(odd.id);
    expect(trace.stages[0]?.why_not).toMatchObject([
      { reason: 'filter_not_met', detail: 'flag.phone is true, wants false' },
    ]);
    for (const body of [{ lead: odd.id }, { lead: odd.id, at: 'now' }]) {
      const told = await world.operator('POST', '/v1/explain', body);
      expect(explainedStages(told.body as unknown as Explanation)[0]?.refused ?? []).toEqual(
        'at' in body ? [] : storedStages(trace)[0]?.refused,
      );
      expect(told.text).toContain('flag.phone is true, wants false');
    }
    const { leads } = await askWhatIf(world, world.document, { campaign: campaign.id });
    expect(leads).toEqual([]);
    const { contracts } = world.document;
    const change = { [first.contract]: { ...contracts[first.contract], filter: null } };
    const changed = { ...world.document, contracts: { ...contracts, ...change } };
    const wider = await askWhatIf(world, changed, { campaign: campaign.id });
    expect(wider.leads).toMatchObject([
      { lead: odd.id, why: [{ change: 'lost' }, { contract: first.contract, change: 'gained' }] },
    ]);
  });

  test('that is a test asks nobody', async ({ world }) => {
    const { campaign } = await campaignWith(world, { phone: settings.twilio });
    const told = await campaign.submitLead({}, { more: { test: true } });
    expect(told).toMatchObject({ status: 'unsold', reason: 'test_lead' });
    expect(fake.asked).toEqual([]);
  });

  test('has its certificate retained once it is sold, and only then', async ({ world }) => {
    const options = { url: fake.url, retain: true };
    const cert = { ...settings.trustedform, options };
    const { campaign } = await campaignWith(
      world,
      { cert },
      { filter: { field: 'state', is: 'TX' } },
    );
    const consent = { trustedform_url: CERT };
    const unsold = await campaign.submitLead({ state: 'CA', zip: '90210' }, { more: { consent } });
    expect(unsold).toMatchObject({ status: 'unsold' });
    const sold = await campaign.submitLead({}, { more: { consent } });
    expect(sold).toMatchObject({ status: 'sold' });
    const last = await until('the certificate is retained', async () => {
      const line = (await world.trace(sold.id)).checks.at(-1);
      return line?.check === 'lookup/cert/retained' && line;
    });
    expect(last).toMatchObject({ ok: true, says: 'retained until 2031-11-27T00:00:00Z' });
    const retaining = fake.asked.filter(({ body }) => body.includes('"retain"'));
    expect(retaining.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { retain: { reference: sold.id, vendor: 'acme' } },
    ]);
    await until('nothing is left to retain', async () => {
      const rows = await world.rows('select from certificate_claims');
      return rows.length === 0;
    });
  });

  test('leaves no person and no key in its history, its story, the cache or the log', async ({
    world,
  }) => {
    const { twilio, email, scrub } = settings;
    const cert = { ...settings.trustedform, on_finding: 'flag' };
    const { campaign } = await campaignWith(world, { twilio, email, scrub, cert });
    fake.will('trustedform', {
      says: { outcome: 'failure', reason: 'no match for zoe.quill@example.com' },
    });
    fake.will('email', { says: { status: 'zoe.quill@example.com' } });
    const person = { first_name: 'Zoe', phone: '5125559977', email: 'zoe.quill@example.com' };
    const { id } = await campaign.submitLead(person, {
      more: { consent: { trustedform_url: CERT } },
    });
    await world.done(id);
    expect(fake.asked.map(({ name }) => name).toSorted()).toEqual([
      ...['email', 'scrub', 'trustedform', 'twilio'],
    ]);
    const history = await historyOf(world, id);
    expect(history).toContain('lookup/cert');
    const rows = await world.rows<{ row: string }>(
      `select t::text as row from lookup_answers t
       union all select verdict::text from verdicts where lead_id = $1`,
      [id],
    );
    for (const text of [history, JSON.stringify(rows), world.logTails()]) {
      for (const one of ['5559977', 'zoe.quill', 'a1a1a1a1', ...Object.values(LOOKUP_KEYS)]) {
        expect(text).not.toContain(one);
      }
    }
  });
});
