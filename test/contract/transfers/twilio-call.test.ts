// A post by phone: what a world may say of it, what Twilio is asked, and what its answers come to.

import { describe, expect, test } from 'vitest';
import { doubtTerms } from '../../../src/activities/doubts/terms.ts';
import type { IncomingReply } from '../../../src/delivery/adapter.ts';
import { parseLook, twilioCallAdapter } from '../../../src/delivery/calls/twilio-call.ts';
import { toLeadId } from '../../../src/domain/ids.ts';
import { cents } from '../../../src/domain/money.ts';
import { refuseUnreachable, warnOfUnreachable } from '../../../src/serving/transfers/reachable.ts';
import { contractOf, stepOf, WRITTEN, worldOf } from './call-stand.ts';

const LEAD = toLeadId('01JDK3V8Q2W9X4Y5Z6A7B8C9D0');
const CA = `CA${'1'.repeat(32)}`;

function built(fields: Record<string, string>, more: object = {}) {
  const parcel = { leadId: LEAD, campaign: 'auto', contractId: 'apex_auto', round: 2, fields };
  const given = {
    ...{ secrets: new Map([['env:TWILIO_KEY', 'SK1:secret']]), nowMs: 0, timeZone: 'UTC' },
    ...{ publicUrl: 'https://s.example/sluice', priceCents: cents(4_000), ...more },
  };
  return twilioCallAdapter.buildPost(parcel, stepOf(), given);
}

describe('the request', () => {
  test('asks for one call, with addresses that name the attempt and nothing of the person', () => {
    const request = built({ phone: '+15125550142', state: 'TX' });
    if ('unbuildable' in request) throw new Error(request.unbuildable);
    expect(request).toMatchObject({
      method: 'POST',
      url: `https://api.twilio.com/2010-04-01/Accounts/${WRITTEN.account_sid}/Calls.json`,
      headers: { authorization: 'Basic U0sxOnNlY3JldA==' },
    });
    const at = `https://s.example/sluice/v1/transfers/${LEAD}/apex_auto/2`;
    expect([...new URLSearchParams(request.body ?? '')]).toEqual([
      ...[
        ['To', '+15125550199'],
        ['From', '+15125550100'],
        ['Timeout', '20'],
      ],
      ...[
        ['Url', `${at}/whisper`],
        ['Method', 'POST'],
      ],
      ...[
        ['StatusCallback', `${at}/status`],
        ['StatusCallbackMethod', 'POST'],
      ],
      ['MachineDetection', 'Enable'],
      ...['initiated', 'ringing', 'answered', 'completed'].map((event) => {
        return ['StatusCallbackEvent', event];
      }),
    ]);
  });
  test('is not built without an address of ours, or a number of the consumer’s', () => {
    const lead = { phone: '+15125550142' };
    expect(built(lead, { publicUrl: undefined })).toEqual({
      unbuildable: 'SLUICE_PUBLIC_URL is not set',
    });
    expect(built({ phone: 'no number' })).toEqual({
      unbuildable: 'phone holds no number that can be called',
    });
  });
});

