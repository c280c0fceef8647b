// Targets against the fakes of their receivers, over the real HTTP client and the real host.

import { createTokens, hostOf } from '../../../src/activities/delivering/host.ts';
import { createLanes } from '../../../src/activities/delivering/lanes.ts';
import { createHttp } from '../../../src/activities/http.ts';
import type { OutgoingRequest } from '../../../src/delivery/adapter.ts';
import type { DeliveryReply, Push } from '../../../src/delivery/targets/target.ts';
import { TARGETS } from '../../../src/delivery/targets/targets.ts';
import { toLeadId } from '../../../src/domain/ids.ts';
import { cents } from '../../../src/domain/money.ts';
import { TARGET_ADAPTERS, type TargetAdapter } from '../../../src/domain/world/contract.ts';
import type { FieldValue } from '../../../src/domain/world/world.ts';
import {
  CRM_SECRETS,
  startGohighlevel,
  startHubspot,
  startSalesforce,
} from '../../support/fakes/crm.ts';
import { SERVICE_ACCOUNT, SHEET_ID, startGoogle } from '../../support/fakes/google.ts';
import { ACCOUNT_SID, startTwilio, TWILIO_KEY } from '../../support/fakes/twilio.ts';
import type { Vendor } from '../../support/fakes/vendor.ts';
import { startWebhookReceiver, WEBHOOK_SECRETS } from '../../support/fakes/webhook-receiver.ts';

export const SECRETS: Readonly<Record<string, string>> = {
  ...CRM_SECRETS,
  ...WEBHOOK_SECRETS,
  GOOGLE_KEY: SERVICE_ACCOUNT,
  TWILIO: TWILIO_KEY,
};

export const ANN = {
  first_name: 'Ann',
  last_name: 'Lovelace',
  phone: '+15125550142',
  email: 'ann@example.com',
  agreed: true,
} as const;

/** A push of a lead with these fields. */
export function pushOf(fields: Readonly<Record<string, FieldValue>> = ANN, tries = 1): Push {
  const leadId = toLeadId('01JDK3V8Q2W9X4Y5Z6A7B8C9D0');
  return {
    parcel: { leadId, campaign: 'auto', contractId: 'apex_auto', round: 1, fields },
    sale: { priceCents: cents(1_250), reference: null },
    id: `${leadId}/apex_auto/crm`,
    tries,
  };
}

/** Those that are reached by HTTP; mail and files have tests of their own. */
export type CalledTarget = Exclude<TargetAdapter, 'email' | 'sftp'>;
export const CALLED_TARGETS = TARGET_ADAPTERS.filter(
  (adapter): adapter is CalledTarget => adapter !== 'email' && adapter !== 'sftp',
);

const never = () => Promise.reject(new Error('no mail and no file'));
const LIMITS = { atOnce: 100, perSecond: null };
const NAMES = { first: 'first_name', last: 'last_name' };

function optionsFor(url: (name: string) => string): Record<CalledTarget, Record<string, unknown>> {
  return {
    webhook: {
      url: `${url('webhook')}/signed`,
      signing: { scheme: 'standard', secrets: ['env:HOOK_SECRET_NEW', 'env:HOOK_SECRET'] },
    },
    salesforce: {
      ...{ base_url: url('salesforce'), client_id: 'consumer-key' },
      ...{ client_secret: 'env:SALESFORCE_SECRET', external_id: 'Our_Lead_Id__c' },
      fields: {
        ...{ FirstName: NAMES.first, LastName: NAMES.last, Email: 'email', Phone: 'phone' },
        ...{ LeadSource: { value: 'Sluice' }, Price__c: { fact: 'price' } },
      },
    },
    salesforce_web: {
      ...{ base_url: url('salesforce'), oid: '00D000000000001' },
      fields: { first_name: NAMES.first, last_name: NAMES.last, email: 'email' },
    },
    hubspot: {
      ...{ base_url: url('hubspot'), token: 'env:HUBSPOT_TOKEN' },
      fields: { email: 'email', firstname: NAMES.first, price: { fact: 'price_cents' } },
    },
    hubspot_form: {
      ...{ base_url: url('hubspot'), token: 'env:HUBSPOT_TOKEN', portal_id: '123456' },
      form_guid: '0f1e2d3c-0f1e-2d3c-4b5a-0f1e2d3c4b5a',
      fields: { email: 'email', firstname: NAMES.first },
      consent: { field: 'agreed', text: 'May call.' },
    },
    gohighlevel: {
      ...{ base_url: url('gohighlevel'), token: 'env:GHL_TOKEN', location_id: 'loc1' },
      fields: { firstName: NAMES.first, email: 'email', phone: 'phone' },
      custom_fields: { cf1: { fact: 'lead_id' } },
    },
    google_sheets: {
      ...{ base_url: url('google'), token_url: `${url('google')}/token`, sheet: 'Leads' },
      ...{ service_account: 'env:GOOGLE_KEY', spreadsheet_id: SHEET_ID },
      columns: [NAMES.first, 'email', { fact: 'price' }],
    },
    twilio_sms: {
      ...{ base_url: url('twilio'), account_sid: ACCOUNT_SID, secret: 'env:TWILIO' },
      ...{ to: '+15125550199', from: '+15125550100' },
      body: 'New lead {first_name} {phone}, {fact.price} ({fact.lead_id})',
    },
  };
}

export type TargetStand = Awaited<ReturnType<typeof openTargets>>;

/** Starts all fakes, and what pushes into them. */
export async function openTargets() {
  const vendors = {
    webhook: await startWebhookReceiver(),
    salesforce: await startSalesforce(),
    hubspot: await startHubspot(),
    gohighlevel: await startGohighlevel(),
    google: await startGoogle(),
    twilio: await startTwilio(),
  };
  const all: Readonly<Record<string, Vendor>> = vendors;
  const allowPrivate = new Set(Object.values(all).map(({ address }) => address));
  const http = createHttp({ allowPrivate, allowHttp: false });
  const options = optionsFor((name) => all[name]?.url ?? '');
  let tokens = createTokens(Date.now);
  const called: OutgoingRequest[] = [];
  const vendorOf = (adapter: TargetAdapter): Vendor => {
    const [, found] = Object.entries(all).find(([name]) => adapter.startsWith(name)) ?? [];
    if (!found) throw new Error(`no fake for ${adapter}`);
    return found;
  };
  return {
    ...{ ...vendors, options, called, vendorOf },
    /** One try, with the options that fit the fake, some of them changed. */
    deliver(
      adapter: CalledTarget,
      push = pushOf(),
      more: { options?: object; secrets?: Readonly<Record<string, string>> } = {},
    ): Promise<DeliveryReply> {
      const secrets = { ...SECRETS, ...more.secrets };
      const { host } = hostOf(
        {
          send: (request, limits) => {
            called.push(request);
            return http.send(request, limits);
          },
          readSecret: (reference) => Promise.resolve(secrets[reference.replace(/^env:/, '')]),
          ...{ tokens, lanes: createLanes(Date.now), now: Date.now },
          carriers: { mail: never, upload: never },
        },
        { timeoutMs: 5_000, timeZone: 'America/Chicago', limits: LIMITS },
      );
      const target = TARGETS[adapter].bind({ ...options[adapter], ...more.options });
      return target.deliver(push, host);
    },
    forgetTokens: () => void (tokens = createTokens(Date.now)),
    async close() {
      await http.close();
      await Promise.all(Object.values(all).map((vendor) => vendor.close()));
    },
  };
}
