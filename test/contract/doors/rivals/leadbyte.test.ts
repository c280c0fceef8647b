// Goal: clients of LeadByte's submit.php and REST addresses are understood and answered in the
// shapes that they parse. Method: real HTTP with the back end in memory.

import { describe, expect, test } from 'vitest';

import { toLeadId } from '../../../../src/domain/ids.ts';
import { form, json, OUTCOMES, send, startRivalStand, useRivalStand } from './rival-stand.ts';

const stand = await useRivalStand(OUTCOMES.sold);

const person = { firstname: 'Ann', phone1: '(512) 555-0142', postcode: '00704' };

describe('submit.php', () => {
  const controls = { campid: 'ACME-7', sid: 'sup-9' };

  const answers: [outcome: keyof typeof OUTCOMES, told: object][] = [
    ['sold', { code: 1, response: 'OK', info: { redirectUrl: 'https://a.example/?b=1&c=2' } }],
    ['pending', { code: 1, response: 'OK', info: [] }],
    ['duplicate', { code: -2, response: 'Duplicate', info: {} }],
    ['unsold', { code: -3, response: 'no buyer bid enough', info: {} }],
    [
      'rejected',
      {
        ...{ code: -5, response: 'Validation failed' },
        info: { reason: 'a required field is missing', zip: 'missing' },
      },
    ],
  ];
  test.for(answers)('answers a lead that is %s', async ([outcome, told]) => {
    stand.outcome = OUTCOMES[outcome];
    const before = Date.now();
    const got = await send(
      stand,
      form('/api/submit.php', { ...controls, returnjson: 'yes', ...person }),
    );
    expect([got.status, got.type]).toEqual([200, 'application/json']);
    const { processTime, timestamp, ...rest } = JSON.parse(got.text) as Record<string, unknown>;
    expect(rest).toEqual({ ...told, leadId: 1 });
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(processTime).toBeGreaterThanOrEqual(0);
    expect(processTime).toBeLessThanOrEqual((Date.now() - before) / 1000);
  });

  test('keeps its keys in their order, on one line', async () => {
    const got = await send(stand, form('/api/submit.php', { ...controls, ...person }));
    const keys = Object.keys(JSON.parse(got.text) as object);
    expect(keys).toEqual(['code', 'response', 'info', 'leadId', 'processTime', 'timestamp']);
    expect(got.text).not.toContain('\n');
  });

  test('takes a lead from the query, and marks a test', async () => {
    const query = new URLSearchParams({ ...controls, ...person, testmode: 'yes', ssid: 'a7' });
    await send(stand, { uri: `/api/submit.php?${query}` });
    expect(stand.leads[0]?.draft).toMatchObject({
      ...{ test: true, subSource: 'a7', unknownFields: [] },
      fields: { first_name: 'Ann', phone: '+15125550142', zip: '00704' },
    });
  });

  const refusals: [what: string, more: Record<string, string>, code: number][] = [
    ['another supplier', { sid: 'guessed-it' }, -7],
    ['another campaign', { campid: 'guessed-it' }, -7],
    ['two zips', { zip: '12345' }, -5],
  ];
  test.for(refusals)('refuses %s', async ([, more, code]) => {
    const got = await send(
      stand,
      form('/api/submit.php', { ...controls, ...person, zip: '1', ...more }),
    );
    expect(JSON.parse(got.text)).toMatchObject({ code: more['zip'] ? 1 : code });
    expect(got.text).not.toContain('guessed-it');
  });
});

