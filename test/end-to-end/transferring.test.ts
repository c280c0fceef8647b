// A lead that is offered by phone: the buyer is called, presses 1 and is put through, or the next
// buyer has the lead. The phone company keeps a journal of its calls.

import type { History } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, describe, expect } from 'vitest';
import { parse } from 'yaml';
import type { LeadId } from '../../src/domain/ids.ts';
import { TWILIO_KEY } from '../support/fakes/twilio.ts';
import {
  AUTH_TOKEN,
  type CallScript,
  PUBLIC_URL,
  startCalls,
} from '../support/fakes/twilio-calls.ts';
import { guideExample } from '../support/guide.ts';
import { clearText, replay, storeHistory } from '../support/histories.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

let sluice = '';
const twilio = await startCalls(() => sluice);
afterAll(() => twilio.close());

const test = worldTest({
  taken: twilio.journal,
  env: {
    ...{ TWILIO_KEY, TWILIO_TOKEN: AUTH_TOKEN, SLUICE_PUBLIC_URL: PUBLIC_URL },
    OUTBOUND_ALLOW_PRIVATE: twilio.address,
    OUTBOUND_ALLOW_HTTP: 'true',
  },
});

let buyers = 0;

/** The call of the guide, whose account the fake has. */
const GUIDE = (
  parse(guideExample('target-live-transfer.md', 'twilio_call')) as {
    readonly contracts: { readonly apex_auto: { readonly post: object } };
  }
).contracts.apex_auto.post;

/** A buyer that is called, whose calls go like this. */
async function phoneBuyer(world: World, script: CallScript, more: object = {}) {
  sluice = world.processes[0]?.url ?? '';
  buyers += 1;
  const to = `+1512555${String(1_000 + buyers)}`;
  twilio.script(to, script);
  const post = { ...GUIDE, base_url: twilio.url, to, ring: '5s', press_within: '1s', ...more };
  const buyer = await world.buyer({ priceCents: 4_000, contract: { post } });
  return { ...buyer, to, calls: () => twilio.to(to) };
}

/** Each must replay with the code as it is. */
async function keep(name: string, history: History): Promise<void> {
  await replay(history);
  if (process.env['SLUICE_RECORD_HISTORIES'] === '1') storeHistory(name, history);
}

const workflowOf = (world: World, id: LeadId, contract: string) =>
  world.client.workflow.getHandle(`transfer/${id}/${contract}/1`);

describe('the buyer takes the call', () => {
  test('and talks: sold once, and the source was not held up', async ({ world }) => {
    const phone = await phoneBuyer(world, { presses: '1', talksS: 40 });
    const next = await world.buyer({ priceCents: 3_000 });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [phone, next] }]);
    const lead = await campaign.submitLead({ phone: '5125550142' });
    expect(lead).toMatchObject({ http: 202, status: 'pending' });
    expect(await world.ended(lead.id)).toMatchObject({
      status: 'sold',
      answer: { payout_cents: 3_200 },
      attempts: [{ state: 'accepted', reference: expect.stringMatching(/^CA\d{32}$/) }],
    });
    expect(phone.calls()).toHaveLength(1);
    expect(phone.calls()[0]).toMatchObject({
      said: 'A car insurance lead from TX. Press 1 to take the call.',
      dialled: '+15125550142',
    });
    expect(next.received).toEqual([]);
    expect(await world.transfers(lead.id)).toHaveLength(2);
    const transfer = workflowOf(world, lead.id, phone.contract);
    expect(await transfer.result()).toEqual({ kind: 'accepted', talkedS: 40 });
    const history = await transfer.fetchHistory();
    expect(clearText(history)).not.toContain('5550142');
    await keep('transfer-sold', history);
  });

  test('all is told twice and backwards: sold once', async ({ world }) => {
    const twice = await phoneBuyer(world, { presses: '1', reports: 'twice' });
    const backwards = await phoneBuyer(world, { presses: '1', reports: 'backwards' });
    for (const phone of [twice, backwards]) {
      const campaign = await world.campaign([{ method: 'waterfall', buyers: [phone] }]);
      const { id } = await campaign.submitLead();
      expect(await world.ended(id, 30_000)).toMatchObject({ status: 'sold' });
      expect(await world.transfers(id)).toHaveLength(2);
    }
  });

  test('nothing is told: Twilio is asked, and it is sold', async ({ world }) => {
    const phone = await phoneBuyer(world, { presses: '1', reports: 'lost' });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [phone] }]);
    const { id } = await campaign.submitLead();
    expect(await world.ended(id, 40_000)).toMatchObject({ status: 'sold' });
    const transfer = workflowOf(world, id, phone.contract);
    await keep('transfer-looked-into', await transfer.fetchHistory());
  });

  test('and talks too short, or reaches nobody: the next has the lead', async ({ world }) => {
    const short = await phoneBuyer(world, { presses: '1', talksS: 5 });
    const nobody = await phoneBuyer(world, { presses: '1', consumer: 'no-answer' });
    const next = await world.buyer({ priceCents: 3_000 });
    const all = [short, nobody, next];
    const campaign = await world.campaign([{ method: 'waterfall', buyers: all, budget: '1h' }]);
    const { id } = await campaign.submitLead();
    const { attempts } = await world.ended(id, 30_000);
    const of = (contract: string) => attempts.find((each) => each.contract === contract);
    expect(of(short.contract)).toMatchObject({ state: 'rejected', reason: 'call_too_short' });
    expect(of(nobody.contract)).toMatchObject({ reason: 'consumer_not_reached' });
    expect(of(next.contract)).toMatchObject({ state: 'accepted' });
    expect([short, nobody].map(({ calls }) => calls().length)).toEqual([1, 1]);
  });
});

