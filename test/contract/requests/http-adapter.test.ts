// What an answer read by rules means for a bid, an offer and a push, and what a world is told of
// requests that name what is not there.

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import type { IncomingReply, OutgoingRequest, Reply } from '../../../src/delivery/adapter.ts';
import { httpAdapter } from '../../../src/delivery/http.ts';
import { httpTarget } from '../../../src/delivery/targets/http-target.ts';
import { cents } from '../../../src/domain/money.ts';
import { parseWorld } from '../../../src/world/parse.ts';
import { PARCEL, stepOf } from './stand.ts';

const RULES = `
answer:
  error_if: [{ path: status, op: ieq, value: error }]
  duplicate_if: [{ path: status, op: ieq, value: duplicate }]
  reject_if: [{ path: status, op: ieq, value: rejected }]
  pending_if: [{ path: status, op: ieq, value: pending }]
  accept_if: [{ path: status, op: ieq, value: accepted }]
  price: { path: price }
  bid_id: ping_id
  reference: id
  reason: msg
  redirect_url: next
  capture: { token: t }`;
const step = stepOf(`body: [{ to: zip, field: zip }]${RULES}`);
const reply = (said: object, status = 200): IncomingReply => ({
  status,
  body: JSON.stringify(said),
});

describe('the answer to a post', () => {
  test.each([
    [
      reply({ status: 'Accepted', id: '007', price: '9.50', next: 'https://n.example/' }),
      { kind: 'accepted', reference: '007', priceCents: 950, redirectUrl: 'https://n.example/' },
    ],
    [
      reply({ status: 'accepted', next: 'javascript:alert(1)' }),
      { kind: 'accepted', reference: null },
    ],
    [
      reply({ status: 'rejected', msg: 'too old' }),
      { kind: 'rejected', reason: 'buyer_rejected', detail: 'too old' },
    ],
    [
      reply({ status: 'duplicate', id: '7' }),
      { kind: 'rejected', reason: 'buyer_duplicate', detail: 'duplicate_if[0], HTTP 200' },
    ],
    [
      reply({ status: 'error', msg: 'no campaign' }),
      { kind: 'rejected', reason: 'buyer_error', detail: 'no campaign' },
    ],
    [
      reply({ status: 'pending', id: '007' }),
      { kind: 'pending', reference: '007', detail: 'pending_if[0], HTTP 200' },
    ],
  ])('%j is clear', (answer, said) => {
    expect(httpAdapter.parsePost(answer, step)).toStrictEqual(said);
  });

  test.each([
    reply({ status: 'accepted' }, 500),
    reply({ id: '007', price: 5 }),
    reply({ status: 'not accepted' }),
    reply({}, 404),
    { status: 200, body: '' },
    { status: 302, body: '', headers: { location: 'https://n.example/' } },
    { status: 200, body: '<html>accepted</html>' },
  ])('%j sells nothing and refuses nothing', (answer) => {
    expect(httpAdapter.parsePost(answer, step)).toMatchObject({ kind: 'unclear' });
  });
});

describe('the answer to a ping', () => {
  test('is a bid, with what the post wants to say again', () => {
    const answer = reply({ status: 'accepted', price: '12.5', ping_id: 'p', t: '0012' });
    expect(httpAdapter.parsePing(answer, step)).toStrictEqual({
      ...{ kind: 'bid', priceCents: 1250, bidId: 'p', captures: { token: '0012' } },
    });
  });

  test.each([
    [reply({ status: 'rejected' }), 'no_bid'],
    [reply({ status: 'accepted', price: 0 }), 'no_bid'],
    [reply({ status: 'accepted', price: 5 }, 503), 'http_status'],
    [{ status: 200, body: 'what?' }, 'bid_unreadable'],
  ] as const)('%j is none: %s', (answer, reason) => {
    expect(httpAdapter.parsePing(answer, step)).toMatchObject({ kind: 'no_bid', reason });
  });
});

