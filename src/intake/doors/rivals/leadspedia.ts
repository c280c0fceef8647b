// LeadsPedia: `/ping.do`, `/post.do` and `/call-ping.do`, by form, JSON or query, answered in XML
// or, with `lp_response=JSON`, in JSON.

import { sentenceOf } from '../../../domain/reasons.ts';
import { type Answered, type DoorFormat, type DoorRequest, type Reading } from '../door.ts';
import { refused, type Reply, type Told } from '../door.ts';
import { jsonReply, statusOf, wantsJson, xmlReply } from '../replies.ts';
import { controlOf, readValues, without } from '../values.ts';
import { dollarText, problemLines } from '../words.ts';

const POST = '/post.do';

/** The door's account is `lp_campaign_id`, its password `lp_campaign_key`. */
export const leadspedia: DoorFormat = {
  name: 'leadspedia',
  addresses: ['/ping.do', POST, '/call-ping.do'],
  read(request): Reading {
    const found = readValues(request, { types: ['form', 'json'], typeOptional: true });
    const values = found.kind === 'values' ? found.values : undefined;
    const inJson = wantsJson(request, values, 'lp_response');
    return {
      kind: 'read',
      told:
        found.kind === 'values' ? toTold(request, found.values) : refused('unreadable', found.says),
      answer: (answered) => answer(answered, inJson),
    };
  },
};

const CONTROLS = new Set([
  ...['lp_campaign_id', 'lp_campaign_key', 'lp_test', 'lp_response', 'lp_ping_id', 'lp_s1'],
  ...['lp_num_sold', 'lp_return_dd_matches', 'lp_return_dd_hash_parameter'],
  ...['lp_return_dd_hash_type', 'vendor_lead_id'],
]);

function toTold(request: DoorRequest, values: Told['values']): Told {
  const control = (name: string) => controlOf(values, name);
  const pingId = control('lp_ping_id');
  const afterPing = pingId === undefined ? 'full' : 'post';
  return {
    kind: 'told',
    account: control('lp_campaign_id') ?? '',
    key: control('lp_campaign_key') ?? null,
    phase: request.address === POST ? afterPing : 'ping',
    values: without(values, CONTROLS),
    test: control('lp_test') === '1',
    subSource: control('lp_s1'),
    externalId: control('vendor_lead_id'),
    pingId,
  };
}

function answer(answered: Answered, inJson: boolean): Reply {
  const status = statusOf(answered);
  const { errors, ...body } = bodyOf(answered);
  if (inJson) {
    const told = errors?.map((error) => ({ error }));
    return jsonReply({ ...body, ...(told && { errors: told }) }, status);
  }
  return xmlReply('response', { ...body, ...(errors && { errors: { error: errors } }) }, status);
}

interface Body {
  readonly errors?: readonly string[];
  readonly [name: string]: unknown;
}

/** Keys in this order. */
function bodyOf(answered: Answered): Body {
  switch (answered.kind) {
    case 'lead':
      return leadBody(answered);
    case 'bid': {
      const { pingId: ping_id, payoutCents } = answered;
      // A price of nothing is how a refusal is told.
      if (payoutCents === 0) return failed(['no bid']);
      const price = dollarText(payoutCents);
      return { result: 'success', ping_id, price, msg: 'Ping Accepted' };
    }
    case 'no_bid':
      return { ...failed([answered.says]), price: '0.00' };
    case 'refused':
      return failed(problemLines(answered));
  }
}

function leadBody({ publicNo, outcome }: Answered & { kind: 'lead' }): Body {
  const lead_id = String(publicNo);
  // It may be sold yet: a client that heard of a failure would sell it elsewhere.
  if (outcome === 'pending') {
    return { result: 'success', lead_id, price: '0.00', msg: 'Lead Accepted, not decided on yet' };
  }
  if (outcome.kind === 'sold') {
    const { payoutCents, redirectUrl: redirect_url } = outcome;
    const told = { result: 'success', lead_id, price: dollarText(payoutCents) };
    return { ...told, msg: 'Lead Accepted', ...(redirect_url !== undefined && { redirect_url }) };
  }
  const isRejected = outcome.kind === 'rejected';
  return failed(isRejected ? problemLines(outcome) : [sentenceOf(outcome.reason)], lead_id);
}

/** The first line says what it is; those behind it name the fields. */
function failed([msg = '', ...fields]: readonly string[], lead_id?: string): Body {
  const errors = fields.length > 0 ? fields : [msg];
  return { result: 'failed', ...(lead_id !== undefined && { lead_id }), msg, errors };
}
