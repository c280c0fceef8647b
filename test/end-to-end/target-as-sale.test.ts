// A push that is the sale, and pushes with conditions and an order, through the real process; the
// receivers' own records are the witness.

import { afterAll, expect } from 'vitest';

import { CRM_SECRETS, startHubspot, startSalesforce } from '../support/fakes/crm.ts';
import { SERVICE_ACCOUNT, SHEET_ID, startGoogle } from '../support/fakes/google.ts';
import type { JournalLine } from '../../src/demo/buyer-journal.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { worldTest } from '../support/world.ts';

const [hubspot, salesforce, google] = await Promise.all([
  startHubspot(),
  startSalesforce(),
  startGoogle(),
]);
const fakes = [hubspot, salesforce, google];
afterAll(() => Promise.all(fakes.map((fake) => fake.close())));

/** What the CRM took as the sale, in the form of a journal. */
const taken: JournalLine[] = [];

const test = worldTest({
  taken,
  env: {
    ...{ ...CRM_SECRETS, GOOGLE_KEY: SERVICE_ACCOUNT },
    OUTBOUND_ALLOW_PRIVATE: fakes.map(({ address }) => address).join(','),
  },
});

const CONTACTS = {
  adapter: 'hubspot',
  options: {
    ...{ base_url: hubspot.url, token: 'env:HUBSPOT_TOKEN' },
    fields: { email: 'email', firstname: 'first_name' },
  },
};
const CRM = {
  ...{ name: 'crm', adapter: 'salesforce' },
  options: {
    ...{ base_url: salesforce.url, client_id: 'consumer-key' },
    ...{ client_secret: 'env:SALESFORCE_SECRET', external_id: 'Our_Lead_Id__c' },
    fields: { FirstName: 'first_name' },
  },
};
const SHEET = {
  ...{ name: 'sheet', adapter: 'google_sheets' },
  options: {
    ...{ base_url: google.url, token_url: `${google.url}/token`, sheet: 'Leads' },
    ...{ service_account: 'env:GOOGLE_KEY', spreadsheet_id: SHEET_ID },
    columns: ['first_name'],
  },
};

test('a record in the CRM is the sale; what the CRM refuses goes to the next buyer', async ({
  world,
}) => {
  const { adapter, options } = CRM;
  const post = { adapter, options };
  const first = await world.buyer({ priceCents: 900, contract: { post, priority: 1 } });
  const second = await world.buyer({ priceCents: 700, contract: { priority: 2 } });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [first, second] }]);
  const note = (leadId: LeadId) => {
    const line = { at: '', seq: taken.length, buyer: first.id, kind: 'post', leadId } as const;
    const more = { key: leadId, amountCents: null, fault: null, fields: [] };
    taken.push({ ...line, ...more, contract: first.contract, decision: 'accepted' });
  };

  const sold = await campaign.submitLead();
  expect(salesforce.records.has(sold.id)).toBe(true);
  note(sold.id);
  const [attempt] = (await world.settled(sold.id)).attempts;
  expect(attempt).toMatchObject({ contract: first.contract, state: 'accepted', price_cents: 900 });
  expect(attempt?.reference).toMatch(/^00Q/);

  // About this lead; then a CRM that takes no more calls.
  for (const status of [400, 429]) {
    salesforce.will({ status, body: [{ errorCode: 'INVALID_FIELD', message: 'no' }] });
    const { id } = await campaign.submitLead();
    const { attempts } = await world.settled(id);
    const reason = status === 400 ? 'buyer_rejected' : 'buyer_error';
    expect(attempts, `${status}`).toMatchObject([
      { contract: first.contract, state: 'rejected', reason },
      { contract: second.contract, state: 'accepted', price_cents: 700 },
    ]);
    expect(salesforce.records.has(id)).toBe(false);
  }

  const unset = { ...post, options: { ...options, client_secret: 'env:NOT_SET' } };
  const keyless = await world.buyer({ priceCents: 900, contract: { post: unset, priority: 1 } });
  const spare = await world.buyer({ priceCents: 600, contract: { priority: 2 } });
  const other = await world.campaign([{ method: 'waterfall', buyers: [keyless, spare] }]);
  const { id: unsent } = await other.submitLead();
  expect((await world.settled(unsent)).attempts).toMatchObject([
    {
      state: 'not_sent',
      reason: 'secret_missing',
      detail: expect.stringMatching(/NOT_SET/) as string,
    },
    { contract: spare.contract, state: 'accepted' },
  ]);

  salesforce.will('does_and_hangs_up');
  const asked = salesforce.asked.length;
  const lead = await campaign.submitLead();
  expect(lead.status).toBe('pending');
  expect(salesforce.records.has(lead.id)).toBe(true);
  note(lead.id);
  const { status, attempts } = await world.trace(lead.id);
  expect(status).toBe('in_doubt');
  expect(attempts).toMatchObject([{ state: 'in_doubt', reason: 'connection_lost' }]);
  // Once, although a push after a sale would be made again.
  expect(salesforce.asked.length - asked).toBe(1);
  await world.settleDoubt(lead.id, first.contract, 'accepted');
  await world.done(lead.id);
  expect(second.lines('post')).toHaveLength(2);
});

test('pushes have conditions and an order', { timeout: 90_000 }, async ({ world }) => {
  const when = (value: string) => ({ field: 'state', is: value });
  const deliveries = [
    CRM,
    { ...SHEET, after: 'crm' },
    { ...CONTACTS, name: 'west', when: when('CA') },
    { ...CONTACTS, name: 'west_too', after: 'west' },
  ];
  const buyer = await world.buyer({ priceCents: 900, contract: { deliveries } });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
  const before = hubspot.asked.length;

  const { id } = await campaign.submitLead({ state: 'TX' });
  await world.done(id, 60_000);
  const byName = async (lead: typeof id) => {
    const found = (await world.settled(lead)).deliveries;
    return Object.fromEntries(found.map(({ target, state, detail }) => [target, [state, detail]]));
  };
  expect(await byName(id)).toEqual({
    crm: ['delivered', expect.any(String)],
    sheet: ['delivered', expect.any(String)],
    west: ['skipped', expect.stringMatching(/^not for this lead: .*state/)],
    west_too: ['skipped', 'west is not made, which it follows'],
  });
  expect(hubspot.asked.length).toBe(before);

  // A lead that the first system does not take never comes to the second.
  const rows = google.rows.length;
  salesforce.will({ status: 400, body: [{ errorCode: 'INVALID_FIELD', message: 'no' }] });
  const refused = await campaign.submitLead({ state: 'CA', email: 'west@example.com' });
  await world.done(refused.id, 60_000);
  expect(await byName(refused.id)).toMatchObject({
    crm: ['failed', expect.any(String)],
    sheet: ['failed', 'not made: it follows crm, which was not confirmed'],
    west: ['delivered', expect.any(String)],
    west_too: ['delivered', expect.any(String)],
  });
  expect(google.rows.length).toBe(rows);
});
