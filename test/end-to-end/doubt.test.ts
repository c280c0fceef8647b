// Nobody knows whether the buyer has the lead: it stays off the market until somebody does.

import { describe, expect } from 'vitest';
import { worldTest } from '../support/world.ts';
import { personNo } from '../support/world-draft.ts';

const test = worldTest();
const QUICK = { postTimeout: '400ms' };

describe('a post without an answer', () => {
  test('T1 is doubt: told as pending, sent once, and offered to nobody else', async ({ world }) => {
    const silent = await world.buyer({ bidCents: 900, post: 'hangs', ...QUICK });
    const next = await world.buyer({ bidCents: 800 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent, next] }]);
    const answer = await campaign.submit();
    const { leadId } = answer;
    expect(answer).toMatchObject({ http: 202, body: { status: 'pending' } });
    expect(answer.headers.get('location')).toBe(`/v1/leads/${leadId}`);
    expect(answer.ms).toBeLessThan(3_000);

    const trace = await world.settled(leadId);
    expect(trace).toMatchObject({ status: 'in_doubt', attempts: [{ state: 'in_doubt' }] });
    expect([silent.received, next.received]).toEqual([['ping', 'post'], ['ping']]);
  });

  test('settled as accepted is booked and delivered', async ({ world }) => {
    const silent = await world.buyer({
      bidCents: 1000,
      post: { fault: 'accept_then_hang' },
      crm: {},
      ...QUICK,
    });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent] }]);
    const { id } = await campaign.submitLead();
    const doubted = await world.settled(id);
    expect(doubted.status).toBe('in_doubt');
    expect(doubted.contracts).toMatchObject([{ result: 'in_doubt', reason: 'no_answer' }]);

    const settled = await world.settleDoubt(id, silent.contract, 'accepted');
    expect(settled).toMatchObject({ http: 200, body: { settled_as: 'accepted' } });
    await world.done(id);
    expect(await world.ended(id)).toMatchObject({
      status: 'sold',
      answer: { status: 'sold', payout_cents: 800 },
      deliveries: [{ target: 'crm', state: 'delivered' }],
    });
    expect(await world.transfers(id)).toHaveLength(2);
    expect(silent.received).toEqual(['ping', 'post', 'crm']);

    const again = await world.settleDoubt(id, silent.contract, 'rejected');
    expect(again).toMatchObject({ http: 409, body: { code: 'not_in_doubt' } });
  });

  test('settled as rejected lets the next buyer have the lead', async ({ world }) => {
    const silent = await world.buyer({ bidCents: 1000, post: 'hangs', ...QUICK });
    const next = await world.buyer({ bidCents: 800 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent, next] }]);
    const { id } = await campaign.submitLead();
    await world.settleDoubt(id, silent.contract, 'rejected');
    expect(await world.ended(id)).toMatchObject({
      status: 'sold',
      answer: { payout_cents: 640 },
      attempts: [{ state: 'rejected' }, { state: 'accepted' }],
    });
    expect([silent.received, next.received]).toEqual([
      ['ping', 'post'],
      ['ping', 'post'],
    ]);
  });

  test('settled as rejected, with nobody left, ends unsold', async ({ world }) => {
    const silent = await world.buyer({ priceCents: 1000, post: 'hangs', ...QUICK });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [silent] }]);
    const { id } = await campaign.submitLead();
    await world.settleDoubt(id, silent.contract, 'rejected');
    expect(await world.ended(id)).toMatchObject({ answer: { reason: 'all_rejected' } });
  });

  test('of a lead for two takes one place, and leaves the other to the next', async ({ world }) => {
    const shared = { contract: { exclusive: false } };
    const silent = await world.buyer({ bidCents: 900, post: 'hangs', ...QUICK, ...shared });
    const next = await world.buyer({ bidCents: 800, ...shared });
    const last = await world.buyer({ bidCents: 700, ...shared });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent, next, last] }], {
      max_sales: 2,
    });
    const { id } = await campaign.submitLead();
    const trace = await world.ended(id);
    expect(trace.attempts.map(({ state, place }) => [state, place])).toEqual([
      ['in_doubt', 1],
      ['accepted', 2],
    ]);
    expect(last.received).toEqual(['ping']);
  });

  test('of a lead that was sold beside it is delivered once it is settled', async ({ world }) => {
    const shared = { contract: { exclusive: false } };
    const post = { fault: 'accept_then_hang' } as const;
    const silent = await world.buyer({ bidCents: 900, post, crm: {}, ...QUICK, ...shared });
    const next = await world.buyer({ bidCents: 800, ...shared });
    const buyers = [silent, next];
    const campaign = await world.campaign([{ method: 'ping_post', buyers }], { max_sales: 2 });
    const { id } = await campaign.submitLead();
    expect(await world.ended(id)).toMatchObject({ status: 'sold', deliveries: [] });

    await world.settleDoubt(id, silent.contract, 'accepted');
    await world.done(id);
    expect(await world.ended(id)).toMatchObject({
      status: 'sold',
      deliveries: [{ target: 'crm', state: 'delivered' }],
    });
    expect(await world.transfers(id)).toHaveLength(4);
    expect(silent.received).toEqual(['ping', 'post', 'crm']);
  });

  test('under an idempotency key is pending again, and no second lead', async ({ world }) => {
    const silent = await world.buyer({ priceCents: 900, post: 'hangs', ...QUICK });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [silent] }], {
      answer_within: '800ms',
    });
    const fields = personNo(8100);
    const first = await campaign.submit(fields, { key: 'doubt-2' });
    const again = await campaign.submit(fields, { key: 'doubt-2' });
    expect([first.http, again.http, again.text]).toEqual([202, 202, first.text]);
    await world.settleDoubt(first.leadId, silent.contract, 'rejected');
    await world.ended(first.leadId);
    const later = await campaign.submit(fields, { key: 'doubt-2' });
    expect(later).toMatchObject({ http: 200, body: { status: 'unsold' } });
    expect(silent.received).toEqual(['post']);
  });
});

describe('a contract whose posts may take long', () => {
  test('is offered by an activity of its own, and answers in time', async ({ world }) => {
    const slow = await world.buyer({
      bidCents: 900,
      post: { delayMs: 300 },
      postTimeout: '20s',
      crm: {},
    });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [slow] }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ http: 200, status: 'sold', payout_cents: 720 });
    await world.done(lead.id);
    const { events } = await world.client.workflow.getHandle(`lead/${lead.id}`).fetchHistory();
    const scheduled = events?.map(
      (event) => event.activityTaskScheduledEventAttributes?.activityType,
    );
    expect(scheduled?.map((type) => type?.name)).toContain('offerLead');
    expect(slow.received).toEqual(['ping', 'post', 'crm']);
  });

  test('that takes longer than the source waits is told later', async ({ world }) => {
    const slow = await world.buyer({
      priceCents: 900,
      post: { delayMs: 1_500 },
      postTimeout: '20s',
    });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [slow] }], {
      answer_within: '500ms',
    });
    const answer = await campaign.submit();
    expect(answer).toMatchObject({ http: 202, body: { status: 'pending' } });
    const trace = await world.ended(answer.leadId);
    expect(trace).toMatchObject({ status: 'sold', answer: { payout_cents: 720 } });
  });
});
