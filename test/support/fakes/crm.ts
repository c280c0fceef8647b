// Stand-ins of CRMs: Salesforce (token, upsert, Web-to-Lead), HubSpot (upsert, forms) and
// GoHighLevel. Each takes only what its documentation describes.

import { type Answered, formIn, jsonIn, startVendor } from './vendor.ts';

export const CRM_SECRETS = {
  SALESFORCE_SECRET: 'sf-consumer-secret',
  HUBSPOT_TOKEN: 'pat-na1-secret',
  GHL_TOKEN: 'pit-ghl-secret',
} as const;

const UPSERT = /^\/services\/data\/v68\.0\/sobjects\/Lead\/Our_Lead_Id__c\/([^/?]+)$/;

/** Salesforce; its records are under their external ids. */
export async function startSalesforce() {
  const records = new Map<string, { id: string; record: Record<string, unknown> }>();
  const good = new Set<string>();
  let tokens = 0;
  const mistake = (errorCode: string, fields: string[] = []): Answered => {
    return { status: 400, body: [{ message: `${errorCode} of this lead`, errorCode, fields }] };
  };
  const vendor = await startVendor(
    (asked): Answered => {
      if (asked.path === '/services/oauth2/token') {
        const form = formIn(asked);
        const isGood =
          form?.['grant_type'] === 'client_credentials' &&
          form['client_id'] === 'consumer-key' &&
          form['client_secret'] === CRM_SECRETS.SALESFORCE_SECRET;
        if (!isGood) return { status: 400, body: { error: 'invalid_client' } };
        const token = `00D-token-${(tokens += 1)}`;
        good.add(token);
        const body = { access_token: token, instance_url: vendor.url, token_type: 'Bearer' };
        return { status: 200, body };
      }
      if (asked.path === '/servlet/servlet.WebToLead?encoding=UTF-8') {
        const form = formIn(asked);
        const isWhole = form?.['oid'] && form['last_name'] && form['company'];
        return { status: isWhole ? 200 : 500, body: '<html>Your request has been queued.</html>' };
      }
      const bearer = asked.headers.authorization?.replace(/^Bearer /, '') ?? '';
      if (!good.has(bearer)) {
        return { status: 401, body: [{ message: 'expired', errorCode: 'INVALID_SESSION_ID' }] };
      }
      const [, externalId = ''] = UPSERT.exec(asked.path) ?? [];
      if (asked.method !== 'PATCH' || externalId === '') {
        return { status: 404, body: [{ message: 'no', errorCode: 'NOT_FOUND' }] };
      }
      const record = jsonIn(asked);
      if (!record) return mistake('JSON_PARSER_ERROR');
      const missing = ['LastName', 'Company'].filter((name) => !record[name]);
      if (missing.length > 0) return mistake('REQUIRED_FIELD_MISSING', missing);
      if ('Our_Lead_Id__c' in record) return mistake('INVALID_FIELD', ['Our_Lead_Id__c']);
      const known = records.get(externalId);
      const id = known?.id ?? `00Q000000000${String(records.size + 1).padStart(3, '0')}`;
      records.set(externalId, { id, record });
      const body = { id, success: true, errors: [], created: !known };
      return { status: known ? 200 : 201, body };
    },
    ({ path }) => path.endsWith('/token'),
  );
  return { ...vendor, records, expireTokens: () => good.clear() };
}

/** HubSpot: contacts by e-mail, and submissions of forms. */
export async function startHubspot() {
  const contacts = new Map<string, string>();
  const submissions: Record<string, string>[] = [];
  const vendor = await startVendor((asked): Answered => {
    const { authorization } = asked.headers;
    if (authorization !== `Bearer ${CRM_SECRETS.HUBSPOT_TOKEN}`) {
      return { status: 401, body: { status: 'error', category: 'INVALID_AUTHENTICATION' } };
    }
    const body = jsonIn(asked);
    const invalid = { status: 400, body: { status: 'error', category: 'VALIDATION_ERROR' } };
    if (!body || asked.method !== 'POST') return invalid;
    if (/^\/crm\/(objects\/2026-03|v3\/objects)\/contacts\/batch\/upsert$/.test(asked.path)) {
      const inputs = body['inputs'] as { idProperty: string; id: string; properties: object }[];
      const [input] = inputs;
      const isWhole = input?.idProperty === 'email' && input.id.includes('@');
      const isText = Object.values(input?.properties ?? {}).every((it) => typeof it === 'string');
      if (!isWhole || !isText) return invalid;
      const isNew = !contacts.has(input.id);
      const id = contacts.get(input.id) ?? String(801 + contacts.size);
      contacts.set(input.id, id);
      const { properties } = input;
      return {
        status: 200,
        body: { status: 'COMPLETE', results: [{ id, new: isNew, properties }] },
      };
    }
    if (/^\/submissions\/v3\/integration\/secure\/submit\/\d+\/[0-9a-f-]{36}$/.test(asked.path)) {
      const fields = body['fields'] as { objectTypeId: string; name: string; value: string }[];
      if (!fields.every((one) => one.objectTypeId === '0-1' && one.value !== '')) return invalid;
      submissions.push(Object.fromEntries(fields.map(({ name, value }) => [name, value])));
      return { status: 200, body: { inlineMessage: 'Thanks for submitting the form.' } };
    }
    return { status: 404, body: { status: 'error', category: 'OBJECT_NOT_FOUND' } };
  });
  return { ...vendor, contacts, submissions };
}

/** GoHighLevel: contacts by phone. */
export async function startGohighlevel() {
  const contacts = new Map<string, string>();
  const rates = {
    'x-ratelimit-max': '100',
    'x-ratelimit-remaining': '99',
    'x-ratelimit-interval-milliseconds': '10000',
  };
  const vendor = await startVendor((asked): Answered => {
    const { authorization, version } = asked.headers;
    const refuse = (status: number, message: unknown, error: string): Answered => {
      return { status, body: { statusCode: status, message, error }, headers: rates };
    };
    if (authorization !== `Bearer ${CRM_SECRETS.GHL_TOKEN}`) {
      return refuse(401, 'Invalid token: access token is invalid', 'Unauthorized');
    }
    if (version !== '2021-07-28' && version !== 'v3') return refuse(400, 'version', 'Bad Request');
    const body = jsonIn(asked);
    if (asked.path !== '/contacts/upsert' || !body) return refuse(404, 'no', 'Not Found');
    if (typeof body['locationId'] !== 'string') {
      return refuse(422, ['locationId should not be empty'], 'Unprocessable Entity');
    }
    const phone = String(body['phone']);
    const isNew = !contacts.has(phone);
    const id = contacts.get(phone) ?? `ghl${contacts.size + 1}`;
    contacts.set(phone, id);
    const answer = { new: isNew, contact: { id, ...body }, traceId: 'trace-1' };
    return { status: 200, body: answer, headers: rates };
  });
  return { ...vendor, contacts };
}
