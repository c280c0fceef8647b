// LeadConduit's classic address, PostLeadAction: form or query, answered in XML.

import { sentenceOf } from '../../../domain/reasons.ts';
import { type Answered, type DoorRequest, type Reading, refused } from '../door.ts';
import type { Reply, Told } from '../door.ts';
import { statusOf, xmlReply } from '../replies.ts';
import { controlOf, readValues, without } from '../values.ts';
import { problemLines } from '../words.ts';

export const POST_LEAD_ACTION: readonly string[] = ['/v2/PostLeadAction', '/ap/v2/PostLeadAction'];

const ACCOUNT = ['xxAccountId', 'xxCampaignId', 'xxSiteId'];

/** The door's account is `xxAccountId/xxCampaignId/xxSiteId`, without a password. */
export function readPostLeadAction(request: DoorRequest): Reading {
  const found = readValues(request, { types: ['form', 'json', 'xml'], typeOptional: true });
  if (found.kind === 'unreadable') {
    return { kind: 'read', told: refused('unreadable', found.says), answer };
  }
  const { values } = found;
  const told: Told = {
    kind: 'told',
    account: ACCOUNT.map((name) => controlOf(values, name) ?? '').join('/'),
    key: null,
    phase: 'full',
    values: without(values, new Set(ACCOUNT)),
  };
  return { kind: 'read', told, answer };
}

function answer(answered: Answered): Reply {
  return xmlReply('response', bodyOf(answered), statusOf(answered));
}

function bodyOf(answered: Answered): object {
  switch (answered.kind) {
    case 'lead':
      return leadBody(answered);
    case 'bid':
      return { result: 'success' };
    case 'no_bid':
      return { result: 'failure', reason: answered.says };
    case 'refused': {
      const isTheirs = answered.why === 'invalid' || answered.why === 'paused';
      return { result: isTheirs ? 'failure' : 'error', reason: problemLines(answered) };
    }
  }
}

function leadBody({ leadId, outcome }: Answered & { kind: 'lead' }): object {
  if (outcome === 'pending') return { result: 'queued', leadId };
  if (outcome.kind === 'sold') {
    const { redirectUrl: url } = outcome;
    return { result: 'success', leadId, ...(url !== undefined && { url }) };
  }
  const reason = outcome.kind === 'rejected' ? problemLines(outcome) : sentenceOf(outcome.reason);
  return { result: 'failure', reason, leadId };
}
