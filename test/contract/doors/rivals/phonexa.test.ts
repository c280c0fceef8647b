// Goal: clients of Phonexa are understood, answered by number, and may ask again later. Method:
// real HTTP with the back end in memory.

import { describe, expect, test } from 'vitest';

import { toLeadId } from '../../../../src/domain/ids.ts';
import {
  answerOf,
  BID,
  form,
  json,
  NO_BID,
  OUTCOMES,
  send,
  startRivalStand,
  useRivalStand,
} from './rival-stand.ts';

const stand = await useRivalStand();

const controls = { apiId: 'A1', apiPassword: 'px-secret', productId: '12' };
const person = { firstName: 'Ann', cellPhone: '(512) 555-0142', zip: '00704' };
const CHECK = '/lead/check-lead-status';

const url = 'https://a.example/?b=1&c=2';
const id = { id: '1', leadId: '1' };
const answers: [outcome: keyof typeof OUTCOMES, told: object][] = [
  ['sold', { ...id, status: 1, price: 9.6, redirect: url, redirectUrl: url }],
  ['unsold', { ...id, status: 2 }],
  ['pending', { ...id, status: 3 }],
  ['rejected', { ...id, status: 4, errors: [{ zip: 'missing' }] }],
  ['duplicate', { ...id, status: 4, errors: [{ lead: 'duplicate' }] }],
];

describe('a post', () => {
  test.for(answers)('that is %s is answered, and when asked again', async ([outcome, told]) => {
    stand.outcome = OUTCOMES[outcome];
    const got = await send(stand, json('/lead/', { ...controls, ...person }));
    expect([got.status, got.type, JSON.parse(got.text)]).toEqual([200, 'application/json', told]);
    for (const name of ['id', 'leadId', 'lead_id']) {
      const asked = await send(stand, form(CHECK, { ...controls, [name]: '1' }));
      expect(JSON.parse(asked.text)).toEqual(told);
    }
    const query = new URLSearchParams({ ...controls, id: stand.leads[0]?.id ?? '' });
    const byOurs = await send(stand, { uri: `/Lead/Check-Lead-Status/?${query}` });
    expect(JSON.parse(byOurs.text)).toEqual(told);
  });

  test('becomes a lead with the least price', async () => {
    const more = { price: 7.5, tPar: 'aff' };
    await send(stand, json('/lead', { ...controls, ...person, ...more }));
    expect(stand.leads[0]?.draft).toMatchObject({
      ...{ askingCents: 750, subSource: 'aff' },
      fields: { first_name: 'Ann', phone: '+15125550142', zip: '00704' },
    });
    expect(JSON.stringify(stand.leads[0]?.draft)).not.toContain('px-secret');
  });

  test('that waits for nothing is in progress at once', async () => {
    let finish = () => {};
    const decided = new Promise<void>((resolve) => (finish = resolve));
    const slow = await startRivalStand({
      async distribute() {
        await decided;
        return OUTCOMES.unsold;
      },
    });
    const got = await send(slow, json('/lead/', { ...controls, ...person, closeConnection: 1 }));
    finish();
    await slow.close();
    expect(JSON.parse(got.text)).toEqual({ ...id, status: 3 });
    expect(slow.leads).toHaveLength(1);
  });

  const tests: [more: object, outcome: keyof typeof OUTCOMES, told: object][] = [
    [{ testMode: '1' }, 'unsold', { status: 2 }],
    [{ testMode: '1', testSold: '1' }, 'unsold', { status: 1, price: 0 }],
    [{ testMode: '1', testSold: '1' }, 'rejected', { status: 4 }],
    [{ testSold: '1' }, 'unsold', { status: 2 }],
  ];
  test.for(tests)('with %j that is %s is answered as a test', async ([more, outcome, told]) => {
    stand.outcome = OUTCOMES[outcome];
    const got = await send(stand, json('/lead/', { ...controls, ...person, ...more }));
    expect(JSON.parse(got.text)).toMatchObject(told);
    expect(stand.leads[0]?.draft.test).toBe('testMode' in more);
  });

  const refusals: [what: string, more: Record<string, string>, error: object][] = [
    ['a wrong password', { apiPassword: 'guessed-it' }, { apiPassword: expect.any(String) }],
    ['another product', { productId: 'guessed-it' }, { apiPassword: expect.any(String) }],
    ['names in other letters', { apiId: '', APIID: 'A1' }, { apiPassword: expect.any(String) }],
    ['no price', { price: 'guessed-it' }, { price: 'not an amount in dollars' }],
  ];
  test.for(refusals)('with %s is refused', async ([, more, error]) => {
    const got = await send(stand, json('/lead/', { ...controls, ...person, ...more }));
    expect([got.status, stand.leads]).toEqual([200, []]);
    expect(JSON.parse(got.text)).toEqual({ status: 4, errors: [error] });
    expect(got.text).not.toContain('guessed-it');
  });
});

describe('a poll', () => {
  const strange = ['2', '0', '-1', '1e0', '01JD', '', '999999999999999', '9'.repeat(400)];
  test.for([...strange, toLeadId('01JD8XK7M2Q3R4S5T6V7W8X9Y0')])(
    'of %j finds nothing',
    async (lead) => {
      await send(stand, json('/lead/', { ...controls, ...person }));
      const asked = await send(stand, form(CHECK, { ...controls, id: lead }));
      expect(JSON.parse(asked.text)).toEqual({ status: 5 });
    },
  );

  test('with a wrong password hears nothing', async () => {
    await send(stand, json('/lead/', { ...controls, ...person }));
    const asked = await send(stand, form(CHECK, { ...controls, apiPassword: 'x', id: '1' }));
    expect(JSON.parse(asked.text)).toMatchObject({ status: 4 });
  });

  test('is answered with 503 while PostgreSQL is away', async () => {
    const gone = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const broken = await startRivalStand({ findOutcome: () => Promise.reject(gone) });
    const got = await send(broken, form(CHECK, { ...controls, id: '1' }));
    await broken.close();
    expect([got.status, JSON.parse(got.text)]).toMatchObject([503, { status: 4 }]);
  });
});

test('a price is told as a number', () => {
  const body = (answered: typeof BID): unknown =>
    JSON.parse(answerOf('phonexa', '/lead', { answered }).body);
  expect(body(BID)).toEqual({ id: 'ping_1', status: 1, price: 12.05 });
  expect(body(NO_BID)).toEqual({ status: 2 });
});
