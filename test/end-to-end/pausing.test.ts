// Goal: a pause counts at once, in every process, for leads that are routed already as well.
// Method: two processes; one is told, the other has the lead.

import { expect } from 'vitest';
import { request } from '../support/campaign.ts';
import { worldTest } from '../support/world.ts';
import { contractOf, SOURCE_KEY } from '../support/world-draft.ts';
import { until } from '../support/until.ts';

const test = worldTest({ processes: 2 });

test('a lead that was routed before is not posted to a contract paused meanwhile', async ({
  world,
}) => {
  const buyer = await world.buyer({ bidCents: 900, ping: { delayMs: 800 } });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer], deadline: '3s' }]);
  const contract = contractOf(buyer.id);
  const leadId = await campaign.beginLead({}, { via: 1 });
  await buyer.until('ping');
  const paused = await world.operator('POST', `/v1/contracts/${contract}/pause`);
  expect(paused.body).toMatchObject({ status: 'applied', entry: { paused: true } });
  expect((await world.ended(leadId)).status).toBe('unsold');
  expect(buyer.received).toEqual(['ping']);
  const attempts = await world.rows(
    `select state, result->>'reason' as reason, result->>'detail' as detail
     from attempts where lead_id = $1`,
    [leadId],
  );
  expect(attempts).toEqual([
    { state: 'not_sent', reason: 'paused', detail: `contract/${contract}` },
  ]);

  await world.operator('POST', `/v1/contracts/${contract}/resume`);
  await until('a lead is sold again', async () => {
    const { status } = await campaign.submitLead({}, { via: 1 });
    return status === 'sold';
  });
});

test('the other process follows within a second', async ({ world }) => {
  const buyer = await world.buyer({ priceCents: 900 });
  await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
  const url = `${world.processes[1]?.url}/v1/leads`;
  // No lead: it is refused for its shape, or before that for its source.
  const ask = () => request({ url, method: 'POST', key: SOURCE_KEY, body: {} });
  const took: number[] = [];
  for (const [verb, http] of Array.from({ length: 10 }).flatMap(() => [
    ['pause', 403] as const,
    ['resume', 422] as const,
  ])) {
    expect((await world.operator('POST', `/v1/sources/acme/${verb}`)).http).toBe(200);
    const begunAt = performance.now();
    await until(`${verb} counts`, async () => (await ask()).http === http, 5_000);
    took.push(performance.now() - begunAt);
  }
  process.stdout.write(`pause and resume counted after ${took.map(Math.round).join(', ')} ms\n`);
  expect(Math.max(...took)).toBeLessThan(1_000);
});
