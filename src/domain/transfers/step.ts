// Which contracts offer leads by phone, and what the run of such a call is begun with.

import type { OfferKey } from '../ids.ts';
import type { CallStep, Contract } from '../world/contract.ts';
import { callTerms, type Transfer } from './settings.ts';

/** The phone call of a contract; undefined where it offers leads in another way. */
export function findCallStep({ post }: Pick<Contract, 'post'>): CallStep | undefined {
  return post?.adapter === 'twilio_call' ? post : undefined;
}

/** What the run of a call is told. */
export function transferOf(key: OfferKey, { call }: CallStep): Transfer {
  const { leadId, contractId, round } = key;
  return { leadId, contractId, round, terms: callTerms(call) };
}
