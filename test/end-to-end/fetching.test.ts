// A lead that Meta or LinkedIn announces is fetched, taken in once and distributed, whatever the
// platform does meanwhile; what cannot be had is said so, and never lost silently.

import { createHmac } from 'node:crypto';
import { afterAll, expect } from 'vitest';
import type { LeadId } from '../../src/domain/ids.ts';
import { clearText, replay, storeHistory } from '../support/histories.ts';
import { LINKEDIN_TOKEN, linkedinResponse, startLinkedin } from '../support/fake-linkedin.ts';
import { graphLead, PAGE_TOKEN, startGraph } from '../support/graph.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';
import { personNo } from '../support/world-draft.ts';

const [graph, linkedin] = await Promise.all([startGraph(), startLinkedin()]);
afterAll(() => Promise.all([graph.close(), linkedin.close()]));
const test = worldTest({
  env: {
    SLUICE_META_GRAPH_URL: graph.url,
    OUTBOUND_ALLOW_PRIVATE: `${graph.address},${linkedin.address}`,
    ...{ META_SECRET: 'app secret', META_VERIFY: 'verify', META_TOKEN: PAGE_TOKEN },
    META_OLD_TOKEN: 'expired',
    ...{ LINKEDIN_SECRET: 'client secret', LINKEDIN_TOKEN },
  },
});

/** A page at Meta whose leads are for a new campaign with one buyer. */
function page(world: World, account: string, token = 'META_TOKEN') {
  const meta = {
    ...{ app_secret_ref: 'env:META_SECRET', verify_token_ref: 'env:META_VERIFY' },
    page_token_ref: `env:${token}`,
  };
  return openDoor(world, `page_${account}`, { format: 'meta', account, meta });
}

