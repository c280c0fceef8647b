// One run of each story that a workflow can live through, on the real server. Each must replay with
// the code as it is. `npm run histories` also records them for test/replay, whole and unedited:
// that is done when a workflow has learned a new story, never to make a replay pass.

import type { History } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect } from 'vitest';
import type { CapDecision, CapOp } from '../../src/domain/caps/caps.ts';
import { holdIdOf, type LeadId } from '../../src/domain/ids.ts';
import { capsWorkflowId, leadWorkflowId } from '../../src/temporal.ts';
import { clearText, replay, storeHistory } from '../support/histories.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest();
const isRecording = process.env['SLUICE_RECORD_HISTORIES'] === '1';

async function keep(world: World, name: string, workflowId: string): Promise<History> {
  const history = await world.client.workflow.getHandle(workflowId).fetchHistory();
  await replay(history);
  if (isRecording) storeHistory(name, history);
  return history;
}

async function keepLead(world: World, name: string, leadId: LeadId): Promise<History> {
  await world.done(leadId);
  return keep(world, name, leadWorkflowId(leadId));
}

describe('leads', () => {
  test('sold on the first offer and delivered: at most 12 events and 6 kB', async ({ world }) => {
    const best = await world.buyer({ bidCents: 4500, crm: {} });
    const next = await world.buyer({ bidCents: 4000 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [best, next] }]);
    const { id } = await campaign.submitLead();
    const { events } = await keepLead(world, 'sold-first-offer', id);
    expect(events?.length).toBeLessThanOrEqual(12);
    const handle = world.client.workflow.getHandle(leadWorkflowId(id));
    expect((await handle.describe()).historySize).toBeLessThanOrEqual(6 * 1024);
  });

  test('sold to the second buyer after a rejection', async ({ world }) => {
    const best = await world.buyer({ bidCents: 4500, post: 'rejects' });
    const next = await world.buyer({ bidCents: 4000 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [best, next] }]);
    const { id } = await campaign.submitLead();
    await keepLead(world, 'second-buyer-after-reject', id);
  });

  test('sold in its turn, in the second stage', async ({ world }) => {
    const low = await world.buyer({ bidCents: 10 });
    const turns = [await world.buyer({ priceCents: 500 }), await world.buyer({ priceCents: 500 })];
    const campaign = await world.campaign([
      { method: 'ping_post', buyers: [low], floor_cents: 100 },
      { method: 'round_robin', buyers: turns },
    ]);
    const { id } = await campaign.submitLead();
    await keepLead(world, 'sold-in-turn', id);
  });

  test('unsold', async ({ world }) => {
    const bidder = await world.buyer({ bidCents: 900, post: 'rejects' });
    const fixed = await world.buyer({ priceCents: 500, post: 'rejects' });
    const campaign = await world.campaign([
      { method: 'ping_post', buyers: [bidder] },
      { method: 'waterfall', buyers: [fixed] },
    ]);
    const { id } = await campaign.submitLead();
    await keepLead(world, 'unsold', id);
  });

  test('kept unsold, woken, offered by an operator, and sold', async ({ world }) => {
    const refuses = await world.buyer({ priceCents: 500, post: 'rejects' });
    const elsewhere = { filter: { field: 'state', is: 'NV' } };
    const choosy = await world.buyer({ bidCents: 700, contract: elsewhere, crm: {} });
    const campaign = await world.campaign(
      [
        { method: 'waterfall', buyers: [refuses] },
        { method: 'ping_post', buyers: [choosy], takes: 'overflow' },
      ],
      { hold_unsold: { max: '2h' } },
    );
    const { id } = await campaign.submitLead();
    const act = (body: object) => world.operator('POST', `/v1/leads/${id}/actions`, body);
    const waits = (round: number) =>
      until(`the lead waits in round ${round}`, async () => {
        const trace = await world.trace(id);
        return trace.status === 'waiting' && trace.round === round;
      });
    await waits(1);
    await act({ action: 'wake' });
    await waits(2);
    await act({ action: 'offer', contract: choosy.contract });
    await keepLead(world, 'kept-then-sold', id);
  });

  test('sold in the second tier of a waterfall, both in turn', async ({ world }) => {
    const first = { contract: { priority: 1 } };
    const tiers = [
      await world.buyer({ priceCents: 900, post: 'rejects', ...first }),
      await world.buyer({ priceCents: 900, post: 'rejects', ...first }),
      await world.buyer({ priceCents: 500 }),
      await world.buyer({ priceCents: 500 }),
    ];
    const campaign = await world.campaign([{ method: 'waterfall', buyers: tiers }]);
    const { id } = await campaign.submitLead();
    await keepLead(world, 'sold-in-second-tier', id);
  });

  test('sold by total to two, after the best exclusive bid', async ({ world }) => {
    const shared = { contract: { exclusive: false } };
    const buyers = [
      await world.buyer({ bidCents: 1000 }),
      await world.buyer({ bidCents: 700, ...shared }),
      await world.buyer({ bidCents: 600, ...shared }),
    ];
    const campaign = await world.campaign([{ method: 'ping_post', pick: 'total', buyers }], {
      max_sales: 2,
    });
    const { id } = await campaign.submitLead();
    await keepLead(world, 'sold-by-total', id);
  });

  test('refused as a duplicate', async ({ world }) => {
    const campaign = await world.campaign([], { duplicates: { by: [['phone']] } });
    await campaign.submitLead({ phone: '512-555-0001' });
    const { id, status } = await campaign.submitLead({ phone: '512-555-0001' });
    expect(status).toBe('duplicate');
    await keepLead(world, 'refused-duplicate', id);
  });

  test('in doubt, settled as rejected, and sold to the next', async ({ world }) => {
    const silent = await world.buyer({ bidCents: 900, post: 'hangs', postTimeout: '300ms' });
    const next = await world.buyer({ bidCents: 800 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent, next] }]);
    const { id } = await campaign.submitLead();
    await world.settleDoubt(id, silent.contract, 'rejected');
    await keepLead(world, 'in-doubt-then-settled', id);
  });

  test('in doubt, settled as accepted, and delivered', async ({ world }) => {
    const post = { fault: 'accept_then_hang' } as const;
    const silent = await world.buyer({ bidCents: 900, post, postTimeout: '300ms', crm: {} });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [silent] }]);
    const { id } = await campaign.submitLead();
    await world.settleDoubt(id, silent.contract, 'accepted');
    await keepLead(world, 'in-doubt-then-accepted', id);
  });

  test('offered to a slow buyer by a regular activity', async ({ world }) => {
    const slow = await world.buyer({ bidCents: 900, postTimeout: '20s' });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [slow] }]);
    const { id } = await campaign.submitLead();
    await keepLead(world, 'slow-buyer-regular-activity', id);
  });

  test('delivered after a failure', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900, crm: { failFirst: 1 } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const { id } = await campaign.submitLead();
    await keepLead(world, 'delivery-failed-then-retried', id);
  });

  test('delivered by a receiver that takes its time', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900, crm: { delayMs: [1_500, 1_500] } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const { id } = await campaign.submitLead();
    await keepLead(world, 'delivery-under-way', id);
  });

  test('given up by its delivery', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900, crm: { fault: 'status', status: 410 } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const { id } = await campaign.submitLead();
    await keepLead(world, 'delivery-given-up', id);
  });

  test('shared by two', async ({ world }) => {
    const shared = { contract: { exclusive: false } };
    const buyers = [
      await world.buyer({ bidCents: 900, ...shared }),
      await world.buyer({ bidCents: 800, ...shared }),
    ];
    const campaign = await world.campaign([{ method: 'ping_post', buyers }], { max_sales: 2 });
    const { id } = await campaign.submitLead();
    await keepLead(world, 'shared-sale', id);
  });

  test('shared, with a doubt that turned out to be a sale', async ({ world }) => {
    const shared = { contract: { exclusive: false } };
    const post = { fault: 'accept_then_hang' } as const;
    const buyers = [
      await world.buyer({ bidCents: 900, post, postTimeout: '300ms', crm: {}, ...shared }),
      await world.buyer({ bidCents: 800, ...shared }),
    ];
    const campaign = await world.campaign([{ method: 'ping_post', buyers }], { max_sales: 2 });
    const { id } = await campaign.submitLead();
    await world.settled(id);
    await world.settleDoubt(id, buyers[0]?.contract ?? '', 'accepted');
    await keepLead(world, 'shared-sale-doubt-accepted', id);
  });

  test('taken up again after its process was killed', async ({ world }) => {
    const post = { fault: 'accept_then_hang' } as const;
    const buyer = await world.buyer({ bidCents: 900, post, postTimeout: '4s' });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const id = await campaign.beginLead();
    await buyer.until('post');
    await world.processes[0]?.kill();
    await world.processes[0]?.start();
    await world.settled(id);
    await world.settleDoubt(id, buyer.contract, 'accepted');
    await keepLead(world, 'killed-and-taken-up', id);
  });
});

