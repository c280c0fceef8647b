// Recorded leads for tests of the simulation, written down by hand: what each was routed like, what
// was bid, what buyers answered, what was sold.

import type { CapWindow } from '../../src/domain/caps/caps.ts';
import type { AttemptState, LeadStatus, OfferResult, StageRoute } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import type { LeadSale, RecordedAttempt, RecordedLead } from '../../src/domain/recorded.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import type { Rules } from '../../src/routing/stage.ts';
import { createSimulation, type SimulatedLead } from '../../src/simulation/simulate.ts';
import { newLeadId } from '../support/lead-rows.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { PING, POST, smallDocument, worldOf } from './world-document.ts';

/** 13:00 in New York. */
export const NOON = Date.parse('2026-11-24T18:00:00Z');

export function rulesOf(document: object): Rules {
  const world = worldOf(document);
  return { world, eligibility: createEligibility(world) };
}

/** A contract at a fixed price. */
export const priced = (buyer: string, price_cents: number, more: object = {}) => {
  return { buyer, campaign: 'auto', price_cents, post: POST, ...more };
};
/** A contract that is asked for its bid. */
export const bids = (buyer: string, more: object = {}) => {
  return { buyer, campaign: 'auto', ping: PING, post: POST, ...more };
};

/** A world of one stage over these contracts. */
export function world(stage: object, contracts: Record<string, object>, more: object = {}) {
  const buyers = { apex: {}, bolt: {}, crest: {} };
  const routing = [{ name: 'only', ...stage, contracts: Object.keys(contracts) }];
  const campaigns = { auto: { vertical: 'auto', routing, ...more } };
  return rulesOf({ ...smallDocument(), buyers, campaigns, contracts });
}

export const rejected = {
  kind: 'rejected',
  reason: 'buyer_rejected',
  detail: 'not today',
  ms: 9,
} as const;

export interface Offer {
  readonly contract: string;
  readonly cents: number;
  readonly state?: AttemptState;
  readonly result?: OfferResult;
  readonly round?: number;
  readonly windows?: readonly CapWindow[];
}

/** A lead that came `at` seconds after noon; sold to whoever accepted, the source with 80 %. */
export function recordedLead(of: {
  readonly at: number;
  readonly routes?: readonly Partial<StageRoute>[];
  readonly offers?: readonly Offer[];
  readonly verdicts?: Readonly<Record<string, unknown>>;
  readonly status?: LeadStatus;
  readonly rounds?: number;
  readonly fields?: Readonly<Record<string, string>>;
  readonly campaign?: string;
}): RecordedLead {
  const { at, routes = [], offers = [], verdicts = {}, fields, rounds = 1 } = of;
  const campaignId = of.campaign ?? 'auto';
  const receivedAtMs = NOON + at * 1_000;
  const attempts = offers.map((offer): RecordedAttempt => {
    const { contract, cents: price, state = 'accepted', windows = [], round = 1 } = offer;
    return {
      ...{ contractId: contract, buyerId: buyerOf(contract), round, state },
      ...{ priceCents: cents(price), result: offer.result ?? null, capWindows: windows },
      plannedAtMs: receivedAtMs + 50,
    };
  });
  const sales = attempts
    .filter(({ state }) => state === 'accepted')
    .map(({ contractId, buyerId, priceCents }): LeadSale => {
      return { contractId, buyerId, priceCents, payoutCents: cents(Math.floor(priceCents * 0.8)) };
    });
  const stored = routes.map((route) => {
    const whole = { method: 'waterfall', order: [], refused: [], atMs: receivedAtMs + 20 };
    return [`1 route/${route.stage}`, { ...whole, ...route }] as const;
  });
  return {
    lead: sampleLead({ id: newLeadId(), campaignId, receivedAtMs, ...(fields && { fields }) }),
    status: of.status ?? (sales.length > 0 ? 'sold' : 'unsold'),
    score: 50,
    rounds,
    verdicts: { ...Object.fromEntries(stored), ...verdicts },
    attempts,
    sales,
  };
}

const buyerOf = (contract: string) => contract.split('_')[0] ?? contract;

/** Runs leads in a world; they were routed by another, or by the same. */
export function simulate(
  leads: readonly RecordedLead[],
  rules: Rules,
  more: {
    readonly before?: Rules;
    readonly used?: Parameters<typeof createSimulation>[0]['used'];
  } = {},
): SimulatedLead[] {
  const { before = rules, used = new Map() } = more;
  const simulation = createSimulation({ rules, used, versionAt: () => before });
  const ended = leads.flatMap((lead) => simulation.run(lead));
  for (let some = simulation.finish(); some; some = simulation.finish()) ended.push(...some);
  return ended;
}

/** Who has each lead at which price: `apex_auto 700 + bolt_auto 600`, or its status. */
export function endsOf(ended: readonly SimulatedLead[]): string[] {
  return ended.map(({ sales, status }) => {
    const sold = sales.map(({ contractId, priceCents }) => `${contractId} ${priceCents}`);
    return sold.length > 0 ? sold.join(' + ') : status;
  });
}
