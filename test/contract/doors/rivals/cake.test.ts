// Goal: clients of CAKE are understood and answered in the shapes that they parse. Method: real
// HTTP with the back end in memory; answers to pings by the format itself.

import { describe, expect, test } from 'vitest';

import { answerOf, BID, form, NO_BID, OUTCOMES, send, useRivalStand } from './rival-stand.ts';

const stand = await useRivalStand();

const controls = { ckm_campaign_id: '88', ckm_key: 'ck-secret' };
const person = { f_name: 'Ann', phone_home: '(512) 555-0142', zip_code: '00704' };
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
const failure = (...errors: string[]) =>
  '<code>1</code><msg>error</msg><errors>' +
  `${errors.map((each) => `<error>${each}</error>`).join('')}</errors>`;

const answers: [outcome: keyof typeof OUTCOMES, told: string][] = [
  [
    'sold',
    '<code>0</code><msg>success</msg><leadid>1</leadid><price>9.60</price>' +
      '<redirect>https://a.example/?b=1&amp;c=2</redirect>',
  ],
  ['pending', '<code>0</code><msg>success</msg><leadid>1</leadid><price>0.00</price>'],
  ['unsold', failure('no buyer bid enough')],
  ['duplicate', failure('Duplicate lead')],
  ['rejected', failure('a required field is missing', 'zip: missing')],
];
test.for(answers)('a post that is %s is answered', async ([outcome, told]) => {
  stand.outcome = OUTCOMES[outcome];
  const got = await send(stand, form('/d.ashx', { ...controls, ...person }));
  expect([got.status, got.type]).toEqual([200, 'text/xml']);
  expect(got.text).toBe(`${XML}<result>${told}</result>`);
});

describe('a body in XML', () => {
  const query = new URLSearchParams({ ...controls, ckm_xml: '1', ckm_subid: 'a7' });
  const uri = `/post.ashx?${query}`;

  test.for(['text/xml', 'application/x-www-form-urlencoded', ''])('is read as %j', async (type) => {
    const body = '<any><f_name>Ann &amp; Bo</f_name><zip_code>00704</zip_code></any>';
    const headers = type === '' ? {} : { 'Content-Type': type };
    await send(stand, { method: 'POST', uri, headers, body });
    expect(stand.leads[0]?.draft).toMatchObject({
      ...{ subSource: 'a7', unknownFields: [] },
      fields: { first_name: 'Ann & Bo', zip: '00704' },
    });
  });

  test.for([
    '<a><f_name>Ann</a>',
    'f_name=Ann',
    '<!DOCTYPE a [<!ENTITY b "c">]><a><f_name>&b;</f_name></a>',
  ])('that is broken is said to be: %s', async (body) => {
    const got = await send(stand, { method: 'POST', uri, headers: {}, body });
    expect(got.text).toBe(`${XML}<result>${failure('Invalid XML Format')}</result>`);
    expect(stand.leads).toEqual([]);
  });
});

const marks: [values: Record<string, string>, test: boolean][] = [
  [{ ckm_test: '1' }, true],
  [{ f_name: 'CKMTest' }, true],
  [{ last_name: 'Lee ckmtest' }, true],
  [{ address1: '1 ckmtest St' }, true],
  [{ email: 'ckmtest@example.com' }, false],
  [{ f_name: 'ckmtester' }, false],
  [{ ckm_test: '0' }, false],
];
test.for(marks)('a test lead is one with a mark: %j', async ([values, isTest]) => {
  await send(stand, form('/d.ashx', { ...controls, ...person, ...values }));
  expect(stand.leads[0]?.draft.test).toBe(isTest);
});

const refusals: [what: string, more: Record<string, string>, says: RegExp][] = [
  ['a wrong key', { ckm_key: 'guessed-it' }, /password is not known/],
  ['a change of a lead', { ckm_lead_id: '1' }, /leave ckm_lead_id out/],
  ['a second round', { ckm_lead_id: '1', ckm_resell: '1' }, /leave ckm_lead_id out/],
  ['a post of a ping that is not ours', { ckm_request_id: 'guessed-it' }, /handed out/],
];
test.for(refusals)('%s is refused', async ([, more, says]) => {
  const got = await send(stand, form('/d.ashx', { ...controls, ...person, ...more }));
  expect([got.status, stand.leads]).toEqual([200, []]);
  expect(got.text).toMatch(says);
  expect(got.text).not.toContain('guessed-it');
});

test('a ping is answered with a price', () => {
  const body = (answered: typeof BID) => answerOf('cake', '/d.ashx', { answered }).body;
  expect(body(BID)).toBe(
    `${XML}<result><code>0</code><msg>success</msg><leadid>ping_1</leadid>` +
      '<ckm_request_id>ping_1</ckm_request_id><price>12.05</price></result>',
  );
  expect(body(NO_BID)).toBe(`${XML}<result>${failure('no buyer bid enough')}</result>`);
});
