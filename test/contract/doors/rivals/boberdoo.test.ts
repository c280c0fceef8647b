// Goal: clients of boberdoo's classic post and of its API are understood and answered in the shapes
// that they parse. Method: real HTTP with the back end in memory; pings by the format itself.

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

const person = { First_Name: 'Ann', Primary_Phone: '(512) 555-0142', Zip: '00704', State: 'PR' };
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe('a classic post', () => {
  const controls = { TYPE: '33', SRC: 'acme-9f2c' };
  const held = 'Lead ID 1 has to be manually approved.';
  const answers: [outcome: keyof typeof OUTCOMES, told: string][] = [
    ['sold', '<status>Matched</status><lead_id>1</lead_id>'],
    ['unsold', '<status>Unmatched</status><lead_id>1</lead_id>'],
    [
      'rejected',
      '<status>Error</status><lead_id>1</lead_id>' +
        '<error>a required field is missing; zip: missing</error>',
    ],
    [
      'duplicate',
      '<status>Error</status><lead_id>1</lead_id>' +
        '<error>the same person was received within the window</error>',
    ],
    ['pending', `<status>${held}</status><lead_id>1</lead_id>`],
  ];
  test.for(answers)('that is %s is answered in XML', async ([outcome, told]) => {
    stand.outcome = OUTCOMES[outcome];
    const got = await send(stand, form('/genericPostLead.php', { ...controls, ...person }));
    expect([got.status, got.type]).toEqual([200, 'text/xml']);
    expect(got.text).toBe(`${XML}<response>${told}</response>`);
  });

  test('is answered in JSON, with a number, where that is asked for', async () => {
    const query = new URLSearchParams({ ...controls, ...person, Format: 'JSON', Test_Lead: '1' });
    const got = await send(stand, { uri: `/genericPostlead.php?${query}` });
    expect(JSON.parse(got.text)).toEqual({ response: { status: 'Unmatched', lead_id: 1 } });
    expect(stand.leads[0]?.draft).toMatchObject({
      ...{ test: true, unknownFields: [] },
      fields: { first_name: 'Ann', phone: '+15125550142', zip: '00704', state: 'PR' },
    });
  });

  test('of an unknown SRC is an error', async () => {
    const wrong = { ...controls, SRC: 'guessed-it', ...person };
    const got = await send(stand, form('/genericPostLead.php', wrong));
    expect([got.status, stand.leads]).toEqual([200, []]);
    expect(got.text).toMatch(/<response><status>Error<\/status><error>[^<]+<\/error><\/response>$/);
    expect(got.text).not.toContain('guessed-it');
  });
});

