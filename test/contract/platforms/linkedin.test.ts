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
  const about = { leadAction: 'CREATED', occurredAt: '1756051200', leadType: 'SPONSORED' };
  const notice = { platform: 'linkedin', externalId: '1a2b-4', sourceId: 'acme', about };
  expect(stand.notices).toMatchObject([
    { ...notice, door: 'linkedin', state: 'waiting' },
    { ...notice, door: 'linkedin', state: 'waiting' },
  ]);
});

test('a response announced at another instant is the same', async () => {
  await post(NOTICE, sign(NOTICE));
  const later = NOTICE.replace('1756051200', '1756051299');
  await post(later, sign(later));
  expect(stand.notices.map(({ externalId }) => externalId)).toEqual(['1a2b-4', '1a2b-4']);
});

const kept: [what: string, body: string, externalId: string][] = [
  ['a deletion', NOTICE.replace('CREATED', 'DELETED'), '1a2b-4@1756051200'],
  ['what nobody knows yet', NOTICE.replace('CREATED', 'MOVED'), '1a2b-4@1756051200'],
  ['a lead of a door without a token', NOTICE.replace('Account:7', 'Account:8'), '1a2b-4'],
];
test.for(kept)('%s is kept, and never fetched', async ([, body, externalId]) => {
  expect((await post(body, sign(body))).status).toBe(200);
  expect(stand.notices).toMatchObject([{ externalId, state: 'kept' }]);
});

test('an id that is a path is none', async () => {
  const body = NOTICE.replace('1a2b-4', '..');
  expect((await post(body, sign(body))).status).toBe(400);
  expect(stand.notices).toEqual([]);
});

test('the known vector of a signature is good, and another is not', async () => {
  const body = '{"type":"LEAD_ACTION"}';
  const good = 'fedbccd22be4ae77c30034ec6d85c64669341401089e880375e9c3fd4ae21ae1';
  expect((await post(body, good)).status).toBe(400);
  expect((await post(body, good.replace('f', 'e'))).status).toBe(401);
  expect((await post('null', sign('null'))).status).toBe(400);
  expect(stand.notices).toEqual([]);
});
