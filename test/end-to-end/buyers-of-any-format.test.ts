// The contracts of the guide are applied as they stand there and sell to buyers that take nothing
// but their own format. The journal of the buyers says what each was really sent; the history and
// the trace hold no secret and no person.

import { createHmac } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, describe, expect } from 'vitest';
import { parse } from 'yaml';

import type { JournalLine } from '../../src/demo/buyer-journal.ts';
import { startFormatBuyers } from '../support/format-buyers.ts';
import { guideExample } from '../support/guide.ts';
import { clearText } from '../support/histories.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const SECRETS = {
  FORM_BUYER_KEY: 'canary-form-key',
  XML_BUYER_PASSWORD: 'canary-xml-password',
  SOAP_BUYER_KEY: 'canary-soap-key',
  SIGNED_BUYER_SECRET: 'canary-signed-secret',
  CRM_TOKEN: 'canary-crm-token',
};
const CRM_BEARER = `Bearer ${SECRETS.CRM_TOKEN}`;
const json = (value: unknown) => ({ body: JSON.stringify(value) });
const xml = new XMLParser({ ignoreAttributes: false, parseTagValue: false });

const SOAP_ANSWER =
  '<soap:Envelope xmlns:soap="urn:e"><soap:Body><AddLeadResponse><code>0</code><id>S1</id>' +
  '</AddLeadResponse></soap:Body></soap:Envelope>';

const buyers = await startFormatBuyers({
  '/api/ping': ({ body }) =>
    new URLSearchParams(body).get('Key') === SECRETS.FORM_BUYER_KEY
      ? json({ result: 'Success', price: '12.50', ping_id: 'p-7', token: '0012-ab' })
      : json({ result: 'failed' }),
  '/api/post': ({ body }) => {
    const sent = new URLSearchParams(body);
    const phone = sent.get('Phone') ?? '';
    if (phone.endsWith('7701'))
      return json({ result: 'failed', msg: `no ${phone} ${sent.get('Key')}` });
    return json({ result: 'success', lead_id: '00077', redirect: 'https://next.example/thanks' });
  },
  '/xml': () => ({
    body:
      '<PostResponse><isValidPost>true</isValidPost>' +
      '<LeadIdentifier>9</LeadIdentifier></PostResponse>',
  }),
  '/soap': () => ({ body: SOAP_ANSWER }),
  '/leads': () => json({ accepted: true, id: 'L1' }),
  '/odd': () => json({ ok: true }),
  '/crm': () => ({ status: 201, body: '' }),
});
afterAll(() => buyers.close());

/** Every sale of a lead to these buyers, for the audit of the books. */
const taken: JournalLine[] = [];
const test = worldTest({ taken, env: { ...SECRETS, OUTBOUND_ALLOW_PRIVATE: buyers.address } });

/** A contract of the guide, whose buyers live here. */
function contractOf(name: string): Record<string, unknown> {
  const here = guideExample('buyers-of-any-format.md', name)
    .replaceAll('https://buyer.example', `http://${buyers.address}`)
    .replaceAll('https://crm.example/leads', `http://${buyers.address}/crm`);
  return parse(here) as Record<string, unknown>;
}

async function sell(world: World, name: string, fields: Record<string, unknown> = {}) {
  const { price_cents: priceCents, ...contract } = contractOf(name);
  const price = priceCents === undefined ? {} : { priceCents: Number(priceCents) };
  const buyer = await world.buyer({ ...price, contract });
  const method = priceCents === undefined ? 'ping_post' : 'waterfall';
  const campaign = await world.campaign([{ method, buyers: [buyer] }]);
  const before = buyers.journal.length;
  const answer = await campaign.submit(fields);
  const posts = buyers.journal.slice(before).filter(({ path }) => POSTS.has(path));
  expect(posts).toHaveLength(1);
  if (answer.body['status'] === 'sold') taken.push(takenBy(buyer, answer.leadId));
  return { answer, trace: await world.trace(answer.leadId) };
}

const POSTS = new Set(['/api/post', '/xml', '/soap', '/leads', '/odd']);

/** As the stand-in buyers write it down. */
function takenBy({ id, contract }: { id: string; contract: string }, leadId: string): JournalLine {
  return {
    ...{ at: '', seq: 0, buyer: id, kind: 'post', leadId, contract, key: null },
    ...{ decision: 'accepted', amountCents: null, fault: null, fields: [] },
  };
}

/** What was sent there last. */
function lastAt(path: string) {
  const last = buyers.at(path).at(-1);
  if (!last) throw new Error(`nothing came to ${path}`);
  return last;
}

