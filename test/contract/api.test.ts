// Goal: sources get the answer they were promised, each refusal has its code, and nobody reads what
// is another's. Method: real HTTP against the application with its back end in memory.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { leadAnswer } from '../../src/api/wire/lead.ts';
import { problem } from '../../src/api/wire/report.ts';
import type { LeadOutcome } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { call, callRaw, lead, type Stand, startStand } from './api-stand.ts';
import { keys } from './intake-world.ts';

/** What pg throws while the server is down. */
const away = () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

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

const submit = (body: unknown, headers: Record<string, string> = {}) =>
  call(stand, 'POST /v1/leads', { by: 'acme', body, headers });

describe('the answer', () => {
  const sold: LeadOutcome = {
    kind: 'sold',
    payoutCents: cents(960),
    sales: [{ contractId: 'bolt', priceCents: cents(1200) }],
    redirectUrl: 'https://buyer.example/thanks',
  };
  const problems = [{ field: 'phone', reason: 'field_invalid', says: 'not a phone' }] as const;
  const answers: [says: string, outcome: LeadOutcome, body: object][] = [
    [
      'sold, with the payout and the page to go to',
      sold,
      { status: 'sold', payout_cents: 960, redirect_url: 'https://buyer.example/thanks' },
    ],
    [
      'unsold, with the reason',
      { kind: 'unsold', reason: 'none_eligible' },
      { status: 'unsold', reason: 'none_eligible' },
    ],
    [
      'rejected, with the problems',
      { kind: 'rejected', reason: 'field_invalid', problems },
      { status: 'rejected', reason: 'field_invalid', problems },
    ],
    [
      'duplicate',
      { kind: 'duplicate', reason: 'duplicate' },
      { status: 'duplicate', reason: 'duplicate' },
    ],
  ];
  test.for(answers)('is %s', async ([, outcome, body]) => {
    stand.outcome = outcome;
    const answer = await submit(lead);
    expect(answer.status).toBe(200);
    const id = stand.leads[0]?.id;
    expect(answer.body).toEqual({ id, ...body, reason_text: expect.any(String) });
    expect(leadAnswer.parse(answer.body)).toEqual(answer.body);
  });

  test('is pending, with where to ask, when the outcome takes longer', async () => {
    stand.outcome = 'pending';
    const answer = await submit(lead);
    const id = stand.leads[0]?.id;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/v1/leads/${id}`);
    expect(answer.body).toMatchObject({ id, status: 'pending' });
  });

  test('is pending, never an error, when the start fails after the lead is stored', async () => {
    const distribute = () => Promise.reject(away());
    const broken = await startStand({ distribute });
    const answer = await call(broken, 'POST /v1/leads', { by: 'acme', body: lead });
    await broken.close();
    expect([answer.status, broken.leads.length]).toEqual([202, 1]);
  });

  test('names the fields that the campaign does not know, and keeps them', async () => {
    const fields = { ...lead.fields, shoe_size: 42 };
    const answer = await submit({ ...lead, fields });
    expect(answer.body).toMatchObject({ unknown_fields: ['shoe_size'] });
    expect(stand.leads[0]?.draft.raw).toEqual(fields);
  });

  test('comes for a lead whose values are wrong: that is a problem of the lead', async () => {
    const answer = await submit({ ...lead, fields: { phone: 'none', zip: '' } });
    expect(answer.status).toBe(200);
    expect(stand.leads[0]?.draft.problems.map(({ field, reason }) => [field, reason])).toEqual([
      ['first_name', 'field_missing'],
      ['phone', 'field_invalid'],
      ['zip', 'field_missing'],
    ]);
  });
});

describe('an idempotency key', () => {
  const key = (name: string) => ({ 'Idempotency-Key': name });

  test('gets the same bytes for the same body, and makes one lead', async () => {
    const body = { ...lead, fields: { ...lead.fields, shoe_size: 42 } };
    const first = await submit(body, key('a'));
    const second = await submit(body, key('a'));
    expect(second.text).toBe(first.text);
    expect(stand.leads).toHaveLength(1);
  });

  test('is refused with another body, and the first lead stands', async () => {
    await submit(lead, key('b'));
    const answer = await submit({ ...lead, sub_source: 'other' }, key('b'));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'idempotency_key_reused' });
    expect(stand.leads).toHaveLength(1);
  });

  test('waits for a lead in flight, then gets 202, which is not kept as the answer', async () => {
    stand.outcome = 'pending';
    const first = await submit(lead, key('c'));
    const second = await submit(lead, key('c'));
    expect([first.status, second.status]).toEqual([202, 202]);
    stand.outcome = { kind: 'unsold', reason: 'no_bids' };
    const third = await submit(lead, key('c'));
    expect([third.status, third.body['id']]).toEqual([200, first.body['id']]);
  });

  test('of a refused request is free for the corrected one', async () => {
    const refused = await submit({ ...lead, campain: 'typo' }, key('d'));
    const corrected = await submit(lead, key('d'));
    expect([refused.status, corrected.status]).toEqual([422, 200]);
  });

  test('belongs to its source', async () => {
    const mine = await submit(lead, key('e'));
    const other = await call(stand, 'POST /v1/leads', {
      by: 'other',
      body: lead,
      headers: key('e'),
    });
    expect(other.body['id']).not.toBe(mine.body['id']);
  });

  test.for([['a'.repeat(256)], ['caf\u00e9'], ['tab\there']])('%j is refused', async ([name]) => {
    const answer = await submit(lead, key(name ?? ''));
    expect(answer.body).toMatchObject({ errors: [{ field: 'idempotency-key' }] });
    expect(stand.leads).toHaveLength(0);
  });
});

describe('a refusal', () => {
  const deep = `{"campaign":"auto_insurance","fields":{"x":${'['.repeat(500)}${']'.repeat(500)}}}`;
  const many = { ...lead, fields: { x: Array.from({ length: 3000 }, () => 1) } };
  const refusals: [says: string, body: unknown, status: number, code: string][] = [
    ['cut JSON', '{"campaign":', 400, 'malformed_json'],
    ['an empty body', '', 400, 'malformed_json'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 400, 'malformed_request'],
    ['a JSON text', '"lead"', 422, 'invalid_request'],
    ['JSON of 500 levels', deep, 422, 'invalid_request'],
    ['3000 values', many, 422, 'invalid_request'],
    ['a name beside fields', { ...lead, phone: '512' }, 422, 'invalid_request'],
    ['an object for a text', { ...lead, fields: { first_name: {} } }, 422, 'invalid_request'],
    ['an unknown campaign', { ...lead, campaign: 'solar' }, 422, 'unknown_campaign'],
    ['a campaign of others', { ...lead, campaign: 'home' }, 403, 'campaign_not_allowed'],
    ['64 KiB and one byte', `"${'a'.repeat(64 * 1024 - 1)}"`, 413, 'body_too_large'],
  ];
  test.for(refusals)('of %s has its code and stores nothing', async ([, body, status, code]) => {
    const answer = await submit(body);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body['request_id']).toBe(answer.headers.get('x-request-id'));
    expect(problem.parse(answer.body)).toEqual(answer.body);
    expect(stand.leads).toHaveLength(0);
  });

  test('T51 of a JSON list says that it was a list', async () => {
    const answer = await submit([lead]);
    expect(answer.body).toMatchObject({ errors: [{ field: 'body', says: 'a list was sent' }] });
  });

  test('of an unknown campaign names those that this source may use', async () => {
    const answer = await submit({ ...lead, campaign: 'solar' });
    expect(answer.body).toMatchObject({
      errors: [{ field: 'campaign', fix: 'use one of: auto_insurance' }],
    });
  });

  test.for([['text/plain'], ['application/x-www-form-urlencoded'], ['application/jsonx']])(
    'of a body of type %s says what is taken',
    async ([type]) => {
      const answer = await submit(JSON.stringify(lead), { 'Content-Type': type ?? '' });
      expect([answer.status, answer.body['code']]).toEqual([415, 'unsupported_body_type']);
      expect(answer.body['detail']).toContain('application/json');
    },
  );

  test('a JSON type with a charset is taken', async () => {
    const answer = await submit(lead, { 'Content-Type': 'application/JSON; charset=utf-8' });
    expect(answer.status).toBe(200);
  });

  test('T51 a body without a length is read like any other', async () => {
    const headers = {
      Authorization: `Bearer ${keys.acme}`,
      'Content-Type': 'application/json',
      'Transfer-Encoding': 'chunked',
    };
    const body = JSON.stringify(lead);
    expect(await callRaw(stand, '/v1/leads', { method: 'POST', headers, body })).toBe(200);
  });

  test('T51 names that reach prototypes are reported in fields, refused beside them', async () => {
    const inside = await submit(
      '{"campaign":"auto_insurance","fields":{"first_name":"Ann",' +
        '"__proto__":{"zip":"1"},"constructor":1}}',
    );
    expect(inside.body).toMatchObject({ unknown_fields: ['__proto__', 'constructor'] });
    expect(stand.leads[0]?.draft.raw).toEqual({ first_name: 'Ann' });
    const beside = await submit(
      '{"campaign":"auto_insurance","fields":{},"__proto__":{"test":true}}',
    );
    expect(beside.body).toMatchObject({ errors: [{ field: '__proto__' }] });
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>)['zip']).toBeUndefined();
  });

  test('characters that PostgreSQL cannot store are taken out, and the lead is kept', async () => {
    const sent = '{"campaign":"auto_insurance","fields":{"first_name":"A\\u0000nn","x":"\\ud800"}}';
    expect((await submit(sent)).status).toBe(200);
    expect(stand.leads[0]?.draft.raw).toEqual({ first_name: 'Ann', x: '\ufffd' });
  });

  test('when the store is away says when to come back', async () => {
    const acceptLead = () => Promise.reject(away());
    const broken = await startStand({ acceptLead });
    const answer = await call(broken, 'POST /v1/leads', { by: 'acme', body: lead });
    await broken.close();
    expect([answer.status, answer.body['code']]).toEqual([503, 'unavailable']);
    expect(answer.headers.get('retry-after')).toBe('2');
  });

  test('for a fault of ours tells nothing, and the log tells where', async () => {
    const findTrace = () => Promise.reject(new Error('select secret_column failed'));
    const broken = await startStand({ findTrace });
    const id = 'lead_01KATJ7Q1M3W8Y4E2S5X6ZRB0N';
    const answer = await call(broken, `GET /v1/leads/${id}`, { by: 'acme' });
    await broken.close();
    expect(answer.status).toBe(500);
    expect(answer.text).not.toMatch(/secret_column|\bat\b.*\.ts/);
    expect(broken.logLines.join('')).toContain('secret_column');
  });
});

describe('an address', () => {
  test('that is nowhere is a problem', async () => {
    const answer = await call(stand, 'GET /v1/nothing');
    expect([answer.status, answer.body['code']]).toEqual([404, 'no_such_route']);
  });

  test('that does not take a method says which it takes', async () => {
    const answer = await call(stand, 'DELETE /v1/leads', { by: 'acme' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('that cannot be decoded is the client’s fault', async () => {
    expect(await callRaw(stand, '/v1/leads/%E0%A4%A', { method: 'GET', headers: {} })).toBe(400);
  });
});
