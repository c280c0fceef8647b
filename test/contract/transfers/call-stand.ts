// A contract that offers its leads by phone, as the tests of its parts have it.

import type { CallStep, Contract } from '../../../src/domain/world/contract.ts';
import { parseWorld } from '../../../src/world/parse.ts';

export const WRITTEN = {
  adapter: 'twilio_call',
  account_sid: `AC${'a1'.repeat(16)}`,
  secret: 'env:TWILIO_KEY',
  auth_token: 'env:TWILIO_TOKEN',
  from: '+15125550100',
  to: '+15125550199',
  whisper: 'A lead from {state}. Press 1.',
} as const;

/** A world with one contract by phone, changed as given. */
export function worldOf(post: object = {}, contract: object = {}) {
  return parseWorld({
    sluice: 1,
    verticals: {
      auto: {
        fields: { phone: { type: 'phone' }, state: { type: 'state' }, zip: { type: 'zip' } },
      },
    },
    campaigns: {
      auto: { vertical: 'auto', routing: [{ method: 'waterfall', contracts: ['apex_auto'] }] },
    },
    sources: {
      acme: {
        ...{ keys: [{ sha256: 'a'.repeat(64) }], campaigns: ['auto'] },
        payout: { share_percent: 80 },
      },
    },
    buyers: { apex: {} },
    contracts: {
      apex_auto: {
        ...{ buyer: 'apex', campaign: 'auto', price_cents: 4_000 },
        ...{ post: { ...WRITTEN, ...post }, ...contract },
      },
    },
  });
}

/** The contract of that world. Throws where it is not right. */
export function contractOf(post: object = {}): Contract {
  const parsed = worldOf(post);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const contract = parsed.world.contracts['apex_auto'];
  if (!contract) throw new Error('the contract is lost');
  return contract;
}

/** Its post. */
export function stepOf(post: object = {}): CallStep {
  const step = contractOf(post).post;
  if (step?.adapter !== 'twilio_call') throw new Error('the post is no call');
  return step;
}

export const CALL = stepOf().call;