describe('caps', () => {
  test('held, released, kept and denied', async ({ world }) => {
    const capped = await world.buyer({
      bidCents: 900,
      caps: [{ per: 'day', leads: 2 }],
      post: { rejectEvery: 2 },
    });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [capped] }]);
    for (let n = 0; n < 4; n += 1) await world.done((await campaign.submitLead()).id);
    await until('the sales are kept', async () => (await world.caps(capped)).open === 0);
    await keep(world, 'buyer-caps', capsWorkflowId(capped.id));
  });

  test('carried on in a new run', async ({ world }) => {
    const capped = await world.buyer({ bidCents: 900, caps: [{ per: 'day', leads: 3 }] });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [capped] }]);
    const sold = await campaign.submitLead();
    await world.done(sold.id);
    const handle = world.client.workflow.getHandle(capsWorkflowId(capped.id));
    const first = (await handle.describe()).runId;
    // Ids that hold nothing fill the run with updates; ten at a time, as ten processes would.
    let sent = 0;
    const fill = async (): Promise<void> => {
      while (sent < 1_000 && (await handle.describe()).runId === first) {
        for (let burst = 0; burst < 5; burst += 1) {
          sent += 1;
          const ops: CapOp[] = [{ op: 'keep', id: `nothing/${sent}` }];
          await handle.executeUpdate<CapDecision[], [CapOp[]]>('apply', { args: [ops] });
        }
      }
    };
    await Promise.all(Array.from({ length: 10 }, fill));
    await until('a new run', async () => (await handle.describe()).runId !== first);
    await world.done((await campaign.submitLead()).id);
    // T16: a hold of the first run, sent again, is still a repeat.
    const [window] = Object.entries((await world.caps(capped)).windows);
    const id = holdIdOf({ leadId: sold.id, contractId: capped.contract, round: 1 });
    const [key, { limit, endsAtMs }] = window ?? ['', { limit: 0, endsAtMs: null }];
    const again = { op: 'hold', id, atMs: Date.now(), version: 1 } as const;
    const ops = [{ ...again, windows: [{ key, amount: 1, limit, endsAtMs }] }];
    const decided = await handle.executeUpdate<CapDecision[], [CapOp[]]>('apply', { args: [ops] });
    expect(decided).toMatchObject([{ kind: 'granted', rooms: [{ left: 1 }] }]);
    await keep(world, 'buyer-caps-continued', capsWorkflowId(capped.id));
    const before = world.client.workflow.getHandle(capsWorkflowId(capped.id), first);
    await replay(await before.fetchHistory());
  });
});

test('no history holds anything of the person', async ({ world }) => {
  const buyer = await world.buyer({ bidCents: 900, crm: {} });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  const person = {
    first_name: 'Zebulon',
    phone: '512-555-0987',
    email: 'zebulon@example.com',
    zip: '78799',
  };
  const { id } = await campaign.submitLead(person);
  await world.done(id);
  const history = await world.client.workflow.getHandle(leadWorkflowId(id)).fetchHistory();
  const decoded = clearText(history);
  expect(decoded).toContain(id);
  expect(decoded).not.toMatch(/zebulon|5550987|555-0987|78799/i);
});