describe('a push', () => {
  const { testUrl: _, ...push } = step;

  async function pushed(said: IncomingReply, { answer = push.answer, tries = 1 } = {}) {
    const requests: OutgoingRequest[] = [];
    const host = {
      call: async (request: OutgoingRequest): Promise<Reply> => {
        requests.push(request);
        return { kind: 'answer', reply: said, ms: 1 };
      },
      secret: async () => 's3cret',
      token: async () => 'token',
      dropToken: () => undefined,
      mail: () => Promise.reject(new Error('no mail')),
      upload: () => Promise.reject(new Error('no file')),
      nowMs: 0,
    };
    const sale = { priceCents: cents(500), reference: 'r' };
    const told = { parcel: PARCEL, sale, id: 'lead/contract/crm', tries };
    const came = await httpTarget({ ...push, answer }).deliver(told, host);
    return { came, request: requests[0] };
  }

  test('is delivered by its rules, under the same key at each try', async () => {
    const { came, request } = await pushed(reply({ status: 'accepted', id: '7' }));
    expect(came).toEqual({ kind: 'delivered', proof: 'HTTP 200, 7' });
    expect(request?.headers['idempotency-key']).toBe('lead/contract/crm');
  });

  test.each([
    [reply({ status: 'rejected', msg: 'no' }), 1, { kind: 'failed', detail: 'no' }],
    [reply({ status: 'duplicate' }), 1, { kind: 'failed' }],
    [reply({ status: 'duplicate' }), 2, { kind: 'delivered' }],
    [reply({ status: 'accepted' }, 503), 1, { kind: 'retry' }],
    [reply({}), 1, { kind: 'retry' }],
    [reply({}, 410), 1, { kind: 'failed', stop: true }],
  ])('%j at try %i', async (said, tries, came) => {
    expect((await pushed(said, { tries })).came).toMatchObject(came);
  });
});

describe('a world is refused', () => {
  const HEAD = `
sluice: 1
verticals: { auto: { fields: { zip: { type: zip }, phone: { type: phone }, ssn: { type: ssn } } } }
campaigns: { auto: { vertical: auto, routing: [{ method: ping_post, contracts: [apex] }] } }
buyers: { apex: {} }
contracts:
  apex:
    buyer: apex
    campaign: auto
`;
  const PING = `ping: { adapter: http, url: 'https://a.example/', body: [{ to: z, field: zip }],
      answer: { accept_if: [{ path: ok, value: 1 }], price: { path: p }, capture: { token: t } } }`;
  const askedFor = (mapping: string, more = '') => `${HEAD}
    ${PING}
    post: { adapter: http, url: 'https://a.example/', ${more} body: [${mapping}],
      answer: { accept_if: [{ path: ok, value: 1 }] } }`;
  const faults = (yaml: string) => {
    const verdict = parseWorld(parse(yaml));
    return verdict.ok ? [] : verdict.errors.map(({ path, says }) => `${path}: ${says}`);
  };

  test('not where everything is there', () => {
    expect(faults(askedFor('{ to: a, field: phone }, { to: t, captured: token }'))).toEqual([]);
  });

  test.each([
    ['{ to: a, field: zipp }', '', 'post.body[0].field: "zipp" is no field'],
    ["{ to: a, template: '{{ lead.zipp }}' }", '', 'post.body[0].template: "zipp" is no field'],
    ['{ to: a, captured: tokn }', '', 'post.body[0].captured: "tokn" is captured by no rule'],
    ['{ to: a, field: phone }', 'fields: [zip],', 'post.body[0].field: "phone" does not stand in'],
    ['{ to: a, value: 1 }', "headers: { X-A: '{{ lead.zipp }}' },", 'post.headers["x-a"]'],
  ])('that asks for %s %s', (mapping, more, says) => {
    const found = faults(askedFor(mapping, more));
    expect(found).toHaveLength(1);
    expect(found[0]?.toLowerCase()).toContain(`contracts.apex.${says}`.toLowerCase());
  });

  test.each([
    ['{ to: z, field: zip }', '{ to: z, field: phone }', 'is personal, and no ping tells it'],
    ['{ to: z, field: zip }', '{ to: z, field: ssn }', 'is personal, and no ping tells it'],
    [', price: { path: p }', '', 'wants to say where the price stands'],
  ])('whose ping has %s changed to "%s"', (from, to, says) => {
    const found = faults(askedFor('{ to: a, field: phone }').replace(from, to));
    expect(found.join()).toContain(says);
  });
});