const reply = (status: number, body: unknown): IncomingReply => {
  return { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
};

describe('the answer', () => {
  const rows: [says: string, reply: IncomingReply, kind: object][] = [
    ['a call', reply(201, { sid: CA, status: 'queued' }), { kind: 'pending', reference: CA }],
    ['no sid', reply(201, { status: 'queued' }), { kind: 'unclear' }],
    ['the sid of a message', reply(201, { sid: `SM${'1'.repeat(32)}` }), { kind: 'unclear' }],
    [
      'a refusal in Twilio’s words',
      reply(400, { code: 21211, message: 'Invalid To +15125550199', status: 400 }),
      { kind: 'rejected', reason: 'call_not_placed', detail: 'HTTP 400 21211' },
    ],
    ['too many', reply(429, { code: 20429, status: 429 }), { kind: 'rejected' }],
    ['somebody else’s 403', reply(403, '<html>'), { kind: 'unclear' }],
    ['a 5xx, even in its words', reply(503, { code: 20503 }), { kind: 'unclear' }],
  ];
  test.for(rows)('%s', ([, said, kind]) => {
    expect(twilioCallAdapter.parsePost(said, stepOf())).toMatchObject(kind);
  });
});

describe('how the calls stand', () => {
  const call = reply(200, { status: 'completed', duration: '70', answered_by: 'human' });
  test('is read from both lists', () => {
    const talks = reply(200, { calls: [{ status: 'completed', duration: '40' }] });
    expect(parseLook(call, talks)).toEqual({
      ...{ kind: 'looked', call: 'completed', by: 'person' },
      consumer: { status: 'completed', seconds: 40 },
    });
    expect(parseLook(call, reply(200, { calls: [] }))?.consumer).toBe(null);
  });
  test('is not known by halves', () => {
    for (const talks of [reply(500, {}), reply(200, '<html>'), reply(200, {})]) {
      expect(parseLook(call, talks)).toBeUndefined();
    }
    expect(parseLook(reply(404, {}), reply(200, { calls: [] }))).toBeUndefined();
  });
});

describe('a world', () => {
  test('has what a call needs, and knows which fields it wants', () => {
    expect(contractOf().post).toMatchObject({
      fields: ['phone', 'state'],
      call: { ringS: 20, pressWithinS: 8, minTalkS: 30, detectMachine: true },
    });
  });
  const wrong: [says: string, post: object, contract: object, path: string][] = [
    ['a field that is none', { consumer: 'fone' }, {}, 'contracts.apex_auto.post.consumer'],
    ['no phone number', { consumer: 'zip' }, {}, 'contracts.apex_auto.post.consumer'],
    [
      'a whisper of what is no field',
      { whisper: '{city}' },
      {},
      'contracts.apex_auto.post.whisper',
    ],
    ['a brace that names nothing', { whisper: 'A {' }, {}, 'contracts.apex_auto.post.whisper'],
    ['the token itself', { auth_token: 'abc' }, {}, 'contracts.apex_auto.post.auth_token'],
    ['a status call', {}, { status: { url: 'https://a.example' } }, 'contracts.apex_auto.status'],
    [
      'a policy that does not wait for the end of a call',
      {},
      { doubt: { policy: 'assume_rejected', after: '10m' } },
      'contracts.apex_auto.doubt.after',
    ],
    ['a ping by phone', {}, { ping: WRITTEN, price_cents: null }, 'contracts.apex_auto.ping'],
  ];
  test.for(wrong)('is refused with %s', ([, post, contract, path]) => {
    const parsed = worldOf(post, contract);
    expect(parsed.ok ? [] : parsed.errors.map((error) => error.path)).toEqual([
      expect.stringContaining(path),
    ]);
  });

  test('is refused where Twilio could not reach us, unless it called before', () => {
    const parsed = worldOf();
    if (!parsed.ok) throw new Error('not right');
    const { world } = parsed;
    const empty = { ...world, contracts: {} };
    const said = refuseUnreachable(world, { publicUrl: undefined, before: () => empty });
    expect(said).toMatchObject([
      { path: 'contracts.apex_auto.post', fix: expect.stringContaining('SLUICE_PUBLIC_URL') },
    ]);
    const publicUrl = 'https://s.example';
    expect(refuseUnreachable(world, { publicUrl, before: () => empty })).toEqual([]);
    expect(refuseUnreachable(world, { publicUrl: undefined, before: () => world })).toEqual([]);
    expect(warnOfUnreachable(world, undefined)?.message).toContain('apex_auto');
    expect(warnOfUnreachable(empty, undefined)).toBeUndefined();
  });
});

test('the lead’s run sees to the call from the first second on, for a day', () => {
  const { ask } = doubtTerms(contractOf(), 0);
  expect(ask).toMatchObject({ untilMs: 86_400_000 });
  expect(ask?.pausesMs[0]).toBe(1_000);
});
