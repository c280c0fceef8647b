// Leads that are not sold, each with its reason, and leads that never reach a buyer.

import { describe, expect } from 'vitest';
import { NOBODY, worldTest } from '../support/world.ts';

const test = worldTest();

describe('a refused lead', () => {
  test('without a required field names it, and reaches no buyer', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const lead = await campaign.submitLead({ zip: '', phone: '123' });
    expect(lead).toMatchObject({ http: 200, status: 'rejected', reason: 'field_invalid' });
    // In the order in which the vertical has its fields.
    expect(lead['problems']).toMatchObject([
      { field: 'phone', reason: 'field_invalid' },
      { field: 'zip', reason: 'field_missing' },
    ]);
    await world.done(lead.id);
    expect(buyer.received).toEqual([]);
  });

  test('of a person seen before is a duplicate of that lead', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }], {
      duplicates: { by: [['phone'], ['email']], within: '30d' },
    });
    const first = await campaign.submitLead({ phone: '(512) 555-7001', email: 'a@example.com' });
    const again = await campaign.submitLead({ phone: '+1 512 555 7001', email: 'b@example.com' });
    const mail = await campaign.submitLead({ phone: '512-555-7002', email: 'A@example.com' });
    const other = await campaign.submitLead({ phone: '512-555-7003', email: 'c@example.com' });
    expect([first, again, mail, other].map(({ status }) => status)).toEqual([
      'sold',
      'duplicate',
      'duplicate',
      'sold',
    ]);
    expect((await world.settled(again.id)).duplicate_of).toBe(first.id);
    expect(buyer.received).toEqual(['ping', 'post', 'ping', 'post']);
  });

  test('T47 that comes fifty times at once counts once', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }], {
      duplicates: { by: [['phone']], within: '1d' },
    });
    const leads = await Promise.all(
      Array.from({ length: 50 }, () => campaign.submitLead({ phone: '512-555-7010' })),
    );
    const statuses = leads.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([...Array.from({ length: 49 }, () => 'duplicate'), 'sold']);
    expect(buyer.received).toEqual(['ping', 'post']);
  });
});

describe('an unsold lead', () => {
  test('says that there was nobody to route it to', async ({ world }) => {
    const campaign = await world.campaign([]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ http: 200, status: 'unsold', reason: 'no_contracts' });
  });

  test('says that no contract was eligible', async ({ world }) => {
    const far = await world.buyer({
      bidCents: 900,
      contract: { filter: { field: 'state', is: 'CA' } },
    });
    const paused = await world.buyer({ bidCents: 900, contract: { paused: true } });
    const picky = await world.buyer({ bidCents: 900, contract: { sources: { deny: ['acme'] } } });
    const high = await world.buyer({ bidCents: 900, contract: { min_score: 100 } });
    const nothing = await world.buyer({ bidCents: 900, caps: [{ per: 'day', leads: 0 }] });
    const buyers = [far, paused, picky, high, nothing];
    const campaign = await world.campaign([{ method: 'ping_post', buyers }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'unsold', reason: 'none_eligible' });
    const { contracts } = await world.settled(lead.id);
    expect(contracts.map(({ reason }) => reason)).toEqual([
      'filter_not_met',
      'paused',
      'source_not_allowed',
      'score_too_low',
      'cap_reached',
    ]);
    expect(buyers.map(({ received }) => received)).toEqual(buyers.map(() => []));
  });

  test('says that nobody bid enough', async ({ world }) => {
    const low = await world.buyer({ bidCents: 100 });
    const none = await world.buyer({});
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [low, none] }], {
      floor_cents: 101,
    });
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'unsold', reason: 'no_bids' });
    expect(low.received).toEqual(['ping']);
  });

  test('says that everybody rejected it', async ({ world }) => {
    const bidder = await world.buyer({ bidCents: 900, post: 'rejects' });
    const fixed = await world.buyer({ priceCents: 100, post: 'rejects' });
    const campaign = await world.campaign([
      { method: 'ping_post', buyers: [bidder] },
      { method: 'waterfall', buyers: [fixed] },
    ]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'unsold', reason: 'all_rejected' });
    expect(await world.transfers(lead.id)).toEqual([]);
  });

  test('says that no buyer could be reached', async ({ world }) => {
    const post = { url: `http://${NOBODY}/post` };
    const gone = await world.buyer({ priceCents: 900, contract: { post } });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [gone] }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'unsold', reason: 'none_reached' });
  });
});

test('T52 a test lead is judged and routed, never offered, and counts nowhere', async ({
  world,
}) => {
  const buyer = await world.buyer({ bidCents: 900 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }], {
    duplicates: { by: [['phone']], within: '1d' },
  });
  const person = { phone: '512-555-7020' };
  const tested = await campaign.submitLead(person, { more: { test: true } });
  expect(tested).toMatchObject({ http: 200, status: 'unsold', reason: 'test_lead' });
  await world.done(tested.id);
  expect(buyer.received).toEqual([]);
  // Nor does it make the real lead of that person a duplicate.
  expect(await campaign.submitLead(person)).toMatchObject({ status: 'sold' });
  const pnl = await world.operator('GET', `/v1/reports/pnl?campaign=${campaign.id}`);
  expect(pnl.body['total']).toMatchObject({ received: 1, sold: 1, revenue_cents: 900 });
});

test('what is paused while a lead is on its way is not sent', async ({ world }) => {
  const bidder = await world.buyer({ bidCents: 900, ping: { delayMs: 400 } });
  const campaign = await world.campaign([
    { method: 'ping_post', buyers: [bidder], deadline: '2s' },
  ]);
  const leadId = await campaign.beginLead();
  await bidder.until('ping');
  Object.assign(world.document.buyers[bidder.id] ?? {}, { paused: true });
  await world.apply();
  const trace = await world.ended(leadId);
  expect(trace.answer.status).toBe('unsold');
  expect(trace.contracts).toMatchObject([{ result: 'not_offered', reason: 'paused' }]);
  expect(bidder.received).toEqual(['ping']);
});

describe('a lead on a suppression list', () => {
  test('is refused, test leads too; only operators read which list', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }], {
      duplicates: { by: [['phone']], within: '1d' },
    });
    const listed = { list: 'dnc', kind: 'phone', values: ['(512) 555-7016'] };
    const added = await world.operator('POST', '/v1/suppressions', listed);
    expect(added.body).toMatchObject({ added: 1 });

    const refused = await campaign.submitLead({ phone: '512-555-7016' });
    expect(refused).toMatchObject({ status: 'rejected', reason: 'suppressed' });
    const { checks } = await world.settled(refused.id);
    expect(checks.at(-1)).toEqual({ check: 'suppression', ok: false, says: 'its phone on dnc' });
    const tested = await campaign.submitLead({ phone: '512-555-7016' }, { more: { test: true } });
    expect(tested).toMatchObject({ status: 'rejected', reason: 'suppressed' });
    expect(buyer.received).toEqual([]);

    await world.operator('DELETE', '/v1/suppressions/lists/dnc');
    expect(await campaign.submitLead({ phone: '512-555-7016' })).toMatchObject({ status: 'sold' });
  });
});

describe('a person seen before', () => {
  test('T45 counts only once it was sold, where the rule says so', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }], {
      duplicates: { by: [['phone']], within: '30m', again_after: ['unsold', 'rejected'] },
      floor_cents: 1_000,
    });
    const person = { phone: '512-555-7015' };
    const statuses = [await campaign.submitLead(person), await campaign.submitLead(person)];
    expect(statuses.map(({ status }) => status)).toEqual(['unsold', 'unsold']);
  });
});
