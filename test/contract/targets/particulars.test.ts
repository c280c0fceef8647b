// What one target does and no other: how a webhook shows whose it is, tokens, texts, consent.

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ANN, openTargets, pushOf, type TargetStand } from './target-stand.ts';

let stand: TargetStand;
beforeAll(async () => void (stand = await openTargets()));
afterAll(() => stand.close());

const secrets = { PLAIN: 'user:pass word' };

describe('a webhook', () => {
  const hook = async (signing: object, more: object = {}) => {
    const options = { url: `${stand.webhook.url}/plain?a=1`, signing, ...more };
    await stand.deliver('webhook', pushOf(), { options, secrets });
    const last = stand.webhook.asked.at(-1);
    if (!last) throw new Error('nothing came');
    return last;
  };

  test('is the event of a sale', async () => {
    const { body } = await hook({ scheme: 'none' });
    const { leadId, fields } = pushOf().parcel;
    expect(JSON.parse(body)).toEqual({
      type: 'lead.sold',
      data: {
        ...{ lead_id: leadId, contract: 'apex_auto', campaign: 'auto', price_cents: 1250, fields },
      },
    });
  });

  test('is flat where its fields are named', async () => {
    const { body } = await hook(
      { scheme: 'none' },
      { fields: { Vorname: 'first_name', id: { fact: 'delivery_id' }, from: { value: 'us' } } },
    );
    expect(JSON.parse(body)).toEqual({ Vorname: 'Ann', id: pushOf().id, from: 'us' });
  });

  test('is signed over its body', async () => {
    const { body, headers } = await hook({ scheme: 'x_signature', secret: 'env:PLAIN' });
    const hex = createHmac('sha256', secrets.PLAIN).update(body).digest('hex');
    expect(headers['x-signature']).toBe(`sha256=${hex}`);
  });

  test.for<[string, object, string, string]>([
    ['basic', { scheme: 'basic' }, 'authorization', 'Basic dXNlcjpwYXNzIHdvcmQ='],
    ['bearer', { scheme: 'bearer' }, 'authorization', 'Bearer user:pass word'],
    ['a header', { scheme: 'header', name: 'X-Key' }, 'x-key', 'user:pass word'],
  ])('carries its secret as %s', async ([, signing, header, value]) => {
    const { headers } = await hook({ ...signing, secret: 'env:PLAIN' });
    expect(headers[header]).toBe(value);
  });

  test('carries its secret as a parameter', async () => {
    const { path } = await hook({ scheme: 'query', name: 'key', secret: 'env:PLAIN' });
    expect(path).toBe('/plain?a=1&key=user%3Apass+word');
  });

  test('stops where its secret can sign nothing', async () => {
    const told = await stand.deliver('webhook', pushOf(), {
      secrets: { HOOK_SECRET: 'not-base64' },
    });
    expect(told).toMatchObject({ kind: 'failed', stop: true });
  });
});

describe('a token', () => {
  test('is fetched once, and again when it is not taken any more', async () => {
    for (const adapter of ['salesforce', 'google_sheets'] as const) {
      const { asked } = stand.vendorOf(adapter);
      const tokens = () => asked.filter(({ path }) => path.endsWith('/token')).length;
      stand.forgetTokens();
      const before = tokens();
      await stand.deliver(adapter);
      await stand.deliver(adapter);
      expect(tokens() - before).toBe(1);
      if (adapter === 'salesforce') stand.salesforce.expireTokens();
      else stand.google.expireTokens();
      expect(await stand.deliver(adapter)).toMatchObject({ kind: 'delivered' });
      expect(tokens() - before).toBe(2);
    }
  });

  test('that is refused stops all', async () => {
    stand.forgetTokens();
    const salesforce = { secrets: { SALESFORCE_SECRET: 'wrong' } };
    expect(await stand.deliver('salesforce', pushOf(), salesforce)).toEqual({
      ...{ kind: 'failed', stop: true, detail: 'HTTP 400 for a token invalid_client' },
    });
    const google = { secrets: { GOOGLE_KEY: '{"client_email":"a@b.c","private_key":"x"}' } };
    expect(await stand.deliver('google_sheets', pushOf(), google)).toEqual({
      ...{ kind: 'failed', stop: true },
      detail: 'the secret is not the JSON key of a service account',
    });
  });
});

test('Salesforce asks for a name and a company, and is told that there is none', async () => {
  const { leadId } = pushOf().parcel;
  await stand.deliver('salesforce', pushOf({ email: 'bo@example.com' }));
  expect(stand.salesforce.records.get(leadId)?.record).toEqual({
    ...{ LastName: '[not provided]', Company: '[not provided]', Email: 'bo@example.com' },
    ...{ LeadSource: 'Sluice', Price__c: '12.50' },
  });
});

test('HubSpot finds contacts by e-mail: a lead without one fails, unasked', async () => {
  const before = stand.hubspot.asked.length;
  const told = await stand.deliver('hubspot', pushOf({ first_name: 'Bo' }));
  expect(told).toEqual({ kind: 'failed', detail: 'the lead has no email' });
  expect(stand.hubspot.asked).toHaveLength(before);
});

test('a form says that the person agreed only where the lead says so', async () => {
  const consentOf = async (agreed: boolean) => {
    await stand.deliver('hubspot_form', pushOf({ ...ANN, agreed }));
    return (JSON.parse(stand.hubspot.asked.at(-1)?.body ?? '{}') as Record<string, unknown>)[
      'legalConsentOptions'
    ];
  };
  expect(await consentOf(true)).toEqual({
    consent: { consentToProcess: true, text: 'May call.', communications: [] },
  });
  expect(await consentOf(false)).toBeUndefined();
});

test('a row is never a formula, and a missing value an empty cell', async () => {
  await stand.deliver('google_sheets', pushOf({ first_name: '=HYPERLINK("x")' }));
  expect(stand.google.rows.at(-1)).toEqual([pushOf().id, '=HYPERLINK("x")', '', '12.50']);
});

test('a text has one line for each value and no more than Twilio takes', async () => {
  await stand.deliver('twilio_sms', pushOf({ ...ANN, first_name: 'A\nB' }));
  expect(stand.twilio.messages.at(-1)?.body).toMatch(/^New lead A B \+15125550142, 12\.50 \(lead_/);
  const long = pushOf({ ...ANN, first_name: '😀'.repeat(1_000) });
  expect(await stand.deliver('twilio_sms', long)).toMatchObject({ kind: 'delivered' });
  expect(stand.twilio.messages.at(-1)?.body).toMatch(/^New lead (😀){700,}…$/u);
});

test('tags are replaced only by a setting that says so', async () => {
  const bodyWith = async (options: object) => {
    await stand.deliver('gohighlevel', pushOf(), { options });
    return JSON.parse(stand.gohighlevel.asked.at(-1)?.body ?? '{}') as Record<string, unknown>;
  };
  expect(await bodyWith({})).not.toHaveProperty('tags');
  expect(await bodyWith({ replace_tags: ['new'] })).toMatchObject({
    ...{ tags: ['new'], locationId: 'loc1' },
    customFields: [{ id: 'cf1', field_value: pushOf().parcel.leadId }],
  });
});
