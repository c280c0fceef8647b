// Goal: whatever a service does, a lead waits no longer than it should and learns why there is no
// answer; an answer is paid for once, and no key or value is told on. Method: the desk over the
// real HTTP client, the fake services and an in-memory cache.

import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createHttp } from '../../../src/activities/http.ts';
import { createLookupDesk, type LookupCall } from '../../../src/activities/lookups/desk.ts';
import { createBreaker } from '../../../src/activities/scoring/breaker.ts';
import type { Finding } from '../../../src/domain/lookups/finding.ts';
import type { Lookup } from '../../../src/domain/world/lookup.ts';
import { lookups as lookupsSchema } from '../../../src/world/schema/lookup.ts';
import {
  type FakeName,
  LOOKUP_ENV,
  type LookupBehaviour,
  lookupSettings,
  startFakeLookups,
} from '../../support/fake-lookups.ts';
import { until } from '../../support/until.ts';

const fake = await startFakeLookups();
const allowPrivate = new Set([fake.address, '127.0.0.1:1']);
const http = createHttp({ allowPrivate, allowHttp: false });
beforeEach(() => {
  fake.heal();
  fake.asked.length = 0;
});
afterAll(async () => {
  await http.close();
  await fake.close();
});

type Env = Readonly<Record<string, string | undefined>>;

function open(env: Env = LOOKUP_ENV) {
  const cache = new Map<string, Finding>();
  const calls: LookupCall[] = [];
  const counted: { failed: boolean; millicents: number }[] = [];
  const errors: unknown[] = [];
  const clock = { ms: 0 };
  const desk = createLookupDesk({
    send: http.send,
    readSecret: async (reference) => env[reference.slice('env:'.length)],
    createBreaker: () => createBreaker(() => clock.ms),
    findAnswer: async (hash) => cache.get(hash.toString('hex')),
    storeAnswer: async ({ hash, finding }) => void cache.set(hash.toString('hex'), finding),
    countCall: async (call) => void counted.push(call),
    onCall: (call) => void calls.push(call),
    onAnswer: () => undefined,
    onError: (error) => void errors.push(error),
    now: () => performance.now(),
  });
  return { ...{ desk, cache, calls, counted, errors, clock } };
}

function lookup(name: FakeName, more: object = {}, url = fake.url): Lookup {
  const written = { ...lookupSettings(url)[name], ...more };
  const parsed = lookupsSchema.parse({ it: written })['it'];
  if (!parsed) throw new Error('it is there');
  return parsed;
}

let persons = 1000;
const phone = () => `+1512555${(persons += 1)}`;
const CERT = `https://cert.trustedform.com/${'a1'.repeat(20)}`;
const VALUES: Readonly<Record<FakeName, string>> = {
  twilio: '+15125550142',
  trustedform: CERT,
  jornaya: '01234567-89ab-cdef-0123-456789abcdef',
  email: 'ann.lee@example.com',
  scrub: '+15125550142',
};
const person = { phone: '+15125550142', email: 'ann.lee@example.com' };
const NAMES = Object.keys(VALUES) as FakeName[];

describe('each service', () => {
  test.for(NAMES)('%s is asked with its key, and is content', async (name) => {
    const { desk, errors } = open();
    const asked = await desk.ask(lookup(name), { value: VALUES[name], ...person });
    expect(asked).toMatchObject({ answer: { kind: 'clear' }, cached: false });
    expect(fake.asked.map((call) => call.name)).toEqual([name]);
    expect(errors).toEqual([]);
  });

  const KEYED = ['twilio', 'trustedform', 'email', 'scrub'] as const;
  test.for(KEYED)('%s with a wrong key is not asked again until a new world', async (name) => {
    const wrong = Object.fromEntries(Object.keys(LOOKUP_ENV).map((key) => [key, 'wrong']));
    const { desk, calls, clock } = open(wrong);
    const ask = () => desk.ask(lookup(name), { value: VALUES[name], ...person });
    expect((await ask()).answer).toEqual({ kind: 'none', why: 'not_authorised' });
    expect(calls).toMatchObject([{ outcome: 'not_authorised', stopped: true }]);
    clock.ms = 3_600_000;
    expect((await ask()).answer).toEqual({ kind: 'none', why: 'breaker_open' });
    expect(fake.asked).toHaveLength(1);
    desk.retry();
    expect((await ask()).answer).toEqual({ kind: 'none', why: 'not_authorised' });
  });

  test.for(KEYED)('%s without its key is not called', async (name) => {
    const { desk, counted } = open({});
    const { answer } = await desk.ask(lookup(name), { value: VALUES[name], ...person });
    expect(answer).toEqual({ kind: 'none', why: 'no_secret' });
    expect([fake.asked, counted]).toEqual([[], []]);
  });
});

