// A lead that nobody bought is kept, and tried again when something has changed: the configuration,
// the hour, an operator's mind.

import { describe, expect } from 'vitest';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest();

const HOLD = { hold_unsold: { max: '2h' } };
const NEVER = { schedule: { windows: [{ days: ['mon'], open: '03:00', close: '03:01' }] } };
const WATERFALL = { method: 'waterfall' } as const;

/** The trace once the lead waits in the given round. */
async function waits(world: World, leadId: Parameters<World['trace']>[0], round = 1) {
  return until(`${leadId} waits in round ${round}`, async () => {
    const trace = await world.trace(leadId);
    return trace.status === 'waiting' && trace.round === round && trace;
  });
}

const act = (world: World, leadId: string, body: object) =>
  world.operator('POST', `/v1/leads/${leadId}/actions`, body);

describe('a lead that nobody bought', () => {
  test('is told as pending, waits for the hours, and is sold when they change', async ({
    world,
  }) => {
    const closed = await world.buyer({ priceCents: 900, contract: NEVER });
    const campaign = await world.campaign([{ ...WATERFALL, buyers: [closed] }], HOLD);
    const answer = await campaign.submit();
    expect(answer).toMatchObject({ http: 202, body: { status: 'pending' } });
    const { leadId } = answer;
    const waiting = await waits(world, leadId);
    expect(waiting).toMatchObject({
      contracts: [{ result: 'not_eligible', reason: 'outside_schedule' }],
      waits: [{ round: 1, reason: 'none_eligible', for: [] }],
    });
    // The rest of the world may change as it likes: nobody asks the buyers again for that.
    const contract = world.document.contracts[closed.contract];
    world.document.contracts[closed.contract] = { ...contract, schedule: null };
    await world.apply();
    expect(await world.ended(leadId)).toMatchObject({
      status: 'sold',
      round: 2,
      attempts: [{ round: 2, state: 'accepted' }],
    });
    expect(closed.received).toEqual(['post']);
    expect(await campaign.readLead(leadId)).toMatchObject({ body: { status: 'sold' } });
  });

  test('is offered by an operator to a contract whose filter it does not meet', async ({
    world,
  }) => {
    const elsewhere = { filter: { field: 'state', is: 'NV' } };
    const choosy = await world.buyer({ bidCents: 700, contract: elsewhere, crm: {} });
    const refuses = await world.buyer({ priceCents: 900, post: 'rejects' });
    const stages = [
      { ...WATERFALL, buyers: [refuses] },
      { method: 'ping_post' as const, buyers: [choosy] },
    ];
    const campaign = await world.campaign(stages, HOLD);
    const { id } = await campaign.submitLead();
    await waits(world, id);

    const unknown = await act(world, id, { action: 'offer', contract: 'nobody' });
    expect(unknown).toMatchObject({ http: 422, body: { errors: [{ field: 'contract' }] } });
    const offered = await act(world, id, { action: 'offer', contract: choosy.contract });
    expect(offered).toMatchObject({ http: 202 });
    const trace = await world.ended(id);
    expect(trace).toMatchObject({
      status: 'sold',
      actions: [{ action: 'offer', contract: choosy.contract, by: 'operator installation' }],
      attempts: [
        { round: 1, state: 'rejected' },
        { round: 2, state: 'accepted', price_cents: 700 },
      ],
    });
    await world.done(id);
    expect([refuses.received, choosy.received]).toEqual([['post'], ['ping', 'post', 'crm']]);
    expect(await act(world, id, { action: 'wake' })).toMatchObject({
      http: 409,
      body: { code: 'not_waiting' },
    });
  });

  test('is woken for another round, in which who refused is not asked again', async ({ world }) => {
    const refuses = await world.buyer({ priceCents: 900, post: 'rejects' });
    const campaign = await world.campaign([{ ...WATERFALL, buyers: [refuses] }], HOLD);
    const { id } = await campaign.submitLead();
    await waits(world, id);
    await act(world, id, { action: 'wake' });
    const again = await waits(world, id, 2);
    expect(again.waits).toMatchObject([{ reason: 'all_rejected' }, { reason: 'none_eligible' }]);
    expect(again.stages.at(-1)?.why_not).toMatchObject([{ reason: 'rejected_before' }]);

    await act(world, id, { action: 'close' });
    expect(await world.ended(id)).toMatchObject({
      status: 'unsold',
      answer: { reason: 'closed_by_operator' },
    });
    await world.done(id);
    expect(refuses.received).toEqual(['post']);
  });

  test('goes to the stage for overflow only when an earlier one is full', async ({ world }) => {
    const full = await world.buyer({ priceCents: 900, caps: [{ per: 'day', leads: 1 }] });
    const spill = await world.buyer({ priceCents: 400 });
    const campaign = await world.campaign([
      { ...WATERFALL, name: 'first', buyers: [full] },
      { ...WATERFALL, name: 'spill', takes: 'overflow', buyers: [spill] },
    ]);
    const first = await campaign.submitLead();
    const second = await campaign.submitLead();
    expect([first, second]).toMatchObject([{ payout_cents: 720 }, { payout_cents: 320 }]);

    const rejecting = await world.buyer({ priceCents: 900, post: 'rejects' });
    const idle = await world.buyer({ priceCents: 400 });
    const other = await world.campaign([
      { ...WATERFALL, name: 'first', buyers: [rejecting] },
      { ...WATERFALL, name: 'spill', takes: 'overflow', buyers: [idle] },
    ]);
    const { id } = await other.submitLead();
    const trace = await world.ended(id);
    expect(trace.stages.at(-1)?.why_not).toMatchObject([{ reason: 'not_its_turn' }]);
    expect(idle.received).toEqual([]);
  });

  test('wakes by itself when a window opens, and is given up when its time is over', async ({
    world,
  }) => {
    // Opens at the next full minute, on a clock of UTC.
    const opens = new Date(Math.ceil((Date.now() + 5_000) / 60_000) * 60_000);
    const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
    const at = opens.toISOString().slice(11, 16);
    const window = {
      days: [days[opens.getUTCDay()]],
      open: at,
      close: at === '23:59' ? '00:00' : '23:59',
    };
    const soon = await world.buyer({
      priceCents: 900,
      contract: { schedule: { windows: [window] } },
    });
    const never = await world.buyer({ priceCents: 900, post: 'rejects' });
    const opening = await world.campaign([{ ...WATERFALL, buyers: [soon] }], HOLD);
    const ending = await world.campaign([{ ...WATERFALL, buyers: [never] }], {
      hold_unsold: { max: '1m' },
    });
    const buyerZone = world.document.buyers[soon.id];
    world.document.buyers[soon.id] = { ...buyerZone, time_zone: 'UTC' };
    await world.apply();
    const [first, last] = [await opening.submitLead(), await ending.submitLead()];
    const waiting = await waits(world, first.id);
    expect(waiting.waits).toMatchObject([
      {
        wakes_at: opens.toISOString(),
        for: [{ contract: soon.contract, reason: 'outside_schedule', until: opens.toISOString() }],
      },
    ]);
    const sold = await world.ended(first.id, 75_000);
    expect(sold).toMatchObject({ status: 'sold', round: 2 });
    expect(Date.parse(sold.settled_at ?? '')).toBeGreaterThanOrEqual(opens.getTime());

    const unsold = await world.ended(last.id, 75_000);
    expect(unsold).toMatchObject({ status: 'unsold', answer: { reason: 'all_rejected' } });
    const waited = Date.parse(unsold.settled_at ?? '') - Date.parse(unsold.received_at);
    expect(waited).toBeGreaterThanOrEqual(60_000);
  }, 170_000);
});
