// A doubt ends by itself: the buyer is asked, calls back, or the contract's policy decides. The
// buyers' journals say what they did.

import { describe, expect } from 'vitest';
import { request } from '../support/campaign.ts';
import type { TestBuyer } from '../support/test-buyers.ts';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest();
const QUICK = { postTimeout: '300ms' };
const TOOK = { fault: 'accept_then_hang' } as const;

describe('a buyer with a status call', () => {
  test('says yes: the lead is sold to it and delivered, by nobody’s hand', async ({ world }) => {
    const silent = await world.buyer({ bidCents: 1000, post: TOOK, status: {}, crm: {}, ...QUICK });
    const next = await world.buyer({ bidCents: 800 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent, next] }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ http: 202, status: 'pending' });
    await world.done(lead.id);
    const trace = await world.ended(lead.id);
    expect(trace).toMatchObject({
      status: 'sold',
      answer: { payout_cents: 800 },
      deliveries: [{ target: 'crm', state: 'delivered' }],
    });
    expect(silent.received).toEqual(['ping', 'post', 'status', 'crm']);
    expect(next.received).toEqual(['ping']);
    expect(await world.transfers(lead.id)).toHaveLength(2);
  });

  test('says that it never got it: the next buyer has it', async ({ world }) => {
    const silent = await world.buyer({ bidCents: 1000, post: 'hangs', status: {}, ...QUICK });
    const next = await world.buyer({ bidCents: 800 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent, next] }]);
    const { id } = await campaign.submitLead();
    expect(await world.ended(id)).toMatchObject({
      status: 'sold',
      attempts: [{ state: 'rejected', reason: 'never_arrived' }, { state: 'accepted' }],
    });
    expect(next.received).toEqual(['ping', 'post']);
  });

  test('is asked again while it does not answer, and says no', async ({ world }) => {
    const status = { hangFirst: 1, pendingFirst: 2, answer: 'rejected' } as const;
    const asked = { timeout: '300ms', method: 'GET' };
    const silent = await world.buyer({ bidCents: 900, post: 'hangs', status, asked, ...QUICK });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent] }]);
    const { id } = await campaign.submitLead();
    expect(await world.ended(id)).toMatchObject({
      answer: { reason: 'all_rejected' },
      attempts: [{ state: 'rejected', reason: 'buyer_rejected' }],
    });
    expect(silent.received).toEqual(['ping', 'post', 'status', 'status', 'status']);
  });

  test('does not know a lead that may still be on its way: that is no no', async ({ world }) => {
    const asked = { unknown_after: '1h' };
    const status = { answer: 'unknown' } as const;
    const silent = await world.buyer({ bidCents: 900, post: 'hangs', status, asked, ...QUICK });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent] }]);
    const { id } = await campaign.submitLead();
    await silent.until('status', 2);
    expect(await world.trace(id)).toMatchObject({ status: 'in_doubt' });
    await world.settleDoubt(id, silent.contract, 'rejected');
    await world.ended(id);
  });
});

describe('a buyer that decides later', () => {
  test('has its place until its status call says yes', async ({ world }) => {
    const status = { pendingFirst: 1, answer: 'accepted' } as const;
    const post = { answer: 'pending' } as const;
    const later = await world.buyer({ bidCents: 900, post, status, crm: {} });
    const next = await world.buyer({ bidCents: 800 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [later, next] }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ http: 202, status: 'pending' });
    await world.done(lead.id);
    expect(await world.ended(lead.id)).toMatchObject({
      status: 'sold',
      attempts: [{ state: 'accepted', reference: expect.stringContaining(later.id) }],
    });
    expect(later.received).toEqual(['ping', 'post', 'status', 'status', 'crm']);
    expect(next.received).toEqual(['ping']);
  });

  test('is told from doubt, and settled by an operator', async ({ world }) => {
    const later = await world.buyer({ bidCents: 900, post: { answer: 'pending' } });
    const next = await world.buyer({ bidCents: 800 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [later, next] }]);
    const { id } = await campaign.submitLead();
    expect(await world.settled(id)).toMatchObject({
      status: 'in_doubt',
      attempts: [{ state: 'pending', reason: 'decides_later' }],
    });
    await world.settleDoubt(id, later.contract, 'rejected');
    expect(await world.ended(id)).toMatchObject({ attempts: [{}, { state: 'accepted' }] });
  });
});

