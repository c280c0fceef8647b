// The JSON protocol for buyers: what leaves, to the byte, and what each answer to a post means,
// exemplary and faulty. A buyer's words alone decide, and what cannot be read is never a sale. Bids
// are in json-adapter-bids.test.ts.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Bid, Parcel, PostReply } from '../../src/delivery/adapter.ts';
import { adapterOf } from '../../src/delivery/adapters.ts';
import { jsonAdapter } from '../../src/delivery/json.ts';
import { toLeadId } from '../../src/domain/ids.ts';
import { cents } from '../../src/domain/money.ts';
import type { Step } from '../../src/domain/world/contract.ts';

const leadId = toLeadId('01JD8XK7M2Q3R4S5T6V7W8X9Y0');
const step: Step = {
  adapter: 'json',
  url: 'https://apex.example/leads?v=2',
  secretRef: 'env:APEX_TOKEN',
  fields: null,
  timeoutMs: 2_000,
};
const parcel: Parcel = {
  leadId,
  campaign: 'auto_insurance',
  contractId: 'apex_auto',
  round: 1,
  fields: { zip: '78704', vehicles: 2, insured: false },
};
const json = (value: unknown) => JSON.stringify(value);
const ping = (body: string, status = 200): Bid => jsonAdapter.parsePing({ status, body });
const post = (body: string, status = 200): PostReply => jsonAdapter.parsePost({ status, body });

