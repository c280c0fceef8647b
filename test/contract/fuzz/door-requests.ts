// Requests at the doors: in the words of each format, and in nobody's.

import { createHmac } from 'node:crypto';
import fc from 'fast-check';

import { DOOR_FORMATS, type DoorFormatName } from '../../../src/domain/world/door.ts';
import { FORMATS } from '../../../src/intake/doors/formats.ts';
import {
  type Body,
  mutated,
  nastyHeaders,
  nastyPath,
  nastyText,
  wrongBody,
} from '../../support/fuzz/nasty.ts';
import type { Shot } from '../../support/fuzz/sending.ts';
import { keys, secrets } from '../intake-world.ts';

/** A format, and the path at which one of its requests arrives. */
export interface Place {
  readonly format: DoorFormatName | 'form' | 'google' | 'meta' | 'linkedin' | 'webhook';
  readonly path: string;
}

const rivals: readonly Place[] = DOOR_FORMATS.flatMap((format) =>
  FORMATS[format].addresses.flatMap((address) =>
    // The classic LeadExec address is the root, where the page for people stands too.
    [...(address === '/' ? [] : [address]), `/in/${format}${address}`].map((path) => {
      const at = path.replace(':flow', 'F').replace(':source', 'S');
      return { format, path: at.replace(':queueId', 'lead_01JD8XK7M2Q3R4S5T6V7W8X9Y0-ACME-7') };
    }),
  ),
);

export const PLACES: readonly Place[] = [
  ...rivals,
  ...['site', 'plain', 'elsewhere', 'nobody'].map(
    (account) => ({ format: 'form', path: `/in/form/${account}` }) as const,
  ),
  { format: 'form', path: '/forms/plain' },
  { format: 'google', path: '/in/google' },
  { format: 'meta', path: '/in/meta' },
  { format: 'linkedin', path: '/in/linkedin' },
  { format: 'webhook', path: `/in/webhook/zap/${keys.door}` },
  { format: 'webhook', path: '/in/webhook/tiktok' },
  { format: 'webhook', path: '/in/webhook/zap/wrong' },
];

/** Right at every door of the tests' world at once: other formats' names are fields of the lead. */
const CREDENTIALS = {
  ...{ lp_campaign_id: '77', lp_supplier_id: '1234', lp_key: keys.door },
  ...{
    lp_campaign_key: 'lp-secret',
    TYPE: '33',
    SRC: 'acme-9f2c',
    Key: 'bb-secret',
    key: 'lb-secret',
  },
  ...{ campid: 'ACME-7', sid: 'sup-9', ckm_campaign_id: '88', ckm_key: 'ck-secret', apiId: 'A1' },
  ...{ productId: '12', apiPassword: 'px-secret', vid: '501', lid: '7', password: 'le-secret' },
  ...{ xxAccountId: '1', xxCampaignId: '2', xxSiteId: '3' },
};
const OWN: Partial<Record<Place['format'], Readonly<Record<string, string>>>> = {
  leadspedia: { lp_campaign_id: '41' },
  boberdoo_api: { SRC: 'acme' },
};

const NAMES = [
  ...['first_name', 'phone', 'zip', 'email', 'state', 'date_of_birth', 'vehicles', 'full_name'],
  ...[
    'lp_action',
    'lp_ping_id',
    'lp_test',
    'lp_response',
    'Mode',
    'Cost',
    'Lead_ID',
    'Format',
    'Request',
  ],
  ...[
    'Test_Lead',
    'returnjson',
    'testmode',
    'leads',
    'ckm_xml',
    'ckm_test',
    'ckm_request_id',
    'price',
  ],
  ...[
    'testMode',
    'testSold',
    'closeConnection',
    'id',
    'orderid',
    'returnurl',
    'redir_url',
    'a.b',
    'a',
  ],
  ...[
    'xxTrustedFormCertUrl',
    'universal_leadid',
    'url',
    'alt_contact',
    'form_rendered_at',
    'consent_given',
  ],
];
const fields = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...NAMES) }, nastyText),
      fc.oneof(nastyText, fc.constantFrom('Ann', '(512) 555-0142', '00704', 'ping', 'JSON', '1')),
    ),
    { maxLength: 8 },
  )
  .map((pairs): Record<string, unknown> => Object.fromEntries(pairs));

