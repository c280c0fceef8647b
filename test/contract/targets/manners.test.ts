// Good manners of every target: what is missing is not sent, a repeat is the same, nothing personal
// and no secret is told on, and a repeat after a lost answer leaves one record where that can be.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { DeliveryReply } from '../../../src/delivery/targets/target.ts';
import {
  ANN,
  CALLED_TARGETS,
  type CalledTarget,
  openTargets,
  pushOf,
  SECRETS,
  type TargetStand,
} from './target-stand.ts';

let stand: TargetStand;
beforeEach(async () => void (stand = await openTargets()));
afterEach(() => stand.close());

const told = (reply: DeliveryReply) => (reply.kind === 'delivered' ? reply.proof : reply.detail);
const requestsOf = (adapter: CalledTarget) =>
  stand.vendorOf(adapter).asked.filter(({ path }) => !path.endsWith('/token'));

/** What nobody may read in a story. */
const PERSONAL = [...Object.values(ANN).filter((value) => value !== true), '5125550142'];

describe.for(CALLED_TARGETS.map((name) => [name] as const))('%s', ([adapter]) => {
  test('makes every request through its host', async () => {
    await stand.deliver(adapter);
    const { asked } = stand.vendorOf(adapter);
    expect(stand.called.map(({ url }) => url.replace(/^http:\/\/[^/]+/, ''))).toEqual(
      asked.map(({ path }) => path),
    );
    expect(asked.length).toBeGreaterThan(0);
  });

  test('sends the same twice', async () => {
    await stand.deliver(adapter);
    await stand.deliver(adapter);
    const [first, second] = requestsOf(adapter);
    expect(second?.body).toBe(first?.body);
    expect(second?.path).toBe(first?.path);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });

  test('sends no null, and no field that the lead does not have', async () => {
    await stand.deliver(adapter, pushOf({ email: 'bo@example.com' }));
    const [{ body = '' } = {}] = requestsOf(adapter);
    expect(body).not.toBe('');
    expect(body).not.toMatch(/null|undefined|agreed|NaN/);
    // What a missing field would have been called over there.
    expect(body).not.toMatch(
      /FirstName|firstname|"first_name"|first_name=|firstName|Phone|phone":/,
    );
    expect(body).not.toContain('legalConsent');
  });

  test.for([400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503])(
    'tells nothing of the person and no secret, whatever a %s says',
    async (status) => {
      const secrets = Object.values(SECRETS).flatMap((text) => [text, text.split(':')[1] ?? text]);
      const words = [...PERSONAL, ...secrets].join(' ');
      const body = {
        ...{ message: [words], error: words, code: words, category: words, errorCode: words },
        errors: [{ message: words, errorType: words, category: words }],
      };
      for (const said of [body, [body], words]) {
        stand.vendorOf(adapter).will({ status, body: said });
        const reply = await stand.deliver(adapter);
        for (const word of [...PERSONAL, ...secrets]) expect(told(reply)).not.toContain(word);
        expect(told(reply).length).toBeLessThan(200);
      }
    },
  );

  test('does not say whom it delivered', async () => {
    const reply = await stand.deliver(adapter);
    expect(reply).toMatchObject({ kind: 'delivered' });
    for (const word of PERSONAL) expect(told(reply)).not.toContain(word);
  });

  test('says which secret is not set, and asks nobody', async () => {
    const none = Object.fromEntries(Object.keys(SECRETS).map((name) => [name, '']));
    if (adapter === 'salesforce_web') return;
    await expect(stand.deliver(adapter, pushOf(), { secrets: none })).rejects.toThrow(
      /^secret env:\w+ is not set$/,
    );
    expect(stand.called).toEqual([]);
  });

  test('nobody listens: it is tried again', async () => {
    await stand.deliver(adapter);
    await stand.vendorOf(adapter).close();
    expect(await stand.deliver(adapter)).toMatchObject({ kind: 'retry' });
  });
});

describe('a repeat after an answer that was lost', () => {
  test('of a row finds the row', async () => {
    stand.google.will('does_and_hangs_up');
    expect(await stand.deliver('google_sheets')).toMatchObject({ kind: 'retry' });
    expect(await stand.deliver('google_sheets', pushOf(ANN, 2))).toEqual({
      kind: 'delivered',
      proof: 'Leads!A1, of an earlier try',
    });
    expect(stand.google.rows).toHaveLength(1);
  });

  test('of a row finds it behind thousands of others', async () => {
    const others = Array.from({ length: 4_500 }, (_, index) => [`lead_${index}/c/crm`]);
    stand.google.rows.push(...others);
    await stand.deliver('google_sheets');
    stand.google.rows.push(...others);
    expect(await stand.deliver('google_sheets', pushOf(ANN, 2))).toMatchObject({
      proof: 'Leads!A4501, of an earlier try',
    });
    expect(stand.google.rows).toHaveLength(9_001);
  });

  test('of a row that never came appends it', async () => {
    stand.google.rows.push(...Array.from({ length: 2_000 }, () => ['other']));
    stand.google.will('hangs_up');
    await stand.deliver('google_sheets');
    expect(await stand.deliver('google_sheets', pushOf(ANN, 2))).toMatchObject({
      proof: 'Leads!A2001:D2001',
    });
  });

  test('of a text finds it behind hundreds of others', async () => {
    stand.twilio.will('does_and_hangs_up');
    expect(await stand.deliver('twilio_sms')).toMatchObject({ kind: 'retry' });
    const [first] = stand.twilio.messages;
    if (!first) throw new Error('the fake did not do what it was asked');
    for (let n = 0; n < 250; n += 1) stand.twilio.messages.push({ ...first, body: `other ${n}` });
    expect(await stand.deliver('twilio_sms', pushOf(ANN, 2))).toMatchObject({
      kind: 'delivered',
      proof: `${first.sid} queued, of an earlier try`,
    });
    expect(stand.twilio.messages).toHaveLength(251);
  });

  test('of a text that names no lead is not made', async () => {
    const options = { body: 'A lead for you: {first_name}' };
    for (const lost of ['hangs_up', { status: 500 }] as const) {
      stand.twilio.will(lost);
      expect(await stand.deliver('twilio_sms', pushOf(), { options })).toMatchObject({
        kind: 'unclear',
      });
    }
  });

  test('of an upsert changes the record that is there', async () => {
    for (const adapter of ['salesforce', 'hubspot', 'gohighlevel'] as const) {
      stand.vendorOf(adapter).will('does_and_hangs_up');
      expect(await stand.deliver(adapter)).toMatchObject({ kind: 'retry' });
      expect(await stand.deliver(adapter, pushOf(ANN, 2))).toMatchObject({ kind: 'delivered' });
    }
    expect(stand.salesforce.records.size).toBe(1);
    expect(stand.hubspot.contacts.size).toBe(1);
    expect(stand.gohighlevel.contacts.size).toBe(1);
  });

  test('of a webhook is made where the receiver said that it may be', async () => {
    stand.webhook.will('does_and_hangs_up');
    const options = { idempotent: true };
    expect(await stand.deliver('webhook', pushOf(), { options })).toMatchObject({ kind: 'retry' });
    await stand.deliver('webhook', pushOf(ANN, 2), { options });
    expect(stand.webhook.received.size).toBe(1);
  });
});
