// Goal: whatever an automation tool posts becomes a lead by the paths of its door, or is refused.

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { call, type Stand, startStand } from '../api-stand.ts';
import { keys } from '../intake-world.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
beforeEach(() => {
  stand.leads.length = 0;
  stand.logLines.length = 0;
  stand.outcome = { kind: 'unsold', reason: 'no_bids' };
});
afterAll(() => stand.close());

const contact = { phone: '(512) 555-0142', first_name: 'Ann' };
const lead = { data: { id: 'z-1', zip: '00704', contact, tags: ['a', 'b'] }, first_name: 'Ann' };
const post = (body: unknown, headers: Record<string, string> = {}, path = `zap/${keys.door}`) =>
  call(stand, `POST /in/webhook/${path}`, { body, headers });

describe('a webhook', () => {
  test('is read by its paths; the rest keeps its dotted names', async () => {
    const answer = await post(lead);
    expect(answer).toMatchObject({ status: 200, body: { status: 'unsold', reason: 'no_bids' } });
    const [stored] = stand.leads;
    expect(stored?.draft.fields).toEqual({
      first_name: 'Ann',
      phone: '+15125550142',
      zip: '00704',
    });
    expect(stored?.draft).toMatchObject({ externalId: 'z-1', sourceId: 'acme' });
    expect(stored?.draft.raw).toMatchObject({ 'data.contact.first_name': 'Ann' });
  });

  test('comes once by the id that a path names', async () => {
    const first = await post(lead);
    const again = await post({ ...lead, sent: 'again' });
    expect(again.text).toBe(first.text);
    expect(stand.leads).toHaveLength(1);
  });

  const types: [type: string, body: string][] = [
    [
      'application/x-www-form-urlencoded',
      'first_name=Ann&data.contact.phone=5125550142&data.zip=00704',
    ],
    [
      'text/xml',
      '<l><first_name>Ann</first_name><data><zip>00704</zip>' +
        '<contact><phone>5125550142</phone></contact></data></l>',
    ],
  ];
  test.for(types)('may be %s', async ([type, body]) => {
    expect((await post(body, { 'Content-Type': type })).status).toBe(200);
    const fields = { first_name: 'Ann', phone: '+15125550142', zip: '00704' };
    expect(stand.leads[0]?.draft.fields).toEqual(fields);
  });

  test('a path goes before a name that happens to be the same', async () => {
    await post({ ...lead, Phone: 'call me' });
    expect(stand.leads[0]?.draft.fields).toMatchObject({ phone: '+15125550142' });
    expect(stand.leads[0]?.draft.raw).toMatchObject({ 'other.Phone': 'call me' });
  });

  const refusals: [what: string, body: unknown, headers: Record<string, string>, status: number][] =
    [
      ['another type', 'x', { 'Content-Type': 'text/plain' }, 400],
      ['nothing', '{}', {}, 400],
      ['a list', '[]', {}, 400],
      ['a list for one field', { ...lead, zip: ['1', '2'], data: {} }, {}, 422],
      ['a name twice', 'zip=1&zip=2', { 'Content-Type': 'application/x-www-form-urlencoded' }, 422],
      ['a compression nobody knows', '{}', { 'Content-Encoding': 'lzma' }, 415],
      ['a document type', '<!DOCTYPE a><a/>', { 'Content-Type': 'application/xml' }, 400],
    ];
  test.for(refusals)('with %s is refused, and not kept', async ([, body, headers, status]) => {
    const answer = await post(body, headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(stand.leads).toEqual([]);
  });

  test.for(['zap', 'zap/guessed', `nobody/${keys.door}`])('at %s is nobody’s', async (path) => {
    expect((await post(lead, {}, path)).status).toBe(401);
    expect(stand.logLines.join('')).not.toContain('guessed');
  });

  describe('that is signed', () => {
    const body = JSON.stringify({ first_name: 'Ann', phone: '5125550142', zip: '00704' });
    const sign = (secret: string, at = '1756051200') =>
      `t=${at},s=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;

    test('is answered at once', async () => {
      const answer = await post(body, { 'TikTok-Signature': sign('hook secret') }, 'tiktok');
      expect(answer).toMatchObject({ status: 200, body: { status: 'received' } });
      expect(stand.leads).toHaveLength(1);
    });

    const wrong = ['', 'x', 't=1,s=', sign('guessed'), sign('hook secret').replace('t=1', 't=2')];
    test.for(wrong)('with %j is refused', async (signature) => {
      const answer = await post(body, { 'TikTok-Signature': signature }, 'tiktok');
      expect(answer.status).toBe(401);
      expect(stand.leads).toEqual([]);
      expect(stand.logLines.join('')).not.toContain('hook secret');
    });
  });
});
