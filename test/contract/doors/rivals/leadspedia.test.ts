// Goal: clients of LeadsPedia are understood and answered in the shapes that they parse. Method:
// real HTTP with the back end in memory; answers to pings by the format itself.

import { describe, expect, test } from 'vitest';

import { cents } from '../../../../src/domain/money.ts';
import {
  answerOf,
  BID,
  form,
  json,
  NO_BID,
  OUTCOMES,
  PINGED,
  send,
  useRivalStand,
} from './rival-stand.ts';

const stand = await useRivalStand();

const controls = { lp_campaign_id: '41', lp_campaign_key: 'lp-secret' };
const person = { first_name: 'Ann', phone_home: '(512) 555-0142', zip_code: '00704' };
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe('a post', () => {
  const answers: [outcome: keyof typeof OUTCOMES, xml: string, inJson: object][] = [
    [
      'sold',
      '<result>success</result><lead_id>1</lead_id><price>9.60</price><msg>Lead Accepted</msg>' +
        '<redirect_url>https://a.example/?b=1&amp;c=2</redirect_url>',
      {
        ...{ result: 'success', lead_id: '1', price: '9.60', msg: 'Lead Accepted' },
        redirect_url: 'https://a.example/?b=1&c=2',
      },
    ],
    [
      'unsold',
      '<result>failed</result><lead_id>1</lead_id><msg>no buyer bid enough</msg>' +
        '<errors><error>no buyer bid enough</error></errors>',
      {
        ...{ result: 'failed', lead_id: '1', msg: 'no buyer bid enough' },
        errors: [{ error: 'no buyer bid enough' }],
      },
    ],
    [
      'rejected',
      '<result>failed</result><lead_id>1</lead_id><msg>a required field is missing</msg>' +
        '<errors><error>zip: missing</error></errors>',
      {
        ...{ result: 'failed', lead_id: '1', msg: 'a required field is missing' },
        errors: [{ error: 'zip: missing' }],
      },
    ],
    [
      'pending',
      '<result>success</result><lead_id>1</lead_id><price>0.00</price>' +
        '<msg>Lead Accepted, not decided on yet</msg>',
      {
        ...{ result: 'success', lead_id: '1', price: '0.00' },
        msg: 'Lead Accepted, not decided on yet',
      },
    ],
  ];
  test.for(answers)(
    'that is %s is answered in XML, and in JSON',
    async ([outcome, xml, inJson]) => {
      stand.outcome = OUTCOMES[outcome];
      const got = await send(stand, form('/post.do', { ...controls, ...person }));
      expect([got.status, got.type]).toEqual([200, 'text/xml']);
      expect(got.text).toBe(`${XML}<response>${xml}</response>`);
      stand.leads.length = 0;
      const asked = { ...controls, ...person, lp_response: 'JSON' };
      const told = await send(stand, json('/POST.DO/', asked));
      expect([told.type, JSON.parse(told.text)]).toEqual(['application/json', inJson]);
    },
  );

  test('becomes a lead, with what it says beside the person', async () => {
    const more = {
      ...{ lp_s1: 'aff-7', lp_s2: 'page', lp_test: '1', vendor_lead_id: 'v-9' },
      ...{ universal_lead_id: 'U-1', tcpa_text: 'I agree', ip_address: '192.0.2.7' },
    };
    await send(stand, form('/in/leadspedia/post.do', { ...controls, ...person, ...more }));
    const [lead] = stand.leads;
    expect(lead?.draft).toMatchObject({
      fields: { first_name: 'Ann', phone: '+15125550142', zip: '00704' },
      ...{ subSource: 'aff-7', externalId: 'v-9', test: true, sourceId: 'acme' },
      consent: { jornaya_id: 'U-1', text: 'I agree', ip: '192.0.2.7' },
      raw: { lp_s2: 'page' },
    });
    expect(JSON.stringify(lead?.draft)).not.toContain('lp-secret');
  });

  test('by GET is taken from the query', async () => {
    const query = new URLSearchParams({ ...controls, ...person, lp_response: 'json' });
    const got = await send(stand, { uri: `/post.do?${query}` });
    expect(JSON.parse(got.text)).toMatchObject({ result: 'failed', lead_id: '1' });
  });

  test.for(['HEAD', 'OPTIONS', 'PUT', 'DELETE'])('by %s hands over nothing', async (method) => {
    const query = new URLSearchParams({ ...controls, ...person });
    const got = await send(stand, { method, uri: `/post.do?${query}` });
    expect([got.status, stand.leads]).toEqual([200, []]);
  });

  test('with a wrong key is refused, without the key', async () => {
    const wrong = { ...controls, lp_campaign_key: 'guessed-it', ...person };
    const got = await send(stand, form('/post.do', wrong));
    expect([got.status, stand.leads]).toEqual([200, []]);
    expect(got.text).toContain('<result>failed</result>');
    expect(got.text).not.toContain('guessed-it');
  });
});

describe('a ping', () => {
  test('is answered with a price', () => {
    const inJson = answerOf('leadspedia', '/ping.do', { answered: BID, query: 'lp_response=JSON' });
    expect(JSON.parse(inJson.body)).toEqual({
      ...{ result: 'success', ping_id: 'ping_1', price: '12.05', msg: 'Ping Accepted' },
    });
    expect(answerOf('leadspedia', '/ping.do', { answered: BID }).body).toBe(
      `${XML}<response><result>success</result><ping_id>ping_1</ping_id><price>12.05</price>` +
        '<msg>Ping Accepted</msg></response>',
    );
  });

  test('without a bid is a failure with a price of nothing', () => {
    const { body } = answerOf('leadspedia', '/ping.do', {
      ...{ answered: NO_BID, query: 'lp_response=JSON' },
    });
    expect(JSON.parse(body)).toMatchObject({ result: 'failed', price: '0.00' });
  });

  test.for(['/ping.do', '/call-ping.do'])(
    'at %s asks for a price, and keeps no lead',
    async (uri) => {
      const quote = { kind: 'bid', payoutCents: cents(1205) } as const;
      stand.quoted = { pingId: 'ping_7', quote, expiresAtMs: 0 };
      const got = await send(stand, form(uri, { ...controls, zip_code: '00704' }));
      expect(got.text).toContain('<ping_id>ping_7</ping_id><price>12.05</price>');
      expect(stand.leads).toEqual([]);
    },
  );

  test('is followed by the post of its lead, for no less', async () => {
    stand.ping = PINGED;
    const { zip_code: _, ...rest } = person;
    await send(stand, form('/post.do', { ...controls, ...rest, lp_ping_id: 'ping_7' }));
    expect(stand.leads[0]?.draft).toMatchObject({ askingCents: 1205, fields: { zip: '00704' } });
  });

  test('that was not made here is no ping', async () => {
    stand.ping = { kind: 'forged' };
    const got = await send(
      stand,
      form('/post.do', { ...controls, ...person, lp_ping_id: 'guessed' }),
    );
    expect([got.status, stand.leads]).toEqual([200, []]);
    expect(got.text).toContain('<result>failed</result>');
    expect(got.text).not.toContain('guessed');
  });
});
