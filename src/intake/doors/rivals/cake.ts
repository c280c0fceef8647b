// CAKE: `/d.ashx` and `/post.ashx`, by form, JSON or query, or with `ckm_xml=1` by XML beside a
// query, answered in XML.

import { sentenceOf } from '../../../domain/reasons.ts';
import { looseName } from '../../values.ts';
import { type Answered, type DoorFormat, type DoorRequest, type Reading } from '../door.ts';
import { refused, type Refused, type Reply, type Told } from '../door.ts';
import { statusOf, xmlReply } from '../replies.ts';
import { controlOf, formValues, readValues, without } from '../values.ts';
import { dollarText, problemLines } from '../words.ts';

const CONTROLS = new Set([
  ...['ckm_campaign_id', 'ckm_key', 'ckm_subid', 'ckm_request_id', 'ckm_test', 'ckm_xml'],
]);

/** The door's account is `ckm_campaign_id`, its password `ckm_key`. */
export const cake: DoorFormat = {
  name: 'cake',
  addresses: ['/d.ashx', '/post.ashx'],
  read: (request): Reading => ({ kind: 'read', told: toTold(request), answer }),
};

function toTold(request: DoorRequest): Told | Refused {
  const isXml = controlOf(formValues(request.query), 'ckm_xml') === '1';
  const as = isXml ? 'xml' : undefined;
  const found = readValues(request, { types: ['form', 'json', 'xml'], typeOptional: true, as });
  if (found.kind === 'unreadable') {
    const isBroken = isXml && found.why === 'malformed';
    return refused('unreadable', isBroken ? 'Invalid XML Format' : found.says);
  }
  const { values } = found;
  const control = (name: string) => controlOf(values, name);
  if (control('ckm_lead_id') !== undefined) {
    return refused('invalid', 'a lead is not changed here: leave ckm_lead_id out');
  }
  const pingId = control('ckm_request_id');
  return {
    kind: 'told',
    account: control('ckm_campaign_id') ?? '',
    key: control('ckm_key') ?? null,
    phase: pingId === undefined ? 'full' : 'post',
    values: without(values, CONTROLS),
    test: control('ckm_test') === '1' || Object.entries(values).some(saysTest),
    subSource: control('ckm_subid'),
    pingId,
  };
}

const NAMES = /^(fname|firstname|lname|lastname|(street)?address\d?|street\d?|addressline\d)$/;

/** The word that marks a test lead, in a name or an address. */
function saysTest([name, value]: readonly [string, unknown]): boolean {
  return typeof value === 'string' && NAMES.test(looseName(name)) && /\bckmtest\b/i.test(value);
}

function answer(answered: Answered): Reply {
  return xmlReply('result', bodyOf(answered), statusOf(answered));
}

/** Keys in this order. 0 is good. */
function bodyOf(answered: Answered): object {
  switch (answered.kind) {
    case 'lead':
      return leadBody(answered);
    case 'bid': {
      const { pingId, payoutCents } = answered;
      if (payoutCents === 0) return failed(['no bid']);
      const price = dollarText(payoutCents);
      return { code: 0, msg: 'success', leadid: pingId, ckm_request_id: pingId, price };
    }
    case 'no_bid':
      return failed([answered.says]);
    case 'refused':
      return failed(problemLines(answered));
  }
}

function leadBody({ publicNo: leadid, outcome }: Answered & { kind: 'lead' }): object {
  // It may be sold yet: a client that heard of a failure would sell it elsewhere.
  if (outcome === 'pending') return { code: 0, msg: 'success', leadid, price: '0.00' };
  switch (outcome.kind) {
    case 'sold': {
      const { payoutCents, redirectUrl: redirect } = outcome;
      const told = { code: 0, msg: 'success', leadid, price: dollarText(payoutCents) };
      return redirect === undefined ? told : { ...told, redirect };
    }
    case 'duplicate':
      return failed(['Duplicate lead']);
    case 'unsold':
      return failed([sentenceOf(outcome.reason)]);
    case 'rejected':
      return failed(problemLines(outcome));
  }
}

const failed = (error: readonly string[]) => ({ code: 1, msg: 'error', errors: { error } });
