// The addresses that Twilio posts to: what they take, and what they answer. Whether a callback is
// Twilio's is decided behind them.

import express from 'express';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sendProblem } from '../../../src/api/problems.ts';
import { createTransferRouter } from '../../../src/api/transfers/callbacks.ts';
import type { CallbackAnswer, CallbackVisit } from '../../../src/api/transfers/visit.ts';

const LEAD = 'lead_01JDK3V8Q2W9X4Y5Z6A7B8C9D0';
let answer: CallbackAnswer = { kind: 'noted' };
let visits: CallbackVisit[] = [];
const app = express();
app.use(
  createTransferRouter({
    hearCall: async (visit) => {
      visits.push(visit);
      return answer;
    },
  }),
);
app.use((_req, res) => void res.status(404).end());
app.use(sendProblem);
const server = app.listen(0, '127.0.0.1');
let url = '';
beforeAll(() => {
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  answer = { kind: 'noted' };
  visits = [];
});
afterAll(() => void server.close());

const post = (path: string, body = 'CallSid=CA1&Digits=1') =>
  fetch(url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': 'signed',
      host: 'evil.example',
    },
    body,
  });
const at = (callback: string) => `/v1/transfers/${LEAD}/apex_auto/2/${callback}`;

test('hands on the attempt, the form, and the path that was signed', async () => {
  expect((await post(`${at('accept')}?a=1`)).status).toBe(204);
  expect(visits).toMatchObject([
    {
      key: { leadId: LEAD, contractId: 'apex_auto', round: 2 },
      callback: 'accept',
      path: `${at('accept')}?a=1`,
      signature: 'signed',
    },
  ]);
  expect(visits[0]?.form.get('Digits')).toBe('1');
});

const answers: [answer: CallbackAnswer, status: number, type: string][] = [
  [{ kind: 'twiml', xml: '<Response/>' }, 200, 'text/xml; charset=utf-8'],
  [{ kind: 'forbidden' }, 403, 'application/problem+json; charset=utf-8'],
  [{ kind: 'unreadable' }, 400, 'application/problem+json; charset=utf-8'],
];
test.for(answers)('answers %j', async ([said, status, type]) => {
  answer = said;
  const response = await post(at('whisper'));
  expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
});

const nowhere: [says: string, path: string][] = [
  ['another callback', at('record')],
  ['no lead', '/v1/transfers/lead_1/apex_auto/1/whisper'],
  ['no round', `/v1/transfers/${LEAD}/apex_auto/0/whisper`],
  ['no contract', `/v1/transfers/${LEAD}/Apex%20auto/1/whisper`],
];
test.for(nowhere)('is not there for %s', async ([, path]) => {
  expect((await post(path)).status).toBe(404);
  expect(visits).toEqual([]);
});

test('takes no more than Twilio sends', async () => {
  expect((await post(at('status'), `CallSid=${'1'.repeat(17_000)}`)).status).toBe(413);
  const many = Array.from({ length: 300 }, (_, index) => `f${index}=1`).join('&');
  expect((await post(at('status'), many)).status).toBe(404);
  expect(visits).toEqual([]);
});
