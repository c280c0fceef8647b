// Signatures of Standard Webhooks: the vector of the specification, and the reference library as
// the other side.

import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';

import { signWebhook, UnusableSecret } from '../../../src/delivery/signing/standard-webhooks.ts';

const vector = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampS: 1_614_265_330,
  body: '{"test": 2432232314}',
  secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
};
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

const newSecret = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`;

describe('standard webhooks', () => {
  test('signs as the vector of the specification does', () => {
    expect(signWebhook(vector)).toBe(signature);
  });

  test('signs once for each secret while they rotate, in their order', () => {
    const other = newSecret(32);
    const signed = signWebhook({ ...vector, secrets: [...vector.secrets, other] }).split(' ');
    expect(signed[0]).toBe(signature);
    expect(signed).toHaveLength(2);
    expect(signed[1]).toBe(signWebhook({ ...vector, secrets: [other] }));
  });

  test.for([24, 32, 64])('a receiver with the reference library takes it, %s bytes', (bytes) => {
    const [old, fresh] = [newSecret(bytes), newSecret(bytes)];
    const id = 'lead_1/apex_auto/crm';
    const body = JSON.stringify({ name: 'Zoë 😀', text: 'a.b' });
    const timestampS = Math.floor(Date.now() / 1000);
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(timestampS),
      'webhook-signature': signWebhook({ id, timestampS, body, secrets: [old, fresh] }),
    };
    for (const secret of [old, fresh]) {
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    }
    expect(() => new Webhook(newSecret(32)).verify(body, headers)).toThrow();
    expect(() => new Webhook(old).verify(`${body} `, headers)).toThrow();
  });

  test.for<[string, string[]]>([
    ['no secret', []],
    ['an empty one', ['']],
    ['no prefix', ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']],
    ['no base64', ['whsec_not base64 at all, not at all!']],
    ['23 bytes', [newSecret(23)]],
    ['65 bytes', [newSecret(65)]],
    ['a bad one beside a good one', [...vector.secrets, 'whsec_MfKQ']],
  ])('refuses %s, and does not repeat it', ([, secrets]) => {
    const signing = () => signWebhook({ ...vector, secrets });
    expect(signing).toThrow(UnusableSecret);
    expect(signing).toThrow(/^(?!.*(MfKQ|not base64)).*$/);
  });

  test('refuses an id with a dot, which would make the signed text ambiguous', () => {
    expect(() => signWebhook({ ...vector, id: 'a.b' })).toThrow(/no dot/);
  });
});
