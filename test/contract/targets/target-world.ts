// The world in which the guides' contracts stand.

import type { Delivery } from '../../../src/domain/world/contract.ts';
import { parse } from 'yaml';
import { parseWorld } from '../../../src/world/parse.ts';
import { guideExample } from '../../support/guide.ts';

const FIELDS = {
  first_name: { type: 'text' },
  last_name: { type: 'text' },
  phone: { type: 'phone' },
  email: { type: 'email' },
  agreed: { type: 'boolean' },
  language: { type: 'choice', choices: ['en', 'es'] },
};

/** What a world with these contracts is, or is told of its mistakes. */
export function worldWith(contracts: object) {
  return parseWorld({
    sluice: 1,
    operators: { ada: { keys: [{ sha256: '0'.repeat(64) }] } },
    verticals: { auto: { fields: FIELDS } },
    campaigns: {
      auto: { vertical: 'auto', routing: [{ method: 'waterfall', contracts: ['apex_auto'] }] },
    },
    sources: {
      acme: {
        keys: [{ sha256: 'a'.repeat(64) }],
        campaigns: ['auto'],
        payout: { share_percent: 80 },
      },
    },
    buyers: { apex: {} },
    contracts,
  });
}

/** A contract with one delivery. */
export const contractWith = (delivery: object) => ({
  apex_auto: {
    ...{ buyer: 'apex', campaign: 'auto', price_cents: 700 },
    post: { url: 'https://apex.example/post' },
    deliveries: [{ name: 'crm', ...delivery }],
  },
});

/** The delivery of a guide's example. Throws where the example is no world. */
export function shownDelivery(page: string, example: string): Delivery {
  const { contracts } = parse(guideExample(page, example)) as { contracts: object };
  const verdict = worldWith(contracts);
  const [delivery] = (verdict.ok && verdict.world.contracts['apex_auto']?.deliveries) || [];
  if (!delivery) throw new Error(`${page} ${example}: ${JSON.stringify(verdict)}`);
  return delivery;
}