describe('a request', () => {
  const requests = {
    ping: () => jsonAdapter.buildPing(parcel, step),
    post: () => jsonAdapter.buildPost(parcel, step, { priceCents: cents(1_480), bidId: 'b-17' }),
    delivery: () =>
      jsonAdapter.buildDelivery(parcel, step, { priceCents: cents(1_480), reference: 'crm-1' }),
  };
  const bodies: [name: keyof typeof requests, body: object][] = [
    [
      'ping',
      {
        ping_id: `${leadId}/1`,
        contract: 'apex_auto',
        campaign: 'auto_insurance',
        fields: { zip: '78704', vehicles: 2, insured: false },
      },
    ],
    [
      'post',
      {
        lead_id: leadId,
        contract: 'apex_auto',
        campaign: 'auto_insurance',
        price_cents: 1_480,
        bid_id: 'b-17',
        fields: { zip: '78704', vehicles: 2, insured: false },
      },
    ],
    [
      'delivery',
      {
        event: 'lead.sold',
        lead_id: leadId,
        contract: 'apex_auto',
        campaign: 'auto_insurance',
        price_cents: 1_480,
        reference: 'crm-1',
        fields: { zip: '78704', vehicles: 2, insured: false },
      },
    ],
  ];
  test.for(bodies)('of a %s carries what its page in the reference shows', ([name, body]) => {
    const built = requests[name]();
    expect(built).toMatchObject({ method: 'POST', url: 'https://apex.example/leads?v=2' });
    expect(built.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(JSON.parse(String(built.body))).toEqual(body);
  });

  test.for(bodies)('of a %s is the same to the byte every time', ([name]) => {
    expect(requests[name]()).toStrictEqual(requests[name]());
  });

  test.for(bodies)('of a %s holds no secret and no reference to one', ([name]) => {
    expect(json(requests[name]())).not.toMatch(/APEX_TOKEN|authorization|bearer/i);
  });

  test('T2: a post is named by its offer, a delivery by its sale, and a ping needs no name', () => {
    const keyOf = (name: keyof typeof requests) => requests[name]().headers['idempotency-key'];
    expect(keyOf('post')).toBe(`${leadId}/apex_auto/1`);
    expect(keyOf('delivery')).toBe(`${leadId}/apex_auto`);
    expect(keyOf('ping')).toBeUndefined();
  });

  test('T10: what is absent stays absent: no null, no empty text', () => {
    const bare = { ...parcel, fields: {} };
    const built = jsonAdapter.buildPost(bare, step, { priceCents: cents(0) });
    expect(JSON.parse(String(built.body))).toStrictEqual({
      lead_id: leadId,
      contract: 'apex_auto',
      campaign: 'auto_insurance',
      price_cents: 0,
      fields: {},
    });
  });

  test('S22: line ends in a field stay inside the body', () => {
    const hostile = { ...parcel, fields: { first_name: 'Ann\r\nBcc: x@evil.example' } };
    const built = jsonAdapter.buildPost(hostile, step, { priceCents: cents(1) });
    expect(json([built.headers, built.url])).not.toContain('Bcc');
    expect(JSON.parse(String(built.body))).toMatchObject({ fields: hostile.fields });
  });
});

describe('an answer to a post', () => {
  const accepted: [says: string, members: object, reference: string | null][] = [
    ['with a reference', { reference: 'crm-1' }, 'crm-1'],
    ['with an id', { id: 17 }, '17'],
    ['with both', { reference: 'crm-1', id: 'x' }, 'crm-1'],
    ['without either', {}, null],
    ['with nulls', { reference: null, id: null, reason: null }, null],
    ['with a reason that is an object', { reference: 'crm-1', reason: { code: 0 } }, 'crm-1'],
    ['with a reference that is a list', { reference: ['crm-1'] }, null],
    ['with blanks around the word', { status: ' Accepted ' }, null],
  ];
  test.for(accepted)('that accepts %s is a sale', ([, members, reference]) => {
    expect(post(json({ status: 'accepted', ...members }))).toEqual({ kind: 'accepted', reference });
  });

  test('may name a price, readable or not', () => {
    const said = (price: unknown) => post(json({ status: 'accepted', price_cents: price }));
    expect(said(900)).toMatchObject({ kind: 'accepted', priceCents: 900 });
    expect(said('12,50')).toStrictEqual({ kind: 'accepted', reference: null });
  });

  const refused: [says: string, body: object, reason: string, detail: string][] = [
    ['a refusal', { status: 'rejected', reason: 'in_book' }, 'buyer_rejected', 'in_book'],
    ['a refusal without a reason', { status: 'REJECTED' }, 'buyer_rejected', ''],
    ['a refusal with null', { status: 'rejected', reason: null }, 'buyer_rejected', ''],
    ['a list of reasons', { status: 'rejected', reason: ['a', 'b'] }, 'buyer_rejected', ''],
    ['T3: an id beside a refusal', { status: 'rejected', id: 'crm-1' }, 'buyer_rejected', ''],
    ['T3: an id beside “duplicate”', { status: 'Duplicate', id: '9' }, 'buyer_duplicate', ''],
  ];
  test.for(refused)('%s is no sale', ([, body, reason, detail]) => {
    for (const status of [200, 201, 409, 422]) {
      expect(post(json(body), status)).toEqual({ kind: 'rejected', reason, detail });
    }
  });

  const unclear: [says: string, body: string, status?: number][] = [
    ['T3: an id alone', json({ id: 'crm-1' })],
    ['T3: an id beside “failed”', json({ status: 'failed', id: 'crm-1' })],
    ['T3: a reference and a price', json({ reference: 'crm-1', price_cents: 900 })],
    ['T4: Unmatched', json({ status: 'Unmatched' })],
    ['T4: Not accepted', json({ status: 'Not accepted' })],
    ['T4: Inactive', json({ status: 'Inactive' })],
    ['T4: a word that holds the word', json({ status: 'accepted!' })],
    ['T4: “unaccepted”', json({ status: 'unaccepted' })],
    ['the word in another member', json({ result: 'accepted' })],
    ['the word as a key', json({ accepted: true })],
    ['a status that is true', json({ status: true })],
    ['a status that is 1', json({ status: 1 })],
    ['a status that is a list', json({ status: ['accepted'] })],
    ['a list', json([{ status: 'accepted' }])],
    ['the word alone', '"accepted"'],
    ['HTML that holds the word', '<p>accepted</p>'],
    ['a form', 'status=accepted'],
    ['nothing', ''],
    ['T12: a redirect', '', 307],
    ['JSON that is cut', '{"status":"accepted"'],
    ['a prototype', '{"__proto__":{"status":"accepted"}}'],
    ['a constructor', '{"constructor":{"prototype":{"status":"accepted"}}}'],
    ['200,000 brackets', '['.repeat(200_000)],
    ['accepted beside HTTP 400', json({ status: 'accepted' }), 400],
    ['accepted beside HTTP 404', json({ status: 'accepted' }), 404],
    ['accepted beside HTTP 429', json({ status: 'accepted' }), 429],
    ['accepted beside HTTP 500', json({ status: 'accepted' }), 500],
    ['T1: rejected beside HTTP 500', json({ status: 'rejected' }), 500],
    ['T1: duplicate beside HTTP 503', json({ status: 'duplicate' }), 503],
    ['a gateway that gave up', '', 504],
  ];
  test.for(unclear)('%s says neither yes nor no', ([, body, status]) => {
    expect(post(body, status).kind).toBe('unclear');
  });

  test('with a byte order mark is read', () => {
    expect(post(`\uFEFF${json({ status: 'accepted' })}`)).toMatchObject({ kind: 'accepted' });
  });
});

describe('S23: words of a buyer', () => {
  const reasonOf = (reason: string) => {
    const said = post(json({ status: 'rejected', reason }));
    return said.kind === 'rejected' ? said.detail : undefined;
  };

  test('are bounded, however many come', () => {
    expect(reasonOf('a'.repeat(200_000))).toBe('a'.repeat(100));
    const bid = ping(json({ status: 'bid', bid_cents: 1, bid_id: 'b'.repeat(200_000) }));
    expect(bid).toMatchObject({ bidId: 'b'.repeat(100) });
  });

  test.for([
    ['NUL', 'no\u0000thing', 'no thing'],
    ['half a surrogate pair', 'no\ud83d', 'no '],
    ['an emoji at the cut', `${'a'.repeat(99)}😀`, `${'a'.repeat(99)} `],
    ['a line end', 'no\nthing', 'no thing'],
  ] as const)('hold nothing that PostgreSQL would refuse for ever: %s', ([, reason, detail]) => {
    expect(reasonOf(reason)).toBe(detail);
  });

  test('S26: whatever comes, nothing throws, no prototype changes, nothing is bought unsaid', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    const word = fc.constantFrom('status', '__proto__', 'constructor', 'reference', 'id', 'reason');
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('rejected', 'bid', 'Accepted.', '\u0000', 1e308, -1, null),
    );
    const body = fc.oneof(
      fc.dictionary(word, value).map(json),
      fc.array(fc.tuple(word, value)).map((list) => {
        return `{${list.map(([key, each]) => `${json(key)}:${json(each)}`).join(',')}}`;
      }),
      fc.string({ unit: 'binary' }),
      fc.json(),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 200, max: 599 }), (text, status) => {
        expect(post(text, status).kind).not.toBe('accepted');
        const bid = ping(text, status);
        if (bid.kind === 'bid') expect(Number.isSafeInteger(bid.priceCents)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
  });
});

test('a step is spoken to by the adapter that it names', () => {
  expect(adapterOf(step).parsePost).toBe(jsonAdapter.parsePost);
});
