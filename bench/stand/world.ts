// The world that is measured: one campaign, one source, and as many ping-post buyers as asked for,
// who differ in their bids only. Each has a cap with room for every lead, so that every sale holds.

import { createHash } from 'node:crypto';
import type { BuyersConfig } from '../../src/demo/buyer-config.ts';

export const CAMPAIGN = 'auto_insurance';
export const SOURCE_KEY = 'sk_bench';
/** Never reached: a cap that binds would measure refusals. */
export const DAILY_CAP = 10_000_000;

const BID_CENTS: [number, number] = [800, 2000];

const nameOf = (index: number): string => `buyer_${String(index + 1).padStart(3, '0')}`;
const namesOf = (count: number): string[] => Array.from({ length: count }, (_, at) => nameOf(at));

/** The world document for buyers that listen on a port of this machine. */
export function worldDocument(world: {
  readonly buyers: number;
  readonly buyersPort: number;
  /** The longest that a buyer thinks about a ping. */
  readonly slowestPingMs: number;
}): unknown {
  const names = namesOf(world.buyers);
  const contractOf = (name: string) => `${name}_auto`;
  const at = (name: string, kind: string) =>
    `http://127.0.0.1:${world.buyersPort}/buyers/${name}/${kind}`;
  const contracts = names.map((name) => [
    contractOf(name),
    {
      buyer: name,
      campaign: CAMPAIGN,
      // Above every bid, so no auction closes early: each one waits for every buyer.
      max_bid_cents: 5_000,
      ping: { url: at(name, 'ping'), timeout: '10s' },
      post: { url: at(name, 'post'), timeout: '5s' },
      deliveries: [{ name: 'crm', url: at(name, 'crm') }],
    },
  ]);
  const sha256 = createHash('sha256').update(SOURCE_KEY).digest('hex');
  return {
    sluice: 1,
    name: 'Bench',
    verticals: { auto_insurance: { fields: FIELDS } },
    campaigns: {
      [CAMPAIGN]: {
        vertical: 'auto_insurance',
        duplicates: { by: [['phone'], ['email']], within: '30d' },
        routing: [
          {
            name: 'auction',
            method: 'ping_post',
            deadline: `${Math.min(10_000, world.slowestPingMs + 1_000)}ms`,
            contracts: names.map(contractOf),
          },
        ],
      },
    },
    sources: {
      acme: { keys: [{ sha256 }], campaigns: [CAMPAIGN], payout: { share_percent: 80 } },
    },
    buyers: Object.fromEntries(
      names.map((name) => [name, { caps: [{ per: 'day', leads: DAILY_CAP }] }]),
    ),
    contracts: Object.fromEntries(contracts),
  };
}

/**
 * What the buyers do: bid, accept, take the delivery; all at once but for the asked-for thinking.
 */
export function buyersConfig(
  count: number,
  pingMs: readonly [least: number, most: number],
): BuyersConfig {
  const behaviour = {
    ping: { bidCents: BID_CENTS, delayMs: [...pingMs] as [number, number] },
    post: { answer: 'accept' as const },
  };
  const buyers = Object.fromEntries(namesOf(count).map((name) => [name, behaviour]));
  // Only posts and deliveries are witnessed: a line per ping would tax the machine that is
  // measured.
  return { buyers, journalPings: 'off' };
}

const FIELDS = {
  first_name: { type: 'text', required: true },
  last_name: { type: 'text', required: true },
  phone: { type: 'phone', required: true },
  email: { type: 'email', required: true },
  zip: { type: 'zip', required: true },
  state: { type: 'state', required: true },
  date_of_birth: { type: 'date', required: true },
  currently_insured: { type: 'boolean' },
} as const;
