// A sold lead goes into several systems of its buyer at once, through the real process.

import { afterAll, expect } from 'vitest';

import { startHubspot, startSalesforce, CRM_SECRETS } from '../support/fakes/crm.ts';
import { SERVICE_ACCOUNT, SHEET_ID, startGoogle } from '../support/fakes/google.ts';
import { ACCOUNT_SID, startTwilio, TWILIO_KEY } from '../support/fakes/twilio.ts';
import { startWebhookReceiver, WEBHOOK_SECRETS } from '../support/fakes/webhook-receiver.ts';
import { worldTest } from '../support/world.ts';

const [salesforce, hubspot, google, twilio, webhook] = await Promise.all([
  startSalesforce(),
  startHubspot(),
  startGoogle(),
  startTwilio(),
  startWebhookReceiver(),
]);
const fakes = [salesforce, hubspot, google, twilio, webhook];
afterAll(() => Promise.all(fakes.map((fake) => fake.close())));

const test = worldTest({
  env: {
    ...{ ...CRM_SECRETS, ...WEBHOOK_SECRETS, GOOGLE_KEY: SERVICE_ACCOUNT, TWILIO: TWILIO_KEY },
    OUTBOUND_ALLOW_PRIVATE: fakes.map(({ address }) => address).join(','),
  },
});

const DELIVERIES = [
  {
    ...{ name: 'crm', adapter: 'salesforce' },
    options: {
      ...{ base_url: salesforce.url, client_id: 'consumer-key' },
      ...{ client_secret: 'env:SALESFORCE_SECRET', external_id: 'Our_Lead_Id__c' },
      fields: { FirstName: 'first_name', Phone: 'phone', Price__c: { fact: 'price' } },
    },
  },
  {
    ...{ name: 'contacts', adapter: 'hubspot' },
    options: {
      ...{ base_url: hubspot.url, token: 'env:HUBSPOT_TOKEN' },
      fields: { email: 'email', firstname: 'first_name' },
    },
  },
  {
    ...{ name: 'sheet', adapter: 'google_sheets' },
    options: {
      ...{ base_url: google.url, token_url: `${google.url}/token`, sheet: 'Leads' },
      ...{ service_account: 'env:GOOGLE_KEY', spreadsheet_id: SHEET_ID },
      columns: ['first_name', 'zip', { fact: 'price' }],
    },
  },
  {
    ...{ name: 'text', adapter: 'twilio_sms' },
    options: {
      ...{ base_url: twilio.url, account_sid: ACCOUNT_SID, secret: 'env:TWILIO' },
      ...{ to: '+15125550199', from: '+15125550100' },
      body: 'New lead {first_name} {phone} {fact.lead_id}',
    },
  },
  {
    ...{ name: 'hook', adapter: 'webhook' },
    options: {
      url: `${webhook.url}/signed`,
      signing: { scheme: 'standard', secrets: ['env:HOOK_SECRET'] },
    },
  },
];

test(
  'a sold lead is in five systems, once each, though two of them lost their answers',
  { timeout: 90_000 },
  async ({ world }) => {
    const buyer = await world.buyer({ priceCents: 900, contract: { deliveries: DELIVERIES } });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
    google.will('does_and_hangs_up');
    twilio.will('does_and_hangs_up');
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'sold' });
    await world.done(lead.id, 60_000);

    const { deliveries } = await world.settled(lead.id);
    const proofs = Object.fromEntries(deliveries.map((one) => [one.target, one]));
    const detail = (words: RegExp) => ({
      state: 'delivered',
      detail: expect.stringMatching(words) as string,
    });
    expect(proofs).toMatchObject({
      crm: detail(/^00Q\d+ after 1 try$/),
      contacts: detail(/^801, new after 1 try$/),
      sheet: detail(/^Leads!A1, of an earlier try after 2 tries$/),
      text: detail(/^SM[\d…]+ queued, of an earlier try after 2 tries$/),
      hook: detail(/^HTTP 204 after 1 try$/),
    });
    expect(salesforce.records.get(lead.id)?.record).toMatchObject({
      ...{ FirstName: 'Ann', LastName: '[not provided]', Price__c: '9.00' },
    });
    expect(google.rows).toEqual([[`${lead.id}/${buyer.contract}/sheet`, 'Ann', '78704', '9.00']]);
    expect(twilio.messages).toHaveLength(1);
    expect([...webhook.received.keys()]).toEqual([`${lead.id}/${buyer.contract}/hook`]);
  },
);
