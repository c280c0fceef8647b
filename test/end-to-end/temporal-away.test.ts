// Temporal is away: leads are still taken in, and worked on as soon as it is back.

import { expect } from 'vitest';
import { request } from '../support/campaign.ts';
import { until } from '../support/until.ts';
import { worldTest } from '../support/world.ts';

const test = worldTest({ proxied: true });

const STARTED_WITHIN_MS = 10_000;

test('a lead is accepted with 202, and sold within ten seconds of the return', async ({
  world,
}) => {
  const buyer = await world.buyer({ bidCents: 900 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  expect((await campaign.submitLead()).status).toBe('sold');

  await world.temporal.cut();
  const answers = await Promise.all([campaign.submit(), campaign.submit(), campaign.submit()]);
  for (const { http, body, ms } of answers) {
    expect([http, body['status']]).toEqual([202, 'pending']);
    expect(ms).toBeLessThan(5_500);
  }
  const { url = '' } = world.processes[0] ?? {};
  const health = await until('the loss is noticed', async () => {
    const answer = await request({ url: `${url}/health/ready`, method: 'GET', key: '' });
    return JSON.stringify(answer.body['degraded']) === '["temporal"]' && answer;
  });
  expect(health.http).toBe(200);
  expect(buyer.lines('post')).toHaveLength(1);

  await world.temporal.mend();
  for (const { leadId } of answers) {
    const trace = await world.ended(leadId, STARTED_WITHIN_MS);
    expect(trace.status).toBe('sold');
  }
  expect(buyer.lines('post')).toHaveLength(4);
  expect((await campaign.submitLead()).status).toBe('sold');
});

test('lost in the middle of a lead, it costs the lead nothing but time', async ({ world }) => {
  const buyer = await world.buyer({ bidCents: 900, ping: { delayMs: 300 } });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  const leadId = await campaign.beginLead();
  await buyer.until('ping');
  await world.temporal.cut();
  // The process has all it needs to sell it, and answers.
  const trace = await world.ended(leadId, 10_000);
  expect(trace.status).toBe('sold');
  await world.temporal.mend();
  await world.done(leadId, 30_000);
  expect(buyer.received).toEqual(['ping', 'post']);
});

test('that has never been there is waited for', async ({ world }) => {
  const buyer = await world.buyer({ bidCents: 900 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  const [serve] = world.processes;
  await serve?.stop();
  await world.temporal.cut();
  const starting = serve?.start();
  const { url = '' } = serve ?? {};
  const isLive = async () => (await fetch(`${url}/health/live`).catch(() => undefined))?.ok;
  await until('the process takes requests', isLive, 20_000);
  const { http, id } = await campaign.submitLead();
  expect(http).toBe(202);
  await world.temporal.mend();
  await starting;
  expect((await world.ended(id, STARTED_WITHIN_MS)).status).toBe('sold');
});