describe('a contract’s policy', () => {
  test('assume_sold books the sale when nobody knew in time', async ({ world }) => {
    const contract = { doubt: { policy: 'assume_sold', after: '1s' } };
    const silent = await world.buyer({ bidCents: 900, post: TOOK, contract, ...QUICK });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent] }]);
    const { id } = await campaign.submitLead();
    expect(await world.ended(id)).toMatchObject({ status: 'sold', attempts: [{ ms: 0 }] });
    expect(await world.transfers(id)).toHaveLength(2);
  });

  test('assume_rejected frees the place for the next', async ({ world }) => {
    const contract = { doubt: { policy: 'assume_rejected', after: '1s' } };
    const silent = await world.buyer({ bidCents: 900, post: 'hangs', contract, ...QUICK });
    const next = await world.buyer({ bidCents: 800 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent, next] }]);
    const { id } = await campaign.submitLead();
    expect(await world.ended(id)).toMatchObject({
      attempts: [{ state: 'rejected', reason: 'assumed_rejected' }, { state: 'accepted' }],
    });
  });
});

describe('a buyer that calls back', () => {
  const report = async (world: World, buyer: TestBuyer, [key, outcome]: [string, object]) => {
    const url = `${world.processes[0]?.url ?? ''}/v1/buyers/${buyer.id}/outcomes`;
    const answer = await request({ url, method: 'POST', key, body: { outcomes: [outcome] } });
    const results = answer.body['results'] as { result: string }[] | undefined;
    return results?.[0]?.result ?? answer.http;
  };

  test('ends its doubt once; the opposite is a conflict that moves nothing', async ({ world }) => {
    const key = 'bk_one';
    const silent = await world.buyer({ bidCents: 900, post: 'hangs', key, crm: {}, ...QUICK });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent] }]);
    const { id } = await campaign.submitLead();
    const yes = { lead_id: id, status: 'accepted', reference: 'crm-1', price_cents: 1 };
    expect(await report(world, silent, ['bk_wrong', yes])).toBe(401);
    expect(await report(world, silent, [key, yes])).toBe('settled');
    expect(await report(world, silent, [key, yes])).toBe('price_kept');
    const { price_cents: _, ...same } = yes;
    expect(await report(world, silent, [key, same])).toBe('no_change');
    await world.done(id);
    expect(await report(world, silent, [key, { reference: 'crm-1', status: 'rejected' }])).toBe(
      'conflict',
    );
    expect(await world.ended(id)).toMatchObject({
      answer: { payout_cents: 720 },
      attempts: [{ state: 'accepted', reference: 'crm-1' }],
      deliveries: [{ state: 'delivered' }],
    });
    expect(await world.transfers(id)).toHaveLength(2);
  });

  test('says yes after the lead went elsewhere: not charged, and shown', async ({ world }) => {
    const key = 'bk_two';
    const silent = await world.buyer({ bidCents: 900, post: 'hangs', key, ...QUICK });
    const next = await world.buyer({ bidCents: 800 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent, next] }]);
    const { id } = await campaign.submitLead();
    expect(await report(world, silent, [key, { lead_id: id, status: 'rejected' }])).toBe('settled');
    await world.done(id);
    expect(await report(world, silent, [key, { lead_id: id, status: 'accepted' }])).toBe(
      'conflict',
    );
    expect(await world.ended(id)).toMatchObject({
      attempts: [{ state: 'accepted_conflict' }, { state: 'accepted' }],
    });
    expect(await world.transfers(id)).toMatchObject([{ from: next.account }, {}]);
  });

  test('knows nothing of a lead that another buyer was sent', async ({ world }) => {
    const key = 'bk_three';
    const other = await world.buyer({ bidCents: 900, key });
    const silent = await world.buyer({ bidCents: 900, post: 'hangs', ...QUICK });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent] }]);
    await world.campaign([{ method: 'ping_post', buyers: [other] }]);
    const { id } = await campaign.submitLead();
    const yes = { lead_id: id, status: 'accepted' };
    expect(await report(world, other, [key, yes])).toBe('unknown_lead');
    expect(await world.trace(id)).toMatchObject({ status: 'in_doubt' });
    await world.settleDoubt(id, silent.contract, 'rejected');
    await world.ended(id);
  });
});