const TROUBLE: [says: string, behaviour: LookupBehaviour, why: string][] = [
  ['hangs', 'hangs', 'timed_out'],
  ['sends half an answer', 'half', 'timed_out'],
  ['hangs up', 'hangs_up', 'unreachable'],
  ['answers with 500', { error: 500 }, 'service_error'],
  ['answers with 402', { error: 402 }, 'no_credit'],
  ['answers with 403', { error: 403 }, 'not_authorised'],
  ['answers with 429', { error: 429 }, 'rate_limited'],
  ['answers with 429 and a pause', { error: 429, retryAfter: '30' }, 'rate_limited'],
  ['answers with no JSON', { text: '<html>' }, 'malformed'],
  ['answers with another shape', { says: { valid: 'perhaps' } }, 'malformed'],
];

describe('a service that', () => {
  test.for(TROUBLE)('%s leaves a lead without an answer, in time', async ([, behaviour, why]) => {
    const { desk, cache } = open();
    fake.will('twilio', behaviour);
    const begunAt = performance.now();
    const asked = await desk.ask(lookup('twilio', { wait_ms: 100 }), { value: phone() });
    expect(asked.answer).toEqual({ kind: 'none', why });
    // One call, never a second one; and nothing like its time limit of six seconds.
    expect(performance.now() - begunAt).toBeLessThan(3_000);
    expect(fake.asked).toHaveLength(1);
    expect(cache.size).toBe(0);
  });

  test('is not there is unreachable, costs nothing and is not counted', async () => {
    const { desk, counted, calls } = open();
    const nobody = lookup('twilio', {}, 'http://127.0.0.1:1');
    const { answer } = await desk.ask(nobody, { value: phone() });
    expect(answer).toEqual({ kind: 'none', why: 'unreachable' });
    expect(calls).toMatchObject([{ millicents: 0 }]);
    expect(counted).toEqual([]);
  });

  test('stands at a private address is not called', async () => {
    const { desk } = open();
    const inside = lookup('twilio', {}, 'https://10.0.0.1');
    const { answer } = await desk.ask(inside, { value: phone() });
    expect(answer).toEqual({ kind: 'none', why: 'unreachable' });
  });

  test('fails five times is left alone for a minute, then tried by one', async () => {
    const { desk, clock } = open();
    fake.will('twilio', { error: 500 });
    const ask = async () => (await desk.ask(lookup('twilio'), { value: phone() })).answer;
    for (let n = 0; n < 5; n += 1) expect(await ask()).toMatchObject({ why: 'service_error' });
    expect(await ask()).toMatchObject({ why: 'breaker_open' });
    // Another service goes on.
    const other = await desk.ask(lookup('scrub'), { value: phone() });
    expect(other.answer.kind).toBe('clear');
    fake.heal();
    clock.ms = 60_000;
    expect(await ask()).toMatchObject({ kind: 'clear' });
    expect(await ask()).toMatchObject({ kind: 'clear' });
  });

  test('asks for a pause gets it, at once', async () => {
    const { desk, clock } = open();
    fake.will('twilio', { error: 429, retryAfter: '30' });
    const ask = async () => (await desk.ask(lookup('twilio'), { value: phone() })).answer;
    expect(await ask()).toMatchObject({ why: 'rate_limited' });
    fake.heal();
    clock.ms = 29_999;
    expect(await ask()).toMatchObject({ why: 'breaker_open' });
    clock.ms = 30_000;
    expect(await ask()).toMatchObject({ kind: 'clear' });
  });

  test('quotes the person where a word belongs does not get it told on', async () => {
    const { desk } = open();
    fake.will('trustedform', { says: { outcome: 'failure', reason: 'Lee Smith is not Ann' } });
    const email = 'lee smith';
    const { answer } = await desk.ask(lookup('trustedform'), { ...person, value: CERT, email });
    expect(answer).toEqual({ kind: 'bad', says: 'the certificate failed: … is not Ann' });
  });
});