describe('the buyer does not take the call', () => {
  const ways: [says: string, script: CallScript, reason: string][] = [
    ['presses another key', { presses: '2' }, 'call_declined'],
    ['presses none', {}, 'call_declined'],
    ['does not answer', { buyer: 'no-answer' }, 'call_unanswered'],
    ['is busy', { buyer: 'busy' }, 'call_busy'],
    ['is a machine', { buyer: 'machine' }, 'call_machine'],
  ];
  test.for(ways)('%s: another is called', async ([, script, reason], { world }) => {
    const first = await phoneBuyer(world, script);
    const second = await phoneBuyer(world, { presses: '1' });
    const stages = [first, second].map(
      (phone) => ({ method: 'waterfall', buyers: [phone] }) as const,
    );
    const campaign = await world.campaign(stages);
    const { id } = await campaign.submitLead();
    expect(await world.ended(id, 30_000)).toMatchObject({
      attempts: [{ state: 'rejected', reason }, { state: 'accepted' }],
    });
    expect(first.calls()[0]?.dialled).toBe(null);
    expect(await world.transfers(id)).toMatchObject([{ from: second.account }, {}]);
  });
});

test('what is wrongly signed is refused, and changes nothing', async ({ world }) => {
  const forged = await phoneBuyer(world, { presses: '1', token: 'another' });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [forged] }]);
  const { id } = await campaign.submitLead();
  const [call] = forged.calls();
  await until('the forged call is over', async () => call?.isOver === true);
  expect(new Set(call?.answers)).toEqual(new Set(['status 403', 'whisper 403']));
  expect(await world.trace(id)).toMatchObject({ attempts: [{ state: 'pending' }] });
  await world.settleDoubt(id, forged.contract, 'rejected');
  await world.ended(id);
});

test('the answer to the request is lost: doubt, which the call itself ends', async ({ world }) => {
  const phone = await phoneBuyer(world, { presses: '1' });
  const next = await world.buyer({ priceCents: 3_000 });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [phone, next] }]);
  twilio.will('does_and_hangs_up');
  const { id } = await campaign.submitLead();
  expect(await world.ended(id)).toMatchObject({
    status: 'sold',
    attempts: [{ state: 'accepted' }],
  });
  expect(phone.calls()).toHaveLength(1);
  expect(next.received).toEqual([]);
});

test('settled while the phone rings: the buyer who then answers is not put through', async ({
  world,
}) => {
  let answer: () => void = () => undefined;
  const ringsUntil = new Promise<void>((done) => (answer = done));
  const phone = await phoneBuyer(world, { presses: '1', ringsUntil });
  const next = await world.buyer({ priceCents: 3_000 });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [phone, next] }]);
  const { id } = await campaign.submitLead();
  await world.settleDoubt(id, phone.contract, 'rejected');
  await world.ended(id);
  answer();
  const [call] = phone.calls();
  await until('the call is over', async () => call?.isOver === true);
  expect(call).toMatchObject({ said: null, dialled: null });
  expect(await world.transfers(id)).toMatchObject([{ from: next.account }, {}]);
});

test('the process is killed while they talk: one call, and one sale', async ({ world }) => {
  let hangUp: () => void = () => undefined;
  const talksUntil = new Promise<void>((done) => (hangUp = done));
  const phone = await phoneBuyer(world, { presses: '1', talksUntil });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [phone] }]);
  const id = await campaign.beginLead();
  await until('they talk', async () => phone.calls()[0]?.answers.includes('accept 200'));
  const [serve] = world.processes;
  await serve?.kill();
  hangUp();
  await until('the call is over', async () => phone.calls()[0]?.isOver === true);
  await serve?.start();
  expect(await world.ended(id, 60_000)).toMatchObject({ status: 'sold' });
  expect(phone.calls()).toHaveLength(1);
  expect(await world.transfers(id)).toHaveLength(2);
}, 120_000);