async function openDoor(world: World, name: string, door: object) {
  const buyer = await world.buyer({ bidCents: 900 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  const doors = { [name]: { ...door, campaign: campaign.id } };
  world.document.sources['acme'] = { ...world.document.sources['acme'], doors };
  await world.apply();
  return { buyer, campaign };
}

async function announce(world: World, pageId: string, leadgenIds: readonly string[]) {
  const changes = leadgenIds.map((leadgen_id) => {
    return { field: 'leadgen', value: { leadgen_id, page_id: pageId, form_id: '9' } };
  });
  const body = JSON.stringify({ object: 'page', entry: [{ id: pageId, time: 1, changes }] });
  const signature = createHmac('sha256', 'app secret').update(body).digest('hex');
  const response = await fetch(`${world.processes[0]?.url}/in/meta`, {
    method: 'POST',
    body,
    headers: { 'X-Hub-Signature-256': `sha256=${signature}` },
  });
  return response.status;
}

interface NoticeRow {
  readonly state: string;
  readonly detail: string | null;
  readonly lead_id: LeadId | null;
}

function noticeOnce(world: World, leadgenId: string, state: string): Promise<NoticeRow> {
  return until(
    `notice ${leadgenId} is ${state}`,
    async () => {
      const text = 'select state, detail, lead_id from notices where external_id = $1';
      const [row] = await world.rows<NoticeRow>(text, [leadgenId]);
      return row?.state === state && row;
    },
    20_000,
  );
}

const person = (n: number) => {
  const { first_name, phone, email, zip, state } = personNo(n) as Record<string, string>;
  const names = { full_name: `${first_name} Lee`, phone_number: phone, zip_code: zip };
  return graphLead({ ...names, email, state } as Record<string, string>);
};

test('a lead is sold after limits, faults and nonsense, once for two announcements', async ({
  world,
}) => {
  const { buyer } = await page(world, '11');
  const id = '24900000000000003';
  graph.will(id, { code: 613 }, { text: '<html>', status: 500 }, person(8_001));
  expect(await announce(world, '11', [id, id])).toBe(200);
  expect(await announce(world, '11', [id])).toBe(200);
  const { lead_id: leadId } = await noticeOnce(world, id, 'fetched');
  if (!leadId) throw new Error('fetched, and no lead');
  const trace = await world.ended(leadId);
  expect(trace).toMatchObject({ status: 'sold' });
  expect(await announce(world, '11', [id])).toBe(200);
  expect(buyer.received).toEqual(['ping', 'post']);
  expect(await world.rows('select from leads where external_id = $1', [id])).toHaveLength(1);
  expect(graph.asked.filter((each) => each === id)).toHaveLength(3);

  const history = await world.client.workflow.getHandle(`fetch/meta/${id}`).fetchHistory();
  await replay(history);
  if (process.env['SLUICE_RECORD_HISTORIES'] === '1') storeHistory('fetched-from-meta', history);
  const told = clearText(history);
  expect(told).toContain(id);
  const { phone, email } = personNo(8_001) as Record<string, string>;
  for (const secret of [phone, email, 'Lee', 'app secret', 'page token']) {
    expect(told).not.toContain(secret);
  }
});

test('what is not there is given up, and said so', async ({ world }) => {
  await page(world, '12');
  graph.will('1201', { code: 100, subcode: 33 });
  await announce(world, '12', ['1201']);
  const row = await noticeOnce(world, '1201', 'failed');
  expect(row).toEqual({ state: 'failed', detail: 'Graph says 100, subcode 33', lead_id: null });
  expect(graph.asked.filter((id) => id === '1201')).toHaveLength(1);
  await until('the operator is told', () => world.logTails().includes('could not be fetched'));
});

test('a dead token stops its page, and Graph is asked with it once', async ({ world }) => {
  await page(world, '13', 'META_OLD_TOKEN');
  for (const id of ['1301', '1302']) graph.will(id, person(8_002));
  await announce(world, '13', ['1301']);
  await noticeOnce(world, '1301', 'stopped');
  await announce(world, '13', ['1302']);
  const row = await noticeOnce(world, '1302', 'stopped');
  expect(row.detail).toContain('another one is needed');
  expect(graph.asked.filter((id) => id === '1301' || id === '1302')).toEqual(['1301']);
  await until('the operator is told', () => world.logTails().includes('env:META_OLD_TOKEN'));
  expect(world.logTails()).not.toContain('expired');
});

test('a test lead of Meta is a test, and is offered to nobody', async ({ world }) => {
  const { buyer } = await page(world, '14');
  const dummy = '<test lead: dummy data for full_name>';
  graph.will(
    '1401',
    graphLead({ full_name: dummy, phone_number: '+15125550142', zip_code: '78704' }),
  );
  await announce(world, '14', ['1401']);
  const { lead_id: leadId } = await noticeOnce(world, '1401', 'fetched');
  const [lead] = await world.rows<{ test: boolean }>('select test from leads where id = $1', [
    leadId,
  ]);
  expect(lead).toEqual({ test: true });
  expect(buyer.received).toEqual([]);
});

/** What happened to a response, as LinkedIn says it. */
async function announceResponse(world: World, id: string, leadAction = 'CREATED') {
  const body = JSON.stringify({
    ...{ type: 'LEAD_ACTION', leadGenFormResponse: `urn:li:leadGenFormResponse:${id}` },
    ...{ owner: { sponsoredAccount: 'urn:li:sponsoredAccount:7' }, leadType: 'SPONSORED' },
    ...{ leadAction, occurredAt: announced++ },
  });
  const hmac = createHmac('sha256', 'client secret').update(`hmacsha256=${body}`);
  const response = await fetch(`${world.processes[0]?.url}/in/linkedin`, {
    method: 'POST',
    body,
    headers: { 'X-LI-Signature': hmac.digest('hex') },
  });
  return response.status;
}
let announced = 1_756_051_200;

test('a response at LinkedIn is sold once, a deletion is none, a refused token is mended', async ({
  world,
}) => {
  const { buyer } = await openDoor(world, 'linkedin', {
    ...{ format: 'linkedin', account: 'urn:li:sponsoredAccount:7' },
    linkedin: {
      ...{ client_secret_ref: 'env:LINKEDIN_SECRET', token_ref: 'env:LINKEDIN_TOKEN' },
      base_url: linkedin.url,
    },
    fields: { 'Where do you live?': 'zip' },
  });
  const person = personNo(8_010) as Record<string, string>;
  const { first_name = '', phone = '', email = '', zip = '', state = '' } = person;
  const response = linkedinResponse([
    { predefinedField: 'FIRST_NAME', name: 'First name', answer: first_name },
    { predefinedField: 'LAST_NAME', name: 'Last name', answer: 'Quibblesworth' },
    { predefinedField: 'PHONE_NUMBER', name: 'Phone', answer: phone },
    { predefinedField: 'EMAIL', name: 'Email', answer: email },
    { predefinedField: 'STATE', name: 'State', answer: state },
    { name: 'Where do you live?', answer: zip },
  ]);
  const id = '52dcb737-26f9-4af3-b1fc-935b3e93f838-4';
  linkedin.will(id, { status: 429 }, { text: '<html>' }, { status: 401 }, response);
  expect(await announceResponse(world, id, 'DELETED')).toBe(200);
  for (let times = 0; times < 2; times += 1) expect(await announceResponse(world, id)).toBe(200);
  const refused = await noticeOnce(world, id, 'failed');
  expect(refused.detail).toBe('LinkedIn says 401: the token is refused: another one is needed');
  const first = world.client.workflow.getHandle(`fetch/linkedin/${id}`);
  expect(await first.result()).toEqual({ leadId: null });

  // What the guide has a person do.
  const again = `update notices set state = 'waiting', sweep_at = now()
                 where platform = 'linkedin' and state = 'failed'`;
  await world.rows(again, []);
  const { lead_id: leadId } = await noticeOnce(world, id, 'fetched');
  if (!leadId) throw new Error('fetched, and no lead');
  expect(await world.ended(leadId)).toMatchObject({ status: 'sold' });
  expect(await announceResponse(world, id)).toBe(200);
  expect(buyer.received).toEqual(['ping', 'post']);
  expect(linkedin.asked).toEqual([id, id, id, id]);
  expect(
    await world.rows('select state from notices where platform = $1 order by state', ['linkedin']),
  ).toEqual([{ state: 'fetched' }, { state: 'kept' }]);

  const history = await world.client.workflow.getHandle(`fetch/linkedin/${id}`).fetchHistory();
  await replay(history);
  const told = clearText(history);
  expect(told).toContain(id);
  for (const secret of [phone, email, 'Quibblesworth', 'client secret', LINKEDIN_TOKEN]) {
    expect(told).not.toContain(secret);
  }
});
