// Goal: the very names and shapes that the platforms document, and answers read by their rules.
// Method: the guide's contracts against a server that answers what each platform would, whose
// journal shows what came; mistakes of contracts by their place in the document.

import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { parseWorld } from '../../../src/world/parse.ts';
import { type Answers, startFormatBuyers } from '../../support/format-buyers.ts';
import { guideExample } from '../../support/guide.ts';
import { contractOf, documentWith, exampleAt, pinged, posted, stepOf } from './preset-stand.ts';

let said: ReturnType<Answers> = { body: '' };
const answer: Answers = () => said;
const PATHS = [
  ...['/ping', '/post', '/direct_post', '/ping.ashx', '/d.ashx', '/lead/', '/Lead/9/SimplePost'],
  ...['/new_api/api.php', '/api/submit.php'],
];
const buyers = await startFormatBuyers(Object.fromEntries(PATHS.map((path) => [path, answer])));
const here = `http://${buyers.address}`;
afterAll(() => buyers.close());
beforeEach(() => {
  buyers.journal.length = 0;
});

const json = (body: unknown) => ({ body: JSON.stringify(body) });
const formOf = (body = '') => Object.fromEntries(new URLSearchParams(body));
const journal = () => buyers.journal.map(({ method, path }) => `${method} ${path}`);

test('Lead Prosper: JSON under its names, ten digits, an ISO date', async () => {
  said = json({ status: 'ACCEPTED', code: 0, lead_id: 'x', payout: 35.7 });
  const verdict = await posted(exampleAt('leadprosper', here), { bidId: 'abc123' });
  expect(verdict).toEqual({ kind: 'accepted', reference: 'x', priceCents: 3570 });
  expect(journal()).toEqual(['POST /post']);
  expect(JSON.parse(buyers.journal[0]?.body ?? '')).toEqual({
    ...{ lp_campaign_id: '77', lp_supplier_id: '1234', lp_key: 'lp secret & more' },
    ...{ lp_ping_id: 'abc123', first_name: 'Zoë & "Ann"', phone: '5125550142', zip_code: '02134' },
    ...{ state: 'TX', date_of_birth: '1984-02-09', cars: 2, homeowner: true },
  });
});

test('Phonexa: camel case, ten digits, and the contract’s price as the least', async () => {
  said = json({ id: '9', status: 3 });
  expect(await posted(exampleAt('phonexa', here))).toMatchObject({ kind: 'pending' });
  expect(journal()).toEqual(['POST /lead/']);
  expect(JSON.parse(buyers.journal[0]?.body ?? '')).toEqual({
    ...{ apiId: 'A1', apiPassword: 'px secret', productId: '12', price: 12 },
    ...{ firstName: 'Zoë & "Ann"', phone: '5125550142', zip: '02134', state: 'TX' },
    ...{ dob: '1984-02-09', vehicles: 2, homeowner: true },
  });
});

test('boberdoo: a test ping says what it is for, and nothing of the person', async () => {
  said = json({ response: { status: 'Matched', lead_id: '7', bids: {} } });
  await pinged(exampleAt('boberdoo', here), { isTest: true });
  expect(formOf(buyers.journal[0]?.body)).toEqual({
    ...{ Key: 'bob secret', API_Action: 'pingPostLead', Mode: 'ping', TYPE: '33', SRC: 'acme' },
    ...{ Format: 'JSON', Return_Best_Price: '1', Test_Lead: '1' },
    ...{ Zip: '02134', State: 'TX', Vehicles: '2', Homeowner: 'true' },
  });
});

test('LeadByte: a form, phones with their country', async () => {
  said = json({ code: -2, response: 'Duplicate', leadId: null });
  const verdict = await posted(exampleAt('leadbyte', here));
  expect(verdict).toMatchObject({ kind: 'rejected', reason: 'buyer_duplicate' });
  expect(formOf(buyers.journal[0]?.body)).toEqual({
    ...{ campid: 'ACME-7', sid: 'sup-9', returnjson: 'yes', firstname: 'Zoë & "Ann"' },
    ...{ phone1: '+15125550142', postcode: '02134', state: 'TX', dob: '1984-02-09' },
    ...{ vehicles: '2', homeowner: 'true' },
  });
});

describe('CAKE', () => {
  const result = (inner: string) => ({ body: `<result>${inner}</result>` });

  test('is pinged where the buyer says, and posted to with the ping’s id', async () => {
    const contract = exampleAt('cake', here);
    said = result('<code>0</code><msg>success</msg><leadid>C80</leadid><price>25.00</price>');
    expect(await pinged(contract)).toMatchObject({ kind: 'bid', priceCents: 2500, bidId: 'C80' });
    const verdict = await posted(contract, { bidId: 'C80' });
    expect(verdict).toMatchObject({ kind: 'accepted', reference: 'C80', priceCents: 2500 });
    expect(journal()).toEqual(['POST /ping.ashx', 'POST /d.ashx']);
    const [ping, post] = buyers.journal.map(({ body }) => formOf(body));
    const who = { ckm_campaign_id: '88', ckm_key: 'ck secret' };
    const car = { zip_code: '02134', state: 'TX', vehicles: '2', homeowner: 'true' };
    expect(ping).toEqual({ ...who, ...car });
    expect(post).toMatchObject({ ...who, ...car, ckm_request_id: 'C80', phone: '5125550142' });
  });

  test.for([
    ['<code>1</code><msg>error</msg><errors><error>Duplicate lead</error></errors>', 'duplicate'],
    ['<code>1</code><msg>error</msg><errors><error>No</error></errors>', 'rejected'],
  ])('refuses with %s', async ([inner = '', reason]) => {
    said = result(inner);
    const verdict = await posted(exampleAt('cake', here));
    expect(verdict).toMatchObject({ kind: 'rejected', reason: `buyer_${reason}` });
  });
});

