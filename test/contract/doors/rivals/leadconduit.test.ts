// Goal: clients of LeadConduit are understood and answered as they are used to. Method: the cases
// of test/fixtures/inbound-contract-cases.json, each through real HTTP.

import { readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { LeadOutcome } from '../../../../src/domain/lead.ts';
import { cents } from '../../../../src/domain/money.ts';
import type { LeadDraft } from '../../../../src/intake/draft.ts';
import type { Stand } from '../../api-stand.ts';
import { form, send, startRivalStand } from './rival-stand.ts';

interface Wanted {
  readonly accepts?: true;
  readonly lead?: Readonly<Record<string, unknown>>;
  readonly status?: number;
  readonly message?: string;
  readonly message_starts?: string;
  readonly allow?: string;
}
interface RequestCase {
  readonly id: string;
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expected: Wanted & { readonly any_of?: readonly Wanted[] };
}
interface ResponseCase {
  readonly id: string;
  readonly uri: string;
  readonly accept?: string;
  readonly vars: { readonly outcome: string; readonly price: number };
  readonly expected: { readonly status: number; readonly type: string; readonly body: string };
}
const cases = JSON.parse(
  readFileSync(new URL('../../../fixtures/inbound-contract-cases.json', import.meta.url), 'utf8'),
) as { readonly requests: readonly RequestCase[]; readonly responses: readonly ResponseCase[] };

let stand: Stand;
/** The pings that buyers were asked about. */
const pinged: LeadDraft[] = [];
beforeAll(async () => {
  stand = await startRivalStand({
    async quotePing(draft) {
      pinged.push(draft);
      return { ...stand.quoted, cached: false };
    },
  });
});
beforeEach(() => {
  pinged.length = 0;
  stand.leads.length = 0;
  stand.outcome = { kind: 'unsold', reason: 'no_bids' };
});
afterAll(() => stand.close());

const sold = (price: number): LeadOutcome => {
  return { kind: 'sold', payoutCents: cents(Math.round(price * 100)), sales: [] };
};

describe('the request', () => {
  test.for(cases.requests.map((one) => [one.id, one] as const))('%s', async ([, one]) => {
    const got = await send(stand, one);
    const { raw, consent } = pinged[0] ?? stand.leads[0]?.draft ?? {};
    // The certificate has a place of its own in a lead.
    const certificate = consent?.trustedform_url;
    const lead = raw && { ...raw, ...(certificate && { trustedform_cert_url: certificate }) };
    const { any_of: any } = one.expected;
    const right = (any ?? [one.expected]).filter((each) => fits(each, { got, lead }));
    expect(right, `${got.status} ${got.text} ${JSON.stringify(lead)}`).not.toEqual([]);
  });

  function fits(
    wanted: Wanted,
    { got, lead }: { got: Awaited<ReturnType<typeof send>>; lead: unknown },
  ) {
    if (wanted.accepts) {
      expect(lead).toMatchObject(wanted.lead ?? {});
      return got.status < 400;
    }
    if (got.status !== wanted.status || got.type !== 'text/plain') return false;
    expect(stand.leads).toEqual([]);
    if (wanted.allow !== undefined) expect(got.header('allow')).toBe(wanted.allow);
    if (wanted.message !== undefined) expect(got.text).toBe(wanted.message);
    return got.text.startsWith(wanted.message_starts ?? '');
  }
});

describe('the answer', () => {
  test.for(cases.responses.map((one) => [one.id, one] as const))('%s', async ([, one]) => {
    const { vars, expected } = one;
    const isPing = one.uri.includes('/ping');
    stand.outcome = vars.outcome === 'success' ? sold(vars.price) : REFUSED;
    const quote = { kind: 'bid', payoutCents: cents(750) } as const;
    stand.quoted = { pingId: 'ping_1', quote, expiresAtMs: 0 };
    const got = await send(stand, { ...form(one.uri, { zip: '60614' }), headers: headersOf(one) });
    const { status, type } = expected;
    expect([got.status, got.type]).toEqual([status, type]);
    if (isPing) expect(got.text).not.toContain('"lead"');
    const [mine, theirs] = [got.text, expected.body].map((body) => parsed(expected.type, body));
    const id = stand.leads[0]?.id;
    expect(mine).toMatchObject(withId(theirs ?? {}, id));
  });

  const REFUSED: LeadOutcome = {
    kind: 'rejected',
    reason: 'field_invalid',
    problems: [{ field: 'zip', reason: 'field_invalid', says: 'not a ZIP code' }],
  };

  function headersOf({ accept }: ResponseCase) {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return accept === undefined ? type : { ...type, Accept: accept };
  }

  function parsed(type: string, text: string): Record<string, unknown> {
    if (type === 'application/json') return JSON.parse(text) as Record<string, unknown>;
    return new XMLParser({ ignoreDeclaration: true }).parse(text) as Record<string, unknown>;
  }

  /** The case's own id of the lead, and its words for the reason, are examples. */
  function withId(theirs: Record<string, unknown>, id: string | undefined) {
    const text = JSON.stringify(theirs).replace('"L1"', JSON.stringify(id));
    const wanted = JSON.parse(text) as Record<string, unknown>;
    return 'reason' in wanted ? { ...wanted, reason: expect.stringContaining('zip') } : wanted;
  }
});

const SUBMIT = '/flows/F/sources/S/submit';

describe('a redirect', () => {
  test.for(['query', 'body'])('from the %s is followed after the answer', async (where) => {
    const to = 'https://example.com/thanks?a=1&b=2';
    const inQuery = where === 'query' ? `?redir_url=${encodeURIComponent(to)}` : '';
    const got = await send(stand, form(SUBMIT + inQuery, inQuery ? {} : { redir_url: to }));
    expect([got.status, got.header('location')]).toEqual([303, to]);
    expect(stand.leads).toHaveLength(1);
  });

  test.for([
    '//evil.example',
    'javascript://a/%0aalert(1)',
    'ftp://a.example',
    'data:text/html,x',
    'https://a.example/\r\nSet-Cookie: a=b',
    'http://',
  ])('to %j is refused, also where the query names a good one', async (to) => {
    const good = encodeURIComponent('https://example.com');
    const got = await send(stand, form(`${SUBMIT}?redir_url=${good}`, { redir_url: to }));
    expect([got.status, got.text]).toEqual([400, 'Invalid redir_url']);
    expect(stand.leads).toEqual([]);
  });
});

describe('a client', () => {
  test('of another flow is refused, and hears nothing of this one', async () => {
    const got = await send(stand, form('/flows/F/sources/T/submit', { zip: '60614' }));
    expect([got.status, got.type]).toEqual([404, 'text/plain']);
  });

  test('whose lead is not decided on is not told of a failure', async () => {
    stand.outcome = 'pending';
    const got = await send(stand, form(SUBMIT, { zip: '60614' }));
    expect(JSON.parse(got.text)).toMatchObject({ outcome: 'success', price: 0 });
  });

  test('sends raw tabs in JSON', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const body = '{"first_name":"Ann\tMary"}';
    await send(stand, { method: 'POST', uri: SUBMIT, headers, body });
    expect(stand.leads[0]?.draft.fields).toEqual({ first_name: 'Ann Mary' });
  });

  test.for(['a.b=1&a.b.c=2', 'a.b.c=2&a.b=1', `${'a.'.repeat(500)}b=1`, 'a=1&__proto__.a=2&a.b=3'])(
    'of names that cannot all be kept is refused: %s',
    async (query) => {
      expect((await send(stand, { uri: `${SUBMIT}?${query}` })).status).toBe(400);
    },
  );
});

