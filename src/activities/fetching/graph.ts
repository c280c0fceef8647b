// Meta's Graph: the request for one lead, and what its answers mean.

import type { Reply } from '../../delivery/adapter.ts';
import { type FetchPlatform, type FetchReply, parseObject } from './platform.ts';

const FIELDS = [
  ...['id', 'created_time', 'ad_id', 'ad_name', 'adset_id', 'adset_name', 'campaign_id'],
  ...['campaign_name', 'form_id', 'platform', 'is_organic', 'field_data'],
  'custom_disclaimer_responses',
].join(',');

/** `baseUrl`: with Graph's version and without a slash at the end. */
export function createGraph(baseUrl: string): FetchPlatform {
  return {
    tokenRefOf: ({ meta }) => meta?.pageTokenRef,
    // Without `fields` Graph leaves most of a lead out.
    buildRequest: ({ externalId, token }) => ({
      method: 'GET',
      url: `${baseUrl}/${externalId}?fields=${FIELDS}`,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      body: null,
    }),
    readReply,
  };
}

const TOKEN_REFUSED = 190;
const MISSING = { code: 100, subcode: 33 };

function readReply(reply: Reply): FetchReply {
  if (reply.kind !== 'answer') return { kind: 'again', says: `no answer: ${reply.reason}` };
  const { status, body } = reply.reply;
  const parsed = parseObject(body);
  if (parsed === undefined) return { kind: 'again', says: `HTTP ${status}, no JSON` };
  const { error } = parsed;
  if (typeof error !== 'object' || error === null) {
    return status === 200 ? { kind: 'lead', body } : { kind: 'again', says: `HTTP ${status}` };
  }
  const { code, error_subcode: subcode } = error as Readonly<Record<string, unknown>>;
  if (code === TOKEN_REFUSED) return { kind: 'token_refused' };
  const says = `Graph says ${Number(code)}${subcode ? `, subcode ${Number(subcode)}` : ''}`;
  const isMissing = code === MISSING.code && subcode === MISSING.subcode;
  // Limits (4, 17, 32, 613, 80005), passing faults (1, 2, 341, 368), and what nobody has heard of.
  return { kind: isMissing ? 'final' : 'again', says };
}
