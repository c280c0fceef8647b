// Meta's Graph: the request for one lead, and what its answers mean.

import type { OutgoingRequest, Reply } from '../../delivery/adapter.ts';

const FIELDS = [
  ...['id', 'created_time', 'ad_id', 'ad_name', 'adset_id', 'adset_name', 'campaign_id'],
  ...['campaign_name', 'form_id', 'platform', 'is_organic', 'field_data'],
  'custom_disclaimer_responses',
].join(',');

/** Asks for one lead; without `fields` Graph leaves most of it out. */
export function graphRequest(
  baseUrl: string,
  { leadgenId, token }: { leadgenId: string; token: string },
): OutgoingRequest {
  return {
    method: 'GET',
    url: `${baseUrl}/${leadgenId}?fields=${FIELDS}`,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    body: null,
  };
}

export type GraphReply =
  | { readonly kind: 'lead'; readonly body: string }
  | { readonly kind: 'token_refused' }
  /** It will not be another time either. */
  | { readonly kind: 'final'; readonly says: string }
  | { readonly kind: 'again'; readonly says: string };

const TOKEN_REFUSED = 190;
const MISSING = { code: 100, subcode: 33 };

/** The words are ours: Graph's own may quote the request. */
export function readGraphReply(reply: Reply): GraphReply {
  if (reply.kind !== 'answer') return { kind: 'again', says: `no answer: ${reply.reason}` };
  const { status, body } = reply.reply;
  const parsed = parse(body);
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

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