const google = fields.map((values) => ({
  ...{ lead_id: 'TeSter-1', form_id: 1, google_key: keys.door, campaign_id: 2 ** 60 },
  user_column_data: Object.entries(values).map(([column_id, string_value]) => {
    return { column_id, string_value };
  }),
}));
const meta = nastyText.map((leadgen_id) => ({
  object: 'page',
  entry: [{ changes: [{ field: 'leadgen', value: { leadgen_id, page_id: '100000000000001' } }] }],
}));
const linkedin = nastyText.map((urn) => ({
  ...{ type: 'LEAD_ACTION', leadGenFormResponse: urn, leadAction: 'CREATED', occurredAt: 1 },
  owner: { sponsoredAccount: 'urn:li:sponsoredAccount:7' },
}));
const webhook = fields.map((contact) => ({
  data: { contact, zip: contact['zip'], id: contact['id'] },
}));

const values = (place: Place): fc.Arbitrary<unknown> => {
  const told = { google, meta, linkedin, webhook }[place.format as 'google'] as
    fc.Arbitrary<unknown> | undefined;
  const own = { ...CREDENTIALS, ...OWN[place.format] };
  return told ?? fields.map((some) => ({ ...some, ...own }));
};

function inEachType(value: unknown): fc.Arbitrary<Body> {
  const flat = Object.entries((value ?? {}) as object).map(([name, each]): [string, string] => [
    name,
    typeof each === 'object' ? JSON.stringify(each) : String(each),
  ]);
  const tags = flat.map(([name, text]) => `<${name}><![CDATA[${text}]]></${name}>`).join('');
  return fc.constantFrom(
    { type: 'application/json', bytes: Buffer.from(JSON.stringify(value) ?? '') },
    { type: 'application/json', bytes: Buffer.from(JSON.stringify(value) ?? '') },
    {
      type: 'application/x-www-form-urlencoded',
      bytes: Buffer.from(new URLSearchParams(flat).toString()),
    },
    { type: 'text/xml', bytes: Buffer.from(`<lead>${tags}</lead>`) },
    { type: 'multipart/form-data; boundary=b', bytes: Buffer.from(parts(flat)) },
  );
}

function parts(flat: readonly [string, string][]): string {
  const each = flat.map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${each.join('')}--b--\r\n`;
}

/** Requests at this place, with what signs or opens it, right or wrong. */
export function doorShots(place: Place): fc.Arbitrary<Shot> {
  const whole = fc.oneof(values(place), mutated(values(place))).chain(inEachType);
  const body = fc.oneof(
    { weight: 3, arbitrary: whole },
    { weight: 2, arbitrary: wrongBody },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  const isKnown = fc.boolean();
  return fc
    .record({
      method: fc.constantFrom(
        'POST',
        'POST',
        'POST',
        'POST',
        'GET',
        'PUT',
        'HEAD',
        'OPTIONS',
        'DELETE',
      ),
      query: fc.oneof(
        fc.constantFrom(
          '',
          '',
          '?',
          '?a[b]=1&a=2',
          '?%',
          '?ckm_xml=1&lp_response=JSON&Format=JSON',
        ),
        nastyPath.map((text) => `?redir_url=${text}&hub.mode=subscribe&hub.challenge=${text}`),
        isKnown.map((on) => (on ? `?${new URLSearchParams(CREDENTIALS).toString()}` : '')),
      ),
      ...{
        body,
        headers: nastyHeaders,
        isSigned: fc.boolean(),
        end: fc.oneof(fc.constant(''), nastyPath),
      },
      isElsewhere: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    })
    .map(({ method, query, body: sent, headers, isSigned, end, isElsewhere }) => ({
      method,
      uri: (isElsewhere ? `${place.path}/${end}` : place.path) + query,
      headers: { ...headers, ...(isSigned && signatures(sent?.bytes ?? Buffer.alloc(0))) },
      body: sent,
    }));
}

function signatures(bytes: Uint8Array): Record<string, string> {
  const hmac = (secret = '', ...each: (string | Uint8Array)[]) =>
    each.reduce((sum, more) => sum.update(more), createHmac('sha256', secret)).digest('hex');
  return {
    'X-Hub-Signature-256': `sha256=${hmac(secrets['env:META_SECRET'], bytes)}`,
    'X-LI-Signature': hmac(secrets['env:LINKEDIN_SECRET'], 'hmacsha256=', bytes),
    'TikTok-Signature': `t=1,s=${hmac(secrets['env:HOOK_SECRET'], '1.', bytes)}`,
  };
}