describe('an answer', () => {
  test('is paid for once and found again; other settings find nothing', async () => {
    const { desk, counted, cache } = open();
    const value = phone();
    const first = await desk.ask(lookup('twilio'), { value });
    const again = await desk.ask(lookup('twilio', { wait_ms: 100 }), { value });
    expect(again).toMatchObject({ answer: first.answer, cached: true });
    expect(counted).toEqual([expect.objectContaining({ failed: false, millicents: 800 })]);
    expect(JSON.stringify([...cache])).not.toContain(value.slice(2));
    const options = { url: fake.url, bad_line_types: ['mobile'] };
    const strict = await desk.ask(lookup('twilio', { options }), { value });
    expect(strict).toMatchObject({ answer: { kind: 'bad' }, cached: false });
  });

  test('is asked for anew where nothing is kept, or where the service did not know', async () => {
    const { desk } = open();
    const value = phone();
    const unkept = lookup('twilio', { cache: '0s' });
    for (let n = 0; n < 2; n += 1)
      expect(await desk.ask(unkept, { value })).toMatchObject({ cached: false });
    fake.will('email', { says: { status: 'unknown' } });
    for (let n = 0; n < 2; n += 1) {
      const { answer, cached } = await desk.ask(lookup('email'), { value: 'a@example.com' });
      expect([answer.kind, cached]).toEqual(['unsure', false]);
    }
    expect(fake.asked).toHaveLength(4);
  });

  test('that two leads ask for at once is one call', async () => {
    const { desk } = open();
    const value = phone();
    const ask = () => desk.ask(lookup('twilio'), { value });
    const [one, other] = await Promise.all([ask(), ask()]);
    expect(one.answer).toEqual(other.answer);
    expect(fake.asked).toHaveLength(1);
  });

  test('that comes after the wait is kept for the next lead', async () => {
    const { desk, cache } = open();
    fake.will('twilio', { afterMs: 400 });
    const value = phone();
    const late = await desk.ask(lookup('twilio', { wait_ms: 50 }), { value });
    expect(late.answer).toEqual({ kind: 'none', why: 'timed_out' });
    await until('the late answer is kept', async () => cache.size === 1);
    expect(await desk.ask(lookup('twilio'), { value })).toMatchObject({ cached: true });
    expect(fake.asked).toHaveLength(1);
  });

  test('is not lost with the database: the policy stands in', async () => {
    const { desk, errors } = open();
    const broken = createLookupDesk({
      ...{ send: http.send, readSecret: async () => 'x', now: () => performance.now() },
      createBreaker: () => createBreaker(() => 0),
      findAnswer: () => Promise.reject(new Error('away')),
      storeAnswer: async () => undefined,
      countCall: async () => undefined,
      ...{ onCall: () => undefined, onAnswer: () => undefined },
      onError: (error) => void errors.push(error),
    });
    const { answer } = await broken.ask(lookup('twilio'), { value: phone() });
    expect(answer).toEqual({ kind: 'none', why: 'service_error' });
    expect(errors).toHaveLength(1);
    await desk.close();
  });

  test('costs no key: none stands in anything that is told', async () => {
    const { desk, calls, cache, counted, errors } = open();
    const asked = await Promise.all(
      NAMES.map((name) => desk.ask(lookup(name), { value: VALUES[name], ...person })),
    );
    const told = JSON.stringify([asked, calls, [...cache], counted, errors]);
    for (const key of Object.values(LOOKUP_ENV)) expect(told).not.toContain(key);
    for (const value of Object.values(VALUES)) expect(told).not.toContain(value);
  });
});
