// Goal: clients of LeadExec are understood and answered in the shapes that they parse. Method: real
// HTTP with the back end in memory; answers to pings by the format itself.

import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';

import { toLeadId } from '../../../../src/domain/ids.ts';
import { answerOf, BID, form, json, NO_BID, OUTCOMES, send, useRivalStand } from './rival-stand.ts';

const stand = await useRivalStand();

const controls = { vid: '501', lid: '7', password: 'le-secret' };
const person = { FirstName: 'Ann', Phone: '(512) 555-0142', Zip: '00704' };
const says = (details: string) => ({ ResponseDetails: details, ResponseDetail: details });
const refusedAs = { isValidPost: false, VendorAccountAssigned: 0, PendingQCReview: false };
const takenAs = { isValidPost: true, VendorAccountAssigned: 1, PendingQCReview: false };
const url = 'https://a.example/?b=1&c=2';

type Row = readonly [keyof typeof OUTCOMES, type: string, number: number, told: object];
const answers: Row[] = [
  [
    'sold',
    'No_Error',
    0,
    { ...takenAs, ...says('Lead was accepted'), Price: 9.6, RedirectURL: url },
  ],
  [
    'pending',
    ...(['No_Error', 0] as const),
    { ...takenAs, PendingQCReview: true, ...says('Lead is not decided on yet'), Price: 0 },
  ],
  ['unsold', 'Outside_Criteria', 5, { ...refusedAs, ...says('no buyer bid enough'), Price: 0 }],
  [
    'duplicate',
    ...(['Duplicate_Lead', 6] as const),
    { ...refusedAs, ...says('the same person was received within the window') },
  ],
  [
    'rejected',
    ...(['Data_Errors', 9] as const),
    { ...refusedAs, ...says('a required field is missing; zip: missing') },
  ],
];
describe('a lead', () => {
  test.for(answers)('that is %s is answered', async ([outcome, type, number, told]) => {
    stand.outcome = OUTCOMES[outcome];
    const got = await send(stand, form('/in/leadexec', { ...controls, ...person }));
    expect([got.status, got.type]).toEqual([200, 'text/xml']);
    const { PostResponse } = new XMLParser({ ignoreDeclaration: true }).parse(got.text) as Xml;
    expect(PostResponse).toMatchObject({ ResponseType: type, LeadIdentifier: 1, ...told });
    expect(stand.leads[0]?.draft.fields).toEqual({
      ...{ first_name: 'Ann', phone: '+15125550142', zip: '00704' },
    });
    stand.leads.length = 0;
    const inJson = await send(stand, json('/v2/insert/general', { ...controls, ...person }));
    expect(inJson.type).toBe('application/json');
    const body: unknown = JSON.parse(inJson.text);
    expect(body).toMatchObject({ ResponseType: number, LeadIdentifier: 1, ...told });
  });

  interface Xml {
    readonly PostResponse: object;
  }

  test('that is sold is told in exactly these words', () => {
    const leadId = toLeadId('01JD8XK7M2Q3R4S5T6V7W8X9Y0');
    const answered = { kind: 'lead', leadId, publicNo: 9, outcome: OUTCOMES.sold } as const;
    expect(answerOf('leadexec', '/', { answered }).body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<PostResponse><PostID>019351d9-9e82-b8f0-4c97-46d9f88ea7c0</PostID>' +
        '<isValidPost>true</isValidPost><ResponseType>No_Error</ResponseType>' +
        '<ResponseDetails>Lead was accepted</ResponseDetails>' +
        '<ResponseDetail>Lead was accepted</ResponseDetail><LeadIdentifier>9</LeadIdentifier>' +
        '<VendorAccountAssigned>1</VendorAccountAssigned><PendingQCReview>false</PendingQCReview>' +
        '<Price>9.60</Price><RedirectURL>https://a.example/?b=1&amp;c=2</RedirectURL></PostResponse>',
    );
  });

  test('may have its client in the query, and its password in a header', async () => {
    const sent = json('/v2/insert/general?vid=501&lid=7', person);
    await send(stand, { ...sent, headers: { ...sent.headers, access_token: 'le-secret' } });
    expect(stand.leads).toHaveLength(1);
  });

  const refusals: [what: string, more: Record<string, string>, type: string][] = [
    ['no vid', { vid: '' }, 'Vendor_ID_Missing'],
    ['no lid', { lid: '' }, 'LeadType_ID_Missing'],
    ['a wrong password', { password: 'guessed-it' }, 'No_Account_Found'],
    ['an aid that is not the door’s', { aid: 'guessed-it' }, 'No_Account_Found'],
    ['a returnurl', { returnurl: 'https://guessed-it.example' }, 'Data_Errors'],
    ['an orderid', { orderid: 'guessed-it' }, 'Data_Errors'],
  ];
  test.for(refusals)('with %s is refused', async ([, more, type]) => {
    const got = await send(stand, form('/in/leadexec/', { ...controls, ...person, ...more }));
    expect([got.status, stand.leads]).toEqual([200, []]);
    expect(got.text).toContain(`<ResponseType>${type}</ResponseType>`);
    expect(got.text).not.toContain('guessed-it');
  });

  test.for([
    ['/v2/insert/general/xml', 'text/xml'],
    ['/v2/insert/general/json', 'application/json'],
    ['/v2/insert/general', 'application/json'],
  ] as const)('at %s is answered in %s', async ([uri, type]) => {
    expect((await send(stand, form(uri, { ...controls, ...person }))).type).toBe(type);
  });
});

test('a ping is answered with a price and an order', () => {
  const body = (answered: typeof BID): unknown =>
    JSON.parse(answerOf('leadexec', '/v2/ping/general', { answered }).body);
  expect(body(BID)).toMatchObject({ ResponseType: 0, Price: 12.05, OrderID: 'ping_1', ...takenAs });
  expect(body(NO_BID)).toMatchObject({ ResponseType: 5, Price: 0, ...refusedAs });
});
