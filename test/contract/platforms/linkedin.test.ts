// Goal: LinkedIn's challenges are answered, and what it has signed is written down.

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { call, type Stand, startStand } from '../api-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
beforeEach(() => void (stand.notices.length = 0));
afterAll(() => stand.close());

const NOTICE = JSON.stringify({
  ...{ type: 'LEAD_ACTION', leadGenFormResponse: 'urn:li:leadGenFormResponse:1a2b-4' },
  ...{ leadGenForm: 'urn:li:versionedLeadGenForm:(urn:li:leadGenForm:3,1)', leadType: 'SPONSORED' },
  owner: { sponsoredAccount: 'urn:li:sponsoredAccount:7' },
  ...{ leadAction: 'CREATED', occurredAt: 1756051200 },
});

const sign = (body: string) =>
  createHmac('sha256', 'client_secret').update(`hmacsha256=${body}`).digest('hex');
const post = (body: string, signature: string) =>
  call(stand, 'POST /in/linkedin', { body, headers: { 'X-LI-Signature': signature } });

test('a challenge is answered with its HMAC', async () => {
  const challengeCode = '890e4665-4dfe-4ab1-b689-ed553bceeed0';
  const challengeResponse = createHmac('sha256', 'client_secret').update(challengeCode);
  for (const path of ['/in/linkedin', '/in/linkedin/urn:li:sponsoredAccount:7']) {
    const answer = await call(stand, `GET ${path}?challengeCode=${challengeCode}`);
    const body = { challengeCode, challengeResponse: expect.any(String) };
    expect(answer).toMatchObject({ status: 200, body });
  }
  const answer = await call(stand, `GET /in/linkedin?challengeCode=${challengeCode}`);
  expect(answer.body['challengeResponse']).toBe(challengeResponse.digest('hex'));
  expect((await call(stand, 'GET /in/linkedin?challengeCode=')).status).toBe(400);
  expect((await call(stand, 'GET /in/linkedin/nobody?challengeCode=a')).status).toBe(404);
});

test('a notification is written down, whether its signature has a prefix or not', async () => {
  const signature = sign(NOTICE);
  for (const said of [signature, `hmacsha256=${signature}`]) {
    expect((await post(NOTICE, said)).status).toBe(200);
  }
  const externalId = 'urn:li:leadGenFormResponse:1a2b-4@1756051200';
  const notice = { platform: 'linkedin', externalId, sourceId: 'acme', state: 'kept' };
  expect(stand.notices).toMatchObject([notice, notice]);
});

test('the known vector of a signature is good, and another is not', async () => {
  const body = '{"type":"LEAD_ACTION"}';
  const good = 'fedbccd22be4ae77c30034ec6d85c64669341401089e880375e9c3fd4ae21ae1';
  expect((await post(body, good)).status).toBe(400);
  expect((await post(body, good.replace('f', 'e'))).status).toBe(401);
  expect((await post('null', sign('null'))).status).toBe(400);
  expect(stand.notices).toEqual([]);
});
