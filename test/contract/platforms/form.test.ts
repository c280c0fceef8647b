// Goal: a plain form on a web page gets a lead in and its visitor a page, whoever else may post.
// Method: real HTTP, redirects not followed.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { HONEYPOT } from '../../../src/api/platforms/form-page.ts';
import { makeStamp } from '../../../src/api/platforms/stamp.ts';
import { type Stand, startStand } from '../api-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
beforeEach(() => void (stand.leads.length = 0));
afterAll(() => stand.close());

const person = { first_name: 'Ann', phone: '(512) 555-0142', zip: '00704' };
const page = { origin: 'https://www.example.com' };
const json = { accept: 'application/json' };
const key = 'a key of tests';

async function send(
  account: string,
  body: Record<string, string> | FormData | string,
  headers: Record<string, string | undefined> = {},
) {
  const isFlat = typeof body !== 'string' && !(body instanceof FormData);
  const response = await fetch(`${stand.url}/in/form/${account}`, {
    method: 'POST',
    body: isFlat ? new URLSearchParams(body) : body,
    headers: Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('a form', () => {
  test('sends its visitor on to the page that the door names', async () => {
    const body = {
      ...person,
      thanks_url: 'https://evil.example',
      redirect: 'https://evil.example',
    };
    const { status, headers } = await send('elsewhere', body);
    expect([status, headers.get('location')]).toEqual([303, 'https://www.example.com/thanks']);
    const [lead] = stand.leads;
    expect(lead?.draft).toMatchObject({ sourceId: 'acme', test: false });
    expect(lead?.draft.fields).toEqual({ first_name: 'Ann', phone: '+15125550142', zip: '00704' });
  });

  test('without a page of its own says thank you', async () => {
    const { status, text } = await send('plain', person);
    expect([status, text]).toEqual([200, expect.stringContaining('Thank you')]);
  });

  const bodies: [what: string, body: FormData | string, type?: string][] = [
    ['multipart', Object.entries(person).reduce(appended, new FormData())],
    ['JSON', JSON.stringify(person), 'application/json'],
  ];
  test.for(bodies)('may be %s, and is answered in JSON if asked to', async ([, body, type]) => {
    const { status, text } = await send('elsewhere', body, { ...json, 'content-type': type });
    expect([status, JSON.parse(text)]).toEqual([200, { status: 'received' }]);
    expect(stand.leads[0]?.draft.fields).toMatchObject({ phone: '+15125550142' });
  });

  test('with mistakes comes back with them, and nothing is kept', async () => {
    const { status, text } = await send('plain', { ...person, phone: '"><script>', zip: '' });
    expect(status).toBe(422);
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;"');
    expect(text).toContain('not a phone number');
    expect(text).not.toContain('<script');
    const { status: again, text: told } = await send('plain', { first_name: 'Ann' }, json);
    const errors = ['phone', 'zip'].map((field) => ({ field, says: 'missing', fix: 'correct it' }));
    expect([again, JSON.parse(told)]).toMatchObject([422, { status: 'refused', errors }]);
    const elsewhere = await send('elsewhere', { first_name: 'Ann' });
    expect(elsewhere.headers.get('location')).toBe('https://www.example.com/again');
    expect(stand.leads).toEqual([]);
  });

  test('that a bot filled in looks taken, and is a test lead', async () => {
    const honest = await send('plain', person);
    for (const more of [{}, { zip: 'x' }]) {
      const { status, text } = await send('plain', { ...person, ...more, [HONEYPOT]: 'x' });
      expect([status, text]).toEqual([honest.status, honest.text]);
    }
    const [, bot] = stand.leads;
    expect(bot?.draft).toMatchObject({ test: true, behaviour: { suspected_bot: true } });
    expect(stand.leads.map(({ draft }) => draft.test)).toEqual([false, true, true]);
  });

  const ages: [age: string, stamp: () => string | undefined, facts: object][] = [
    ['fine', () => stampOf(60), { form_age: 'fine', form_seconds: 60 }],
    ['too_young', () => stampOf(1), { form_age: 'too_young', form_seconds: 1 }],
    ['too_old', () => stampOf(90_000), { form_age: 'too_old', form_seconds: 90_000 }],
    ['forged', () => stampOf(60).replace(/^./, '2'), { form_age: 'forged' }],
    ['forged', () => makeStamp('other', Date.now(), key), { form_age: 'forged' }],
    ['missing', () => undefined, { form_age: 'missing' }],
  ];
  test.for(ages)('tells that its stamp is %s', async ([, stamp, facts]) => {
    const form_rendered_at = stamp();
    await send('plain', {
      ...person,
      form_seconds: '9',
      ...(form_rendered_at && { form_rendered_at }),
    });
    expect(stand.leads[0]?.draft).toMatchObject({ test: false, behaviour: facts });
  });

  test('sent twice from one page is one lead', async () => {
    const body = { ...person, form_rendered_at: stampOf(10) };
    await send('plain', body);
    await send('plain', body);
    expect(stand.leads).toHaveLength(1);
  });

  test('keeps its certificates', async () => {
    const cert = 'https://cert.trustedform.com/0123456789abcdef0123456789abcdef01234567';
    const universal_leadid = '00000000-0000-0000-0000-000000000000';
    await send('plain', { ...person, xxTrustedFormCertUrl: cert, universal_leadid });
    const consent = { trustedform_url: cert, jornaya_id: universal_leadid };
    expect(stand.leads[0]?.draft.consent).toEqual(consent);
  });

  const refusals: [what: string, body: string | FormData, type: string | undefined][] = [
    ['no body', '', 'application/x-www-form-urlencoded'],
    ['another type', 'x', 'text/plain'],
    ['no boundary', 'x', 'multipart/form-data'],
    [
      'half a multipart',
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx',
      multipart('b'),
    ],
    ['101 parts', whole(98), undefined],
    ['a part of 9 kB', appended(new FormData(), ['a', 'x'.repeat(9_000)]), undefined],
    [
      '5,000 fields',
      new URLSearchParams(many(5_000)).toString(),
      'application/x-www-form-urlencoded',
    ],
    ['half a JSON', '{"a"', 'application/json'],
    ['a field twice', 'zip=1&zip=2&first_name=A', 'application/x-www-form-urlencoded'],
  ];
  test.for(refusals)('with %s is refused, and not kept', async ([, body, type]) => {
    const { status, text } = await send('plain', body, { ...json, 'content-type': type });
    expect([400, 422]).toContain(status);
    expect(JSON.parse(text)).toMatchObject({ status: 'refused', says: expect.any(String) });
    expect(stand.leads).toEqual([]);
  });
});

describe('a form that only some pages may post', () => {
  const agreed = { ...person, consent_given: 'yes', consent_text: 'nothing at all' };

  test('keeps what its visitor agreed to, in the words of the door', async () => {
    const { status, headers } = await send('site', agreed, page);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([303, page.origin]);
    const consent = { text: 'I agree to be called by "A & B"', at: expect.any(String) };
    expect(stand.leads[0]?.draft.consent).toEqual(consent);
  });

  test('is taken from the hosted page, and by its Referer', async () => {
    const { status } = await send('site', agreed, { origin: stand.url });
    const referred = await send('site', agreed, { referer: 'https://www.example.com/quotes?a=b' });
    expect([status, referred.status]).toEqual([303, 303]);
  });

  test('wants the box ticked', async () => {
    const { status, text } = await send('site', person, { ...page, ...json });
    expect([status, JSON.parse(text)]).toMatchObject([
      422,
      { errors: [{ field: 'consent_given' }] },
    ]);
  });

  const strangers: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'https://www.example.com.evil.example' },
    { origin: 'null' },
    { origin: 'about:blank' },
    { referer: 'https://evil.example/https://www.example.com' },
    {},
  ];
  test.for(strangers)('refuses %j', async (headers) => {
    const answer = await send('site', agreed, { ...headers, ...json });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(stand.leads).toEqual([]);
  });

  test('tells a browser before', async () => {
    const ask = (origin: string) =>
      fetch(`${stand.url}/in/form/site`, { method: 'OPTIONS', headers: { origin } });
    const [ours, theirs] = await Promise.all([ask(page.origin), ask('https://evil.example')]);
    expect(ours.headers.get('access-control-allow-origin')).toBe(page.origin);
    expect(theirs.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the hosted form', () => {
  test('has the fields of its vertical, a stamp, and nothing from elsewhere', async () => {
    const response = await fetch(`${stand.url}/forms/site`);
    const html = await response.text();
    expect(response.status).toBe(200);
    for (const name of ['first_name', 'phone', 'coverage', 'xxTrustedFormCertUrl', HONEYPOT]) {
      expect(html).toContain(`name="${name}"`);
    }
    expect(html).toContain('tabindex="-1" autocomplete="off"');
    expect(html).toContain('by &quot;A &amp; B&quot;');
    expect(html).not.toMatch(/src=|<script|<link|https?:/);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("form-action 'self' https://www.example.com");
    expect(policy).toContain('frame-ancestors https://www.example.com');
    expect(response.headers.get('x-frame-options')).toBeNull();
    const stamp = /name="form_rendered_at" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const body = { ...person, consent_given: 'yes', form_rendered_at: stamp };
    await send('site', body, { origin: stand.url });
    expect(stand.leads[0]?.draft.behaviour).toMatchObject({ form_age: 'too_young' });
  });

  test.for(['nobody', 'auto_insurance'])('is not at /forms/%s', async (name) => {
    // Three doors of that campaign: which one is meant, nobody knows.
    expect((await fetch(`${stand.url}/forms/${name}`)).status).toBe(404);
  });

  test('of a page elsewhere fetches its stamp', async () => {
    const answer = await fetch(`${stand.url}/in/form/plain`);
    const { form_rendered_at: stamp } = (await answer.json()) as Record<string, string>;
    await send('plain', { ...person, form_rendered_at: stamp ?? '' });
    expect(stand.leads[0]?.draft.behaviour).toMatchObject({ form_age: 'too_young' });
  });
});

const stampOf = (seconds: number) => makeStamp('plain', Date.now() - seconds * 1_000, key);
const multipart = (boundary: string) => `multipart/form-data; boundary=${boundary}`;

function appended(form: FormData, [name, value]: readonly string[]): FormData {
  form.append(name ?? '', value ?? '');
  return form;
}

/** A person who could be taken, and more fields. */
function whole(more: number): FormData {
  return [...Object.entries(person), ...many(more)].reduce(appended, new FormData());
}

function many(count: number): [string, string][] {
  return Array.from({ length: count }, (_, n) => [`f${n}`, 'x']);
}
