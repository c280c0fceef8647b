// A yes that came after its doubt had ended as a no. Goal: an operator books it where the lead has
// ended and has a place, and the caps have room, or dismisses it; once, and exactly. Method: the
// real steps over real rows, beside the real rules of the caps.

import { afterAll, describe, expect, test } from 'vitest';
import type { LeadId } from '../../../src/domain/ids.ts';
import { createStand, type Stand, type StandSettings } from './price-stand.ts';

const stands: Stand[] = [];
const standOf = async (settings: StandSettings = {}) => {
  const stand = await createStand(settings);
  stands.push(stand);
  return stand;
};
afterAll(async () => {
  for (const { db } of stands) await db.close();
});

const CRM = {
  deliveries: [
    { name: 'crm', url: 'https://apex.example/crm' },
    { name: 'west', url: 'https://apex.example/west', when: { field: 'state', is: 'WA' } },
  ],
};

/** The buyer said no, and then yes. */
async function conflictOn(stand: Stand, ended = true): Promise<LeadId> {
  const { leadId } = await stand.offer({ status: 'pending' });
  expect(await stand.says(leadId, null, { said: 'rejected' })).toBe('settled');
  if (ended) await stand.ends(leadId);
  expect(await stand.says(leadId, null)).toBe('conflict');
  expect(await stand.attempt(leadId)).toMatchObject({ state: 'accepted_conflict' });
  expect(await stand.counted()).toMatchObject({ rows: [] });
  return leadId;
}

describe('a late yes', () => {
  test('of a lead that went nowhere is booked by an operator: sold, charged, pushed', async () => {
    const stand = await standOf({ contract: CRM });
    const leadId = await conflictOn(stand);
    expect(await stand.moved(leadId)).toEqual([]);
    expect(await stand.settles(leadId, 'accepted')).toBe('settled');
    expect(await stand.attempt(leadId)).toMatchObject({ state: 'accepted' });
    expect(await stand.prices(leadId)).toEqual([[1_000, 800]]);
    expect(await stand.moved(leadId)).toEqual([
      ['charge', 1_000],
      ['payout', 800],
    ]);
    expect(await stand.payout(leadId)).toBe(800);
    expect(await stand.counted()).toEqual({ caps: [1_000, 1_000], rows: [1_000, 1_000] });
    const pushes = await stand.rows('select target, asked_by, n from redeliveries', []);
    expect(pushes).toEqual([{ target: 'crm', asked_by: 'ada', n: 1 }]);
    expect(await stand.rows(`select state from deliveries where target = 'west'`, [])).toEqual([
      { state: 'skipped' },
    ]);
    const told = await stand.rows<{ payload: object }>(
      `select payload from outbox where name = 'lead.sold' and lead_id = $1`,
      [leadId],
    );
    expect(told).toMatchObject([{ payload: { price_cents: 1_000, outcome_payout_cents: 800 } }]);
    expect(await stand.words(leadId)).toEqual([
      ['settled', null, null, null],
      ['conflict', null, null, null],
      ['settled', 1_000, 1_000, null],
    ]);
    // Once, and said again by the buyer it is nothing new.
    expect(await stand.settles(leadId, 'accepted')).toBe('not_in_doubt');
    expect(await stand.says(leadId, null)).toBe('none');
    expect(await stand.moved(leadId)).toHaveLength(2);
  });

  test('is booked at the price that the operator says', async () => {
    const stand = await standOf();
    const leadId = await conflictOn(stand);
    expect(await stand.settles(leadId, 'accepted', 60_000)).toMatchObject({
      refused: expect.stringContaining('max_bid_cents'),
    });
    expect(await stand.settles(leadId, 'accepted', 500)).toBe('settled');
    expect(await stand.prices(leadId)).toEqual([[500, 400]]);
    expect(await stand.counted()).toEqual({ caps: [500, 500], rows: [500, 500] });
  });

  test('booked twenty times at once is one sale', async () => {
    const stand = await standOf();
    const leadId = await conflictOn(stand);
    const ends = await Promise.all(
      Array.from({ length: 20 }, () => stand.settles(leadId, 'accepted')),
    );
    expect(ends.filter((end) => end === 'settled')).toHaveLength(1);
    expect(await stand.moved(leadId)).toHaveLength(2);
    expect(await stand.counted()).toEqual({ caps: [1_000, 1_000], rows: [1_000, 1_000] });
  });

  test('of a lead that is still offered, or was resold, is refused and stays a conflict', async () => {
    const stand = await standOf();
    const open = await conflictOn(stand, false);
    expect(await stand.settles(open, 'accepted')).toMatchObject({
      refused: expect.stringContaining('still being offered'),
    });
    await stand.offerAgain(open, { status: 'accepted' }, 'bolt_auto');
    expect(await stand.settles(open, 'accepted')).toMatchObject({
      refused: expect.stringContaining('no place'),
    });
    expect(await stand.attempt(open)).toMatchObject({ state: 'accepted_conflict' });
    expect(await stand.moved(open)).toHaveLength(2);
    expect(await stand.counted()).toMatchObject({ rows: [] });
    expect(Math.max(...(await stand.counted()).caps)).toBe(0);
  });

  test('of a shared lead with a place left is booked beside the other sale', async () => {
    const stand = await standOf({ contract: { exclusive: false }, campaign: { max_sales: 2 } });
    const { leadId } = await stand.offer({ status: 'pending' });
    await stand.says(leadId, null, { said: 'rejected' });
    await stand.offerAgain(leadId, { status: 'accepted' }, 'bolt_auto');
    await stand.ends(leadId);
    await stand.says(leadId, null);
    expect(await stand.payout(leadId)).toBe(800);
    expect(await stand.settles(leadId, 'accepted')).toBe('settled');
    expect(await stand.payout(leadId)).toBe(1_600);
    expect(await stand.report()).toEqual([2_000, 1_600]);
  });

  test('finds no room in a full budget, and is booked once there is some', async () => {
    const stand = await standOf({ buyer: { caps: [{ per: 'total', cents: 1_500 }] } });
    const leadId = await conflictOn(stand);
    await stand.offer({ status: 'accepted' });
    expect(await stand.settles(leadId, 'accepted')).toMatchObject({
      refused: expect.stringContaining('no room'),
    });
    expect(await stand.moved(leadId)).toEqual([]);
    expect(await stand.settles(leadId, 'accepted', 500)).toBe('settled');
    // The other window is the balance of the stand, which this buyer does not use.
    expect(await stand.counted()).toEqual({ caps: [0, 1_500], rows: [1_500] });
  });

  test('is dismissed by an operator, once, and said again is nothing new', async () => {
    const stand = await standOf();
    const leadId = await conflictOn(stand);
    expect(await stand.settles(leadId, 'rejected')).toBe('not_in_doubt');
    expect(await stand.settles(leadId, 'dismissed')).toBe('settled');
    expect(await stand.settles(leadId, 'dismissed')).toBe('not_in_doubt');
    expect(await stand.settles(leadId, 'accepted')).toBe('not_in_doubt');
    expect(await stand.says(leadId, null)).toBe('none');
    expect(await stand.attempt(leadId)).toMatchObject({
      state: 'rejected',
      result: { reason: 'yes_dismissed', detail: 'operator ada' },
    });
    expect(await stand.moved(leadId)).toEqual([]);
  });
});
