// What a request needs beside the lead: secrets, read when they are used, and tokens. Goal: without
// them nothing is sent; with them nothing of them comes back.

import { describe, expect, test, vi } from 'vitest';

import { createTokens } from '../../../src/activities/delivering/host.ts';
import { prepare, withoutSecrets } from '../../../src/activities/prepare.ts';
import type { OutgoingRequest, Reply } from '../../../src/delivery/adapter.ts';
import { httpAdapter } from '../../../src/delivery/http.ts';
import type { JsonStep, Step } from '../../../src/domain/world/contract.ts';
import { PARCEL, stepOf, TERMS } from './stand.ts';

const BODY = 'body: [{ to: zip, field: zip }]';
const plain: JsonStep = {
  ...{ adapter: 'json', url: 'https://apex.example/', secretRef: 'env:KEY', fields: null },
  timeoutMs: 1_000,
};

/** A host whose token service gives the tokens in turn, each for a minute. */
function hostOf(secret: string | undefined, tokens: readonly string[] = []) {
  const asked: OutgoingRequest[] = [];
  let nowMs = 1_000_000;
  const readSecret = vi.fn(async () => secret);
  const send = async (request: OutgoingRequest): Promise<Reply> => {
    asked.push(request);
    const token = tokens[asked.length - 1];
    const body = JSON.stringify({ access_token: token, expires_in: 60 });
    return { kind: 'answer', reply: { status: token ? 200 : 401, body }, ms: 1 };
  };
  const now = () => nowMs;
  const deps = { send, readSecret, now, tokens: createTokens(now) };
  const ready = (step: Step) => prepare(deps, { step, timeZone: 'UTC' });
  return { asked, ready, readSecret, later: (ms: number) => (nowMs += ms) };
}

describe('a secret', () => {
  test('is read at the moment of use, once for a request', async () => {
    const { ready, readSecret } = hostOf('s3cret');
    const prepared = await ready(plain);
    expect(prepared).toMatchObject({ kind: 'ready' });
    expect(readSecret).toHaveBeenCalledExactlyOnceWith('env:KEY');
  });

  test.each([undefined, ''])('that is not set (%s) stops the request', async (secret) => {
    const withheld = { kind: 'withheld', reason: 'secret_missing', detail: 'env:KEY' };
    expect(await hostOf(secret).ready(plain)).toEqual(withheld);
    const step = stepOf(`auth: { kind: bearer, secret: env:KEY }\n${BODY}`);
    expect(await hostOf(secret).ready(step)).toEqual(withheld);
  });

  test('that no step names is never asked for', async () => {
    const { ready, readSecret } = hostOf('s3cret');
    expect(await ready({ ...plain, secretRef: null })).toMatchObject({ kind: 'ready' });
    expect(readSecret).not.toHaveBeenCalled();
  });

  test('does not come back in the words of a receiver, however it spells it', () => {
    const secret = 'p&ss w0rd';
    const echoed = `bad key ${secret} (P&SS W0RD), ${encodeURIComponent(secret)}, ${btoa(secret)}`;
    expect(withoutSecrets(echoed, [secret])).toBe('bad key … (…), …, …');
  });

  test('of Basic does not come back as its header either', async () => {
    const prepared = await hostOf('s3cret').ready(
      stepOf(`auth: { kind: basic, user: me, secret: env:KEY }\n${BODY}`),
    );
    const clean = prepared.kind === 'ready' ? prepared.clean(`Basic ${btoa('me:s3cret')}`) : '';
    expect(clean).toBe('Basic …');
  });
});

describe('a token', () => {
  const step = stepOf(`
auth:
  kind: oauth2
  token_url: https://id.example/token
  client_id: me
  secret: env:KEY
  scope: leads
${BODY}`);

  async function bearerOf(host: ReturnType<typeof hostOf>): Promise<string | undefined> {
    const prepared = await host.ready(step);
    if (prepared.kind !== 'ready') return undefined;
    const request = httpAdapter.buildPost(PARCEL, step, { ...TERMS, ...prepared.given });
    return 'unbuildable' in request ? undefined : request.headers['authorization'];
  }

  test('is fetched with the secret, kept until it ends, and fetched again', async () => {
    const host = hostOf('s3cret', ['first', 'second']);
    expect([await bearerOf(host), await bearerOf(host)]).toEqual(['Bearer first', 'Bearer first']);
    expect(host.asked).toHaveLength(1);
    expect(host.asked[0]).toMatchObject({ method: 'POST', url: 'https://id.example/token' });
    expect(Object.fromEntries(new URLSearchParams(host.asked[0]?.body ?? ''))).toEqual({
      ...{ grant_type: 'client_credentials', client_id: 'me', client_secret: 's3cret' },
      scope: 'leads',
    });
    host.later(55_000);
    expect(await bearerOf(host)).toBe('Bearer second');
  });

  test('that the receiver refused with 401 is not used again', async () => {
    const host = hostOf('s3cret', ['first', 'second']);
    const prepared = await host.ready(step);
    if (prepared.kind === 'ready') prepared.answered(401);
    expect(await bearerOf(host)).toBe('Bearer second');
  });

  test('that is not given stops the request, and says so without the secret', async () => {
    expect(await hostOf('s3cret').ready(step)).toEqual({
      ...{ kind: 'withheld', reason: 'token_refused', detail: 'no token: HTTP 401' },
    });
  });
});