describe('LinkTrust', () => {
  test('is asked for the best of its pings, which comes back', async () => {
    const contract = exampleAt('linktrust', here);
    const offers = [
      { PingId: 'p1', Payout: 3 },
      { PingId: 'p2', Payout: 4.5 },
    ];
    said = json({ Accepted: true, AcceptedPings: offers });
    expect(await pinged(contract)).toMatchObject({ kind: 'bid', priceCents: 450, bidId: 'p2' });
    said = json({ status: 'Accepted', LeadId: 8 });
    const verdict = await posted(contract, { bidId: 'p2' });
    expect(verdict).toMatchObject({ kind: 'accepted', reference: '8' });
    expect(journal()).toEqual(['POST /ping', 'POST /post']);
    expect(formOf(buyers.journal[1]?.body)).toEqual({
      ...{ AFID: '12', AffiliateReferenceID: 'lead_1', PingId: 'p2', FirstName: 'Zoë & "Ann"' },
      ...{ Phone: '5125550142', Zip: '02134', State: 'TX', DateOfBirth: '1984-02-09' },
      ...{ Vehicles: '2', Homeowner: 'true' },
    });
  });

  test('takes a post without a ping at its simple post', async () => {
    const ids = `campaign_id: 9, affiliate_id: 12`;
    const preset = `{ name: linktrust, mode: post, url: '${here}/', ${ids} }`;
    const contract = contractOf(`price_cents: 500\npreset: ${preset}`);
    said = json({ status: 'Rejected', Reason: 'duplicate lead' });
    const verdict = await posted(contract);
    expect(verdict).toMatchObject({ kind: 'rejected', reason: 'buyer_duplicate' });
    said = { status: 503, body: 'busy' };
    expect(await posted(contract)).toMatchObject({ kind: 'unclear' });
    expect(journal()).toEqual(['POST /Lead/9/SimplePost', 'POST /Lead/9/SimplePost']);
    expect(contract.post).toMatchObject({ testUrl: null });
  });
});

test('tests go to the address for tests, with the switch', () => {
  const shown = guideExample('buyer-presets.md', 'cake').replace('mode: ping_post', 'mode: post');
  const contract = contractOf(`price_cents: 5\n${shown}  test_url: https://sandbox.example\n`);
  expect(stepOf(contract, 'post').testUrl).toBe('https://sandbox.example/d.ashx');
  expect(stepOf(contractOf(`price_cents: 5\n${shown}  test_url: null\n`), 'post').testUrl).toBe(
    null,
  );
});

describe('is refused, with its path:', () => {
  const prosper = 'name: leadprosper, campaign_id: 77, supplier_id: 1, key: env:K';
  const WRONG: [says: string, contract: string, path: string, words: RegExp][] = [
    ['a platform that is none', 'preset: { name: fax }', 'preset.name', /^wants leadprosper, /],
    ['no mode', `preset: { ${prosper} }`, 'preset.mode', /is missing/],
    [
      'a ping beside it',
      `preset: { ${prosper}, mode: ping_post }\nping: { url: https://a.example }`,
      'ping',
      /does not go with preset/,
    ],
    [
      'a secret instead of its place',
      `preset: { ${prosper.replace('env:K', 'sesame')}, mode: ping_post }`,
      'preset.key',
      /never the secret itself/,
    ],
    [
      'an id that would leave its place in the address',
      'preset: { name: leadconduit, mode: ping_post, flow: a/../b, source: s }',
      'preset.flow',
      /wants letters/,
    ],
    [
      'a field that is none',
      `preset: { ${prosper}, mode: ping_post, fields: { cars: vehicels } }`,
      'preset.fields.cars',
      /"vehicels" is no field/,
    ],
    [
      'a name that the preset fills in',
      `preset: { ${prosper}, mode: ping_post, fields: { lp_key: zip } }`,
      'preset.fields.lp_key',
      /fills in itself/,
    ],
    [
      'a list with a field that is none',
      `preset: { ${prosper}, mode: ping_post, ping_fields: [zip, fax] }`,
      'preset.ping_fields[1]',
      /"fax"|no field/,
    ],
    [
      'no base address',
      'price_cents: 5\npreset: { name: phonexa, api_id: A, product_id: 1, password: env:K }',
      'preset.url',
      /is missing/,
    ],
    [
      'no address of the ping',
      `preset: { name: cake, mode: ping_post, url: '${here}', campaign_id: 1, key: env:K }`,
      'preset.ping_url',
      /is missing/,
    ],
    ['a post without a price', `preset: { ${prosper}, mode: post }`, '', /price_cents or ping/],
  ];

  test.for(WRONG)('%s', ([, contract, path, words]) => {
    const verdict = parseWorld(documentWith(contract));
    expect(verdict.ok ? [] : verdict.errors).toEqual([
      expect.objectContaining({
        path: `contracts.preset_auto${path && `.${path}`}`,
        says: expect.stringMatching(words) as string,
      }),
    ]);
  });
});