test('a name with more dots than anything has is refused before it is built', async () => {
  const got = await send(stand, form(SUBMIT, { [`${'a.'.repeat(100_000)}b`]: '1' }));
  expect([got.status, got.text]).toEqual([
    400,
    'Unable to read the lead: a name has too many dots',
  ]);
});

describe('the classic address', () => {
  const account = { xxAccountId: '1', xxCampaignId: '2', xxSiteId: '3' };
  const person = { first_name: 'Ann', phone: '5125550142', zip: '78704' };

  const outcomes: [what: string, outcome: LeadOutcome | 'pending', result: string][] = [
    [
      'sold',
      { ...sold(7.5), redirectUrl: 'https://a.example/?b=1&c=<2>' } as LeadOutcome,
      'success',
    ],
    ['not sold', { kind: 'unsold', reason: 'no_bids' }, 'failure'],
    ['a duplicate', { kind: 'duplicate', reason: 'duplicate' }, 'failure'],
    ['not decided on', 'pending', 'queued'],
  ];
  test.for(outcomes)('tells of a lead that is %s', async ([, outcome, result]) => {
    stand.outcome = outcome;
    const got = await send(stand, form('/v2/PostLeadAction', { ...account, ...person }));
    const url = result === 'success' ? 'https://a.example/?b=1&c=<2>' : undefined;
    const told = { result, leadId: stand.leads[0]?.id, ...(url && { url }) };
    expect([got.status, got.type]).toEqual([200, 'text/xml']);
    const { response } = new XMLParser({ ignoreDeclaration: true }).parse(got.text) as {
      response: object;
    };
    expect(response).toMatchObject(told);
    expect(stand.leads[0]?.draft.unknownFields).toEqual([]);
  });

  test('gives a reason for each problem', async () => {
    const problem = (field: string) =>
      ({ field, reason: 'field_missing', says: 'missing' }) as const;
    stand.outcome = {
      ...{ kind: 'rejected', reason: 'field_missing' },
      problems: [problem('zip'), problem('phone')],
    };
    const got = await send(stand, form('/ap/v2/postleadaction', account));
    expect(got.text).toContain(
      '<reason>a required field is missing</reason><reason>zip: missing</reason>' +
        '<reason>phone: missing</reason>',
    );
  });

  test('answers another account with an error', async () => {
    const got = await send(
      stand,
      form('/v2/PostLeadAction', { ...account, xxSiteId: '4', ...person }),
    );
    expect(got.text).toContain('<result>error</result>');
  });
});

describe('a ping', () => {
  test.for([0, null])('without a bid is told so: %j', async (payout) => {
    stand.quoted = {
      ...{ pingId: 'ping_1', expiresAtMs: 0 },
      quote:
        payout === null
          ? { kind: 'no_bid', reason: 'no_bids' }
          : { kind: 'bid', payoutCents: cents(payout) },
    };
    const got = await send(stand, form('/flows/F/sources/S/ping', { zip: '60614' }));
    const reason = payout === null ? 'no buyer bid enough' : 'no bid';
    expect([got.status, JSON.parse(got.text)]).toEqual([
      200,
      { outcome: 'failure', reason, price: 0 },
    ]);
  });
});