describe('a contract of the guide', () => {
  test('a form: asked, then posted with what the ping’s answer held', async ({ world }) => {
    const { answer, trace } = await sell(world, 'form');
    expect(answer.body).toMatchObject({
      status: 'sold',
      redirect_url: 'https://next.example/thanks',
    });
    const asked = Object.fromEntries(new URLSearchParams(lastAt('/api/ping').body));
    expect(asked).toMatchObject({ Zip: '78704', Key: SECRETS.FORM_BUYER_KEY });
    expect(Object.keys(asked)).not.toContain('Phone');
    const sent = Object.fromEntries(new URLSearchParams(lastAt('/api/post').body));
    expect(sent).toMatchObject({ First_Name: 'Ann', Ping_Id: 'p-7', Token: '0012-ab' });
    expect(sent['Phone']).toMatch(/^512555\d{4}$/);
    expect(lastAt('/api/post').headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(trace.attempts).toMatchObject([{ state: 'accepted', reference: '00077' }]);
    expect(buyers.at('/api/post')).toHaveLength(1);
  });

  test('xml, by Basic', async ({ world }) => {
    const { answer } = await sell(world, 'xml');
    expect(answer.body).toMatchObject({ status: 'sold' });
    const { headers, body } = lastAt('/xml');
    expect(headers.authorization).toBe(`Basic ${btoa(`sluice:${SECRETS.XML_BUYER_PASSWORD}`)}`);
    expect(xml.parse(body)).toMatchObject({
      PostLead: {
        '@_version': '2',
        Contact: {
          FirstName: 'Ann',
          Phone: { '@_type': 'cell', '#text': expect.stringMatching(/^512-555-\d{4}$/) },
          State: 'TX',
        },
      },
    });
  });

  test('soap, with its action', async ({ world }) => {
    const { answer } = await sell(world, 'soap');
    expect(answer.body).toMatchObject({ status: 'sold' });
    const { headers, body } = lastAt('/soap');
    expect(headers).toMatchObject({
      ...{ soapaction: '"urn:AddLead"', 'content-type': 'text/xml; charset=utf-8' },
      'x-api-key': SECRETS.SOAP_BUYER_KEY,
    });
    expect(xml.parse(body)).toMatchObject({
      'soap:Envelope': { 'soap:Body': { AddLead: { lead: { name: 'Ann', price: '11.00' } } } },
    });
  });

  test('signed json: the signature is of the very bytes', async ({ world }) => {
    const { answer } = await sell(world, 'signed', { email: undefined });
    expect(answer.body).toMatchObject({ status: 'sold' });
    const { headers, body } = lastAt('/leads');
    const text = `${String(headers['x-timestamp'])}.${body}`;
    const signature = createHmac('sha256', SECRETS.SIGNED_BUYER_SECRET).update(text).digest('hex');
    expect(headers['x-signature']).toBe(`sha256=${signature}`);
    expect(JSON.parse(body)).toEqual({
      lead: {
        contacts: [{ value: expect.stringMatching(/^\+1512555\d{4}$/) }],
        ...{ region: 'south', test: false },
      },
    });
  });

  test('a template, and a push to a CRM', async ({ world }) => {
    const { answer, trace } = await sell(world, 'template');
    expect(answer.body).toMatchObject({ status: 'sold' });
    const { rows, bid } = JSON.parse(lastAt('/odd').body) as { rows: string[][]; bid: number };
    expect(rows.map(([name]) => name)).toEqual(['phone', 'email']);
    expect(bid).toBe(900);
    const pushed = await until('the push', () => buyers.at('/crm').at(-1), 15_000);
    expect(pushed).toMatchObject({ method: 'PUT', headers: { authorization: CRM_BEARER } });
    expect(JSON.parse(pushed.body)).toMatchObject({ id: trace.id, paid: 9 });
    expect(pushed.headers['idempotency-key']).toContain(`${answer.leadId}/`);
  });
});

test('a buyer that echoes its key and the person gets neither into trace or history', async ({
  world,
}) => {
  const { answer, trace } = await sell(world, 'form', { phone: '5125557701' });
  expect(answer.body).toMatchObject({ status: 'unsold' });
  expect(lastAt('/api/post').body).toContain(SECRETS.FORM_BUYER_KEY);
  const attempt = trace.attempts[0];
  expect(attempt).toMatchObject({ state: 'rejected', reason: 'buyer_rejected' });
  const history = await world.client.workflow.getHandle(`lead/${answer.leadId}`).fetchHistory();
  const payloads = clearText(history);
  for (const text of [JSON.stringify(trace.attempts), payloads]) {
    expect(text).not.toContain(SECRETS.FORM_BUYER_KEY);
    expect(text).not.toContain('5125557701');
  }
  expect(payloads).toContain('captures');
});
