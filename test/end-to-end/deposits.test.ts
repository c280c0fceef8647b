// A buyer that pays ahead buys for what it has paid and not a cent more; a deposit sells the leads
// that wait for it; and none is lost, whatever is away or killed when it comes.

import { expect } from 'vitest';
import type { BalanceAnswer, DepositAnswer } from '../../src/api/wire/deposits.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { balanceKeyOf } from '../../src/domain/caps/keys.ts';
import { request } from '../support/campaign.ts';
import type { TestBuyer } from '../support/test-buyers.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';
import { OPERATOR_KEY } from '../support/world-draft.ts';

const test = worldTest({ processes: 2, proxied: true });

const WATERFALL = { method: 'waterfall' } as const;
const HOLD = { hold_unsold: { max: '2h' } };

interface Payment {
  readonly id: string;
  readonly cents: number;
  readonly via?: number;
}

async function pay(world: World, buyer: TestBuyer, { id, cents, via = 0 }: Payment) {
  const { url = '' } = world.processes[via] ?? {};
  const answer = await request({
    url: `${url}/v1/buyers/${buyer.id}/deposits`,
    ...{ method: 'POST', key: OPERATOR_KEY, body: { id, cents } },
  });
  if (answer.http !== 200) throw new Error(answer.text);
  return answer.body as unknown as DepositAnswer;
}

async function balanceOf(world: World, buyer: TestBuyer): Promise<BalanceAnswer> {
  const { body } = await world.operator('GET', `/v1/buyers/${buyer.id}/balance`);
  return body as unknown as BalanceAnswer;
}

async function soldCents(world: World, buyer: TestBuyer): Promise<number> {
  const [sold] = await world.rows<{ cents: number }>(
    `select coalesce(sum(price_cents), 0)::bigint as cents from sales where buyer_id = $1`,
    [buyer.id],
  );
  return sold?.cents ?? -1;
}

const waits = (world: World, leadId: LeadId) =>
  until(`${leadId} waits`, async () => (await world.trace(leadId)).status === 'waiting', 20_000);

test('a deposit and a credit buy exactly as many leads as they cover', async ({ world }) => {
  const buyer = await world.buyer({
    priceCents: 900,
    creditCents: 1_000,
    post: { rejectEvery: 3 },
  });
  const campaign = await world.campaign([{ ...WATERFALL, buyers: [buyer] }]);
  await pay(world, buyer, { id: 'covers-five', cents: 4_000 });
  const accepted = () => buyer.lines('post').filter((line) => line.decision === 'accepted').length;
  for (let tried = 0; tried < 20 && accepted() < 5; tried += 1) {
    const leads = await Promise.all(
      Array.from({ length: 8 }, (_, n) => campaign.submit({}, { via: n % 2 })),
    );
    for (const { leadId } of leads) await world.ended(leadId, 30_000);
  }
  expect(accepted()).toBe(5);
  expect(await soldCents(world, buyer)).toBe(4_500);
  const balance = await until('the last holds are given back', async () => {
    const read = await balanceOf(world, buyer);
    return read.agrees === true && read;
  });
  expect(balance).toMatchObject({
    ...{ deposited_cents: 4_000, credit_cents: 1_000, uncounted_cents: 0 },
    ...{ used_cents: 4_500, counted_cents: 4_500, left_cents: 500 },
  });
  const { windows } = await world.caps(buyer);
  expect(windows[balanceKeyOf(buyer.id)]).toMatchObject({ used: 500, limit: 1_000 });
});

test('a lead waits for the money, and is sold when it comes in at the other process', async ({
  world,
}) => {
  const buyer = await world.buyer({ priceCents: 900, creditCents: 0 });
  const campaign = await world.campaign([{ ...WATERFALL, buyers: [buyer] }], HOLD);
  const { leadId } = await campaign.submit({}, { via: 0 });
  const second = await campaign.submit({}, { via: 1 });
  await waits(world, leadId);
  await waits(world, second.leadId);
  expect(buyer.received).toEqual([]);

  // One cent is missing for two.
  await pay(world, buyer, { id: 'for-one', cents: 1_799, via: 1 });
  await buyer.until('post', 1, 20_000);
  const statusOf = async (id: LeadId) => (await world.trace(id)).status;
  const both = [leadId, second.leadId];
  const [sold, kept] = await until('one is sold and the other waits again', async () => {
    const statuses = await Promise.all(both.map(statusOf));
    const [first, last] = [statuses.indexOf('sold'), statuses.indexOf('waiting')];
    return first >= 0 && last >= 0 && [both[first], both[last]];
  });
  if (!sold || !kept) throw new Error('a lead without an id');
  expect(await world.trace(kept)).toMatchObject({ round: 2 });
  await pay(world, buyer, { id: 'the-cent', cents: 1 });
  expect(await world.ended(kept, 20_000)).toMatchObject({ status: 'sold', round: 3 });
  expect(await soldCents(world, buyer)).toBe(1_800);
  await world.done(kept);
  expect(await balanceOf(world, buyer)).toMatchObject({ left_cents: 0, agrees: true });
});

test('a deposit that came while Temporal was away is told after a kill, and sells', async ({
  world,
}) => {
  const buyer = await world.buyer({ priceCents: 900, creditCents: 0 });
  const campaign = await world.campaign([{ ...WATERFALL, buyers: [buyer] }], HOLD);
  const { leadId } = await campaign.submit();
  await waits(world, leadId);

  await world.temporal.cut();
  const paid = { id: 'in-the-dark', cents: 900 };
  expect(await pay(world, buyer, paid)).toMatchObject({ total_cents: 900, counted: false });
  await Promise.all(world.processes.map((each) => each.kill()));
  await world.temporal.mend();
  await world.processes[0]?.start();
  expect(await world.ended(leadId, 30_000)).toMatchObject({ status: 'sold', round: 2 });
  expect(await pay(world, buyer, paid)).toMatchObject({ total_cents: 900, counted: true });
  expect(await balanceOf(world, buyer)).toMatchObject({
    ...{ deposited_cents: 900, used_cents: 900, counted_cents: 900, left_cents: 0 },
  });
  await world.processes[1]?.start();
});