describe('the API', () => {
  const controls = { Key: 'bb-secret', API_Action: 'pingPostLead', TYPE: '33', SRC: 'acme' };
  const process = (amount: string, bids: number, why = '') =>
    `<process_information><total_bids>${bids}</total_bids><total_bid_amount>${amount}` +
    `</total_bid_amount><best_bid>${amount}</best_bid>` +
    `${why ? `<unmatched_reason>${why}</unmatched_reason>` : '<unmatched_reason/>'}` +
    '</process_information>';

  test('answers a sale with what it brings', async () => {
    stand.outcome = OUTCOMES.sold;
    const got = await send(
      stand,
      form('/new_api/api.php', { ...controls, Mode: 'full', ...person }),
    );
    expect(got.text).toBe(
      `${XML}<response><status>Matched</status><lead_type>33</lead_type><lead_id>1</lead_id>` +
        `${process('9.60', 1)}<bids><bid><bid_id>1</bid_id>` +
        '<seller_lead_bid>9.60</seller_lead_bid></bid></bids></response>',
    );
    expect(stand.leads[0]?.draft.unknownFields).toEqual([]);
  });

  test.for(['/apiJSON.php', '/new_api/apiJSON.php'])('reads Request at %s', async (uri) => {
    const request = { ...controls, Format: 'JSON', Cost: '12.50', ...person };
    const got = await send(stand, json(uri, { Request: request }));
    expect(JSON.parse(got.text)).toEqual({
      response: {
        ...{ status: 'Unmatched', lead_type: '33', lead_id: 1 },
        process_information: {
          ...{ total_bids: 0, total_bid_amount: '0.00', best_bid: '0.00' },
          unmatched_reason: 'no buyer bid enough',
        },
      },
    });
    expect(stand.leads[0]?.draft).toMatchObject({ askingCents: 1250, fields: { zip: '00704' } });
  });

  test.for(['0', '-1', '0.00'])('asks for no price where Cost is %s', async (Cost) => {
    await send(stand, form('/new_api/api.php', { ...controls, Cost, ...person }));
    expect(stand.leads[0]?.draft.askingCents).toBeNull();
  });

  test.for([{ Cost: '12,5' }, { Cost: '9999999' }, { Mode: 'pong' }])(
    'refuses %j, and does not repeat it',
    async (wrong) => {
      const got = await send(stand, form('/new_api/api.php', { ...controls, ...wrong, ...person }));
      expect([got.status, stand.leads]).toEqual([200, []]);
      expect(got.text).toContain('<status>Error</status>');
      expect(got.text).not.toContain(Object.values(wrong)[0]);
    },
  );

  test('answers a ping with a bid', () => {
    const query = 'Mode=ping&TYPE=33';
    expect(answerOf('boberdoo_api', '/new_api/api.php', { answered: BID, query }).body).toBe(
      `${XML}<response><status>Matched</status><lead_type>33</lead_type>` +
        `<lead_id>ping_1</lead_id>${process('12.05', 1)}<bids><bid><bid_id>ping_1</bid_id>` +
        '<seller_lead_bid>12.05</seller_lead_bid></bid></bids></response>',
    );
    expect(answerOf('boberdoo_api', '/new_api/api.php', { answered: NO_BID, query }).body).toBe(
      `${XML}<response><status>Unmatched</status><lead_type>33</lead_type>` +
        `${process('0.00', 0, 'no buyer bid enough')}</response>`,
    );
  });

  test('asks for a price, and keeps no lead', async () => {
    const quote = { kind: 'bid', payoutCents: cents(1205) } as const;
    stand.quoted = { pingId: 'ping_7', quote, expiresAtMs: 0 };
    const asked = { ...controls, Mode: 'ping', Zip: '00704', Format: 'JSON' };
    const got = await send(stand, form('/new_api/api.php', asked));
    expect(JSON.parse(got.text)).toMatchObject({
      response: {
        status: 'Matched',
        lead_id: 'ping_7',
        process_information: { best_bid: '12.05' },
      },
    });
    expect(stand.leads).toEqual([]);
  });

  test.for([{ Mode: 'post' }, {}])('takes the post of a ping with %j', async (mode) => {
    stand.ping = PINGED;
    const asked = { ...controls, ...mode, Lead_ID: 'ping_7', ...person };
    await send(stand, form('/new_api/api.php', asked));
    expect(stand.leads[0]?.draft).toMatchObject({ askingCents: 1205 });
  });

  test('takes a full post for one, whatever Lead_ID is', async () => {
    stand.ping = { kind: 'forged' };
    const asked = { ...controls, Mode: 'full', Lead_ID: 'ping_7', ...person };
    await send(stand, form('/new_api/api.php', asked));
    expect(stand.leads[0]?.draft.askingCents).toBeNull();
  });

  test.for([{ Lead_ID: 'guessed-it' }, {}])('refuses a post with %j', async (id) => {
    stand.ping = { kind: 'forged' };
    const asked = { ...controls, Mode: 'post', ...id, ...person };
    const got = await send(stand, form('/new_api/api.php', asked));
    expect(stand.leads).toEqual([]);
    expect(got.text).toContain('<status>Error</status>');
    expect(got.text).not.toContain('guessed-it');
  });
});
