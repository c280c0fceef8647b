// A buyer that answers another price than it was offered, and later calls back with another; and
// one whose yes comes too late. Goal: what its contract says is what it pays, in the ledger, in its
// budget and to its source. Method: real serve, real caps; the buyers' journals say what they did.

import { describe, expect } from 'vitest';
import { request } from '../support/campaign.ts';
import type { TestBuyer } from '../support/test-buyers.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest();

async function report(world: World, buyer: TestBuyer, [key, outcome]: [string, object]) {
  const url = `${world.processes[0]?.url ?? ''}/v1/buyers/${buyer.id}/outcomes`;
  const answer = await request({ url, method: 'POST', key, body: { outcomes: [outcome] } });
  return (answer.body['results'] as object[])[0];
}

describe('a buyer whose contract takes lower prices', () => {
  test('pays what it answers, then what it calls back, and its budget follows', async ({
    world,
  }) => {
    const key = 'bk_price';
    const buyer = await world.buyer({
      ...{ bidCents: 1_000, post: { acceptPriceCents: 900 }, key },
      caps: [{ per: 'total', cents: 5_000 }],
      contract: { post_price: { when_lower: 'take' } },
    });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'sold', payout_cents: 720 });
    const word = { id: 'w1', lead_id: lead.id, status: 'accepted', price_cents: 850 };
    expect(await report(world, buyer, [key, word])).toMatchObject({
      ...{ result: 'price_changed', price_cents: 850 },
    });
    expect(await report(world, buyer, [key, word])).toMatchObject({ result: 'no_change' });
    const higher = { ...word, id: 'w2', price_cents: 2_000 };
    expect(await report(world, buyer, [key, higher])).toMatchObject({
      ...{ result: 'price_kept', price_cents: 850 },
    });
    await world.done(lead.id);
    const trace = await world.ended(lead.id);
    expect(trace).toMatchObject({
      answer: { status: 'sold', payout_cents: 680 },
      attempts: [{ price_cents: 850, named: { agreed_cents: 1_000, named_cents: 900 } }],
      sales: [{ price_cents: 850, payout_cents: 680 }],
      words: [
        { by: `buyer/${buyer.id}`, did: 'repriced', before_cents: 900, after_cents: 850 },
        { did: 'price_kept', price_cents: 2_000, before_cents: 850, after_cents: 850 },
      ],
      money: { revenue_cents: 850, payout_cents: 680 },
    });
    expect(trace.transfers.map(({ kind, amount_cents }) => [kind, amount_cents])).toEqual([
      ...[
        ['charge', 900],
        ['payout', 720],
      ],
      ...[
        ['charge_change', 50],
        ['payout_change', 40],
      ],
    ]);
    await until('the budget counts what was charged', async () => {
      const { windows } = await world.caps(buyer);
      return Object.values(windows).some(({ used }) => used === 850);
    });
  });
});

describe('a yes that comes too late', () => {
  test('is booked by an operator, and pushed', async ({ world }) => {
    const key = 'bk_late';
    const silent = await world.buyer({
      ...{ bidCents: 900, post: 'hangs', key, crm: {}, postTimeout: '300ms' },
    });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent] }]);
    const { id } = await campaign.submitLead();
    expect(await report(world, silent, [key, { lead_id: id, status: 'rejected' }])).toMatchObject({
      result: 'settled',
    });
    await world.done(id);
    expect(await report(world, silent, [key, { lead_id: id, status: 'accepted' }])).toMatchObject({
      ...{ result: 'conflict', price_cents: null },
    });
    const path = `/v1/leads/${id}/attempts/${silent.contract}/settlement`;
    const settle = (as: string) => world.operator('POST', path, { as });
    expect(await settle('accepted')).toMatchObject({ http: 200 });
    expect(await settle('accepted')).toMatchObject({ http: 409 });
    await silent.until('crm');
    expect(await world.trace(id)).toMatchObject({
      ...{ status: 'sold', answer: { payout_cents: 720 } },
      attempts: [{ state: 'accepted' }],
      money: { revenue_cents: 900 },
    });
  });
});