describe('the REST addresses', () => {
  const LEADS = '/restapi/v1.3/leads';
  const lead = { campid: 'ACME-7', sid: 'sup-9', ...person };
  const withKey = (sent: ReturnType<typeof json>, key = 'lb-secret') => ({
    ...sent,
    headers: { ...sent.headers, X_KEY: key },
  });

  interface Told {
    readonly status: string;
    readonly code: number;
    readonly results: readonly { readonly queueId: string; readonly status: string }[];
  }
  const told = (text: string) => JSON.parse(text) as Told;

  test('queue one lead, and tell later what it came to', async () => {
    const got = told((await send(stand, withKey(json(LEADS, lead)))).text);
    const [{ queueId } = { queueId: '' }] = got.results;
    const results = [{ queueId: `${stand.leads[0]?.id}-ACME-7`, status: 'Queued', code: 1 }];
    expect(got).toEqual({ status: 'Success', code: 1, message: '', results });

    const asked = await send(stand, { uri: `/restapi/v1.3/apiqueue/${queueId}?key=lb-secret` });
    const info = { redirectUrl: 'https://a.example/?b=1&c=2' };
    const result = { queueId, status: 'Processed', code: 1, response: 'OK', info, leadId: 1 };
    expect(told(asked.text)).toEqual({
      status: 'Success',
      code: 1,
      message: '',
      results: [result],
    });
  });

  test('say that a lead is still queued', async () => {
    stand.outcome = 'pending';
    const got = told((await send(stand, json(`${LEADS}?key=lb-secret`, lead))).text);
    const uri = `/restapi/v1.2/apiqueue/${got.results[0]?.queueId}`;
    const asked = await send(stand, { uri, headers: { X_KEY: 'lb-secret' } });
    expect(told(asked.text).results).toMatchObject([{ status: 'Queued', leadId: 1 }]);
  });

  const lists: [what: string, body: unknown][] = [
    ['a list', [lead, { ...lead, firstname: 'Bob' }]],
    ['leads', { leads: [lead, { ...lead, firstname: 'Bob' }] }],
    [
      'leads that share a campid',
      { campid: 'ACME-7', leads: [person, { ...person, firstname: 'Bob' }] },
    ],
  ];
  test.for(lists)('take several leads as %s', async ([, body]) => {
    const got = await send(stand, withKey(json('/restapi/v1.2/leads', body)));
    expect(told(got.text).results.map(({ status }) => status)).toEqual(['Queued', 'Queued']);
    expect(stand.leads.map(({ draft }) => draft.fields['first_name'])).toEqual(['Ann', 'Bob']);
  });

  test('take what can be taken of a list', async () => {
    const got = await send(
      stand,
      withKey(json(LEADS, [{ ...lead, campid: 'B' }, lead, 'Ann', null])),
    );
    expect(told(got.text)).toMatchObject({
      ...{ status: 'Success', code: 1 },
      results: [
        { queueId: null, status: 'Error', code: -7 },
        { queueId: expect.any(String), status: 'Queued', code: 1 },
        { queueId: null, status: 'Error', code: -5 },
        { queueId: null, status: 'Error', code: -5 },
      ],
    });
    expect(stand.leads).toHaveLength(1);
  });

  const refusals: [what: string, key: string, body: unknown, code: number][] = [
    ['a wrong key', 'guessed-it', lead, -7],
    ['the password of submit.php’s other supplier', '', lead, -7],
    ['nothing', 'lb-secret', [], -5],
    ['more leads than are taken at once', 'lb-secret', Array(101).fill(lead), -5],
    ['a text', 'lb-secret', 'Ann', -5],
  ];
  test.for(refusals)('refuse %s', async ([, key, body, code]) => {
    const got = await send(stand, withKey(json(LEADS, body), key));
    expect([got.status, stand.leads]).toEqual([200, []]);
    expect(told(got.text)).toMatchObject({ status: 'Error', code });
    expect(got.text).not.toContain('guessed-it');
  });

  const strangers: [what: string, path: (id: string) => string][] = [
    ['a wrong key', (id) => `${id}-ACME-7?key=guessed`],
    ['another account', (id) => `${id}-ACME-8?key=lb-secret`],
    ['a lead that is not there', () => `lead_01JD8XK7M2Q3R4S5T6V7W8X9Y0-ACME-7?key=lb-secret`],
    ['no id', () => `x?key=lb-secret`],
  ];
  test.for(strangers)('tell nothing of a lead to %s', async ([, path]) => {
    await send(stand, withKey(json(LEADS, lead)));
    const id = stand.leads[0]?.id ?? toLeadId('');
    const got = await send(stand, { uri: `/restapi/v1.3/apiqueue/${path(id)}` });
    expect(told(got.text)).toMatchObject({ status: 'Error', results: [] });
  });

  test('do not answer one client with what another one hears at the same moment', async () => {
    let finish = () => {};
    const found = new Promise<undefined>((resolve) => (finish = () => resolve(undefined)));
    const slow = await startRivalStand({ findOutcome: () => found });
    const uri = '/restapi/v1.3/apiqueue/lead_01JD8XK7M2Q3R4S5T6V7W8X9Y0-ACME-7';
    const right = send(slow, { uri, headers: { X_KEY: 'lb-secret' } });
    const wrong = await send(slow, { uri, headers: { X_KEY: 'guessed' } });
    finish();
    expect(told(wrong.text)).toMatchObject({ code: -7 });
    expect(told((await right).text)).toMatchObject({ code: -5 });
    await slow.close();
  });
});
