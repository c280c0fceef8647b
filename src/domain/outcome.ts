// From what was decided and answered to what the lead came to.

import { type DoubtTerms, isOpen } from './doubts/doubt.ts';
import type { ContractId } from './ids.ts';
import { type Cents, ZERO } from './money.ts';
import type {
  Auction,
  Candidate,
  LeadOutcome,
  OfferResult,
  StageLimits,
  StageRoute,
  Validation,
} from './lead.ts';
import type { IneligibleReason, UnsoldReason } from './reasons.ts';
import { nextOffer } from './routing/best-sale.ts';

/** A target of pushes after the sale, with the time after which it is given up. */
export interface DeliveryTarget {
  readonly name: string;
  readonly giveUpAfterHours: number;
  /**
   * The first try is a local step. Absent in histories begun before there was one: they begin with
   * the regular activity.
   */
  readonly atOnce?: true;
  /** The receiver is closed until then. Absent: it is open. */
  readonly notBeforeMs?: number;
  /** The target that has to be confirmed before. */
  readonly after?: string;
}

/** What a buyer was sold: what its systems are told of the sale. */
export interface Sale {
  readonly round: number;
  readonly priceCents: Cents;
  readonly reference: string | null;
}

export const DELIVERY_STATES = ['delivered', 'trying', 'failed', 'unclear', 'skipped'] as const;
/**
 * `unclear`: it may have arrived, and a repeat would be a second one; an operator decides.
 * `skipped`: not made, by the delivery's own condition.
 */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The end of a push that was not delivered: no try is made by itself any more. */
export interface DeliveryEnd {
  readonly kind: 'ended';
  readonly state: 'failed' | 'unclear';
  readonly detail: string;
  /** Known and not stored: PostgreSQL was away. */
  readonly unsaved?: true;
}

/** The type of the failure that carries a `DeliveryEnd`. */
export const DELIVERY_ENDED = 'DeliveryEnded';

/** How the first try of a delivery ended. */
export type FirstTry =
  | { readonly kind: 'delivered'; readonly proof: string; readonly unsaved?: true }
  | DeliveryEnd
  /** It leaves together with others: what sends them settles it. */
  | { readonly kind: 'queued'; readonly detail: string }
  | {
      readonly kind: 'failed';
      readonly detail: string;
      /** The pause before the next one; absent in histories begun before it was decided here. */
      readonly afterMs?: number;
      /** Nothing was sent: the endpoint is held back, or its host has no room. */
      readonly held?: true;
      /** In histories begun before there were ends: the receiver wants no other. */
      readonly forGood?: true;
    }
  /** No answer yet: the try goes on, and whoever delivers next waits for it. */
  | { readonly kind: 'under_way' };

/** What an offer came to, and what is left to do about it. */
export type OfferReport = OfferResult & {
  /** The lead's outcome, where this offer settled it. */
  readonly outcome?: LeadOutcome;
  /** Where the sold lead must be pushed. */
  readonly targets?: readonly DeliveryTarget[];
  /** Cap room may still be held in its name: release it before the workflow ends. */
  readonly owes?: true;
  /** The answer is known and not stored: PostgreSQL was away. */
  readonly unsettled?: true;
  /** Of a doubt: how it ends. Absent in histories begun before anything but a person ended one. */
  readonly resolve?: DoubtTerms;
  /** Another run of this step stored other verdicts first: start over. */
  readonly superseded?: true;
};

/** One offer of a run, in order. */
export interface Offered {
  readonly candidate: Candidate;
  readonly report: OfferReport;
}

/** What became of a lead in one round. */
export interface RoundSoFar {
  readonly stages: readonly { readonly route: StageRoute; readonly auction?: Auction }[];
  readonly offers: readonly Offered[];
}

/** The name of the verdict on one part of a stage; a stage that is not a waterfall has only one. */
export function routeStepOf(stage: string, part = 1): string {
  return part === 1 ? `route/${stage}` : `route/${stage}#${part}`;
}

/**
 * Whom a stage offers the lead to, best first, at which price: by its auction, or as it was routed.
 * A contract that bid several prices stands here with each of them.
 */
export function candidatesOf(route: StageRoute, auction?: Auction): Candidate[] {
  const bids = new Map(auction?.pings.map((ping) => [ping.contractId, ping]));
  const capturedBy = (contractId: ContractId) => {
    const bid = bids.get(contractId);
    return bid?.kind === 'bid' && bid.captures && { captures: bid.captures };
  };
  if (auction?.offers) {
    return auction.offers.map((offer) => {
      const slow = route.terms?.[offer.contractId]?.slow;
      return { ...offer, ...(slow && { slow }), ...capturedBy(offer.contractId) };
    });
  }
  return (auction?.ranked ?? route.order).flatMap((contractId) => {
    const terms = route.terms?.[contractId];
    const bid = bids.get(contractId);
    const priceCents = auction ? bid?.priceCents : terms?.priceCents;
    if (priceCents === undefined) return [];
    const bidId = bid?.kind === 'bid' ? bid.bidId : undefined;
    return [
      {
        ...{ ...terms, contractId, priceCents },
        ...(bidId !== undefined && { bidId }),
        ...capturedBy(contractId),
      },
    ];
  });
}

/**
 * The next of the candidates that are left, given what the earlier offers came to; undefined when
 * the lead is full, or nobody may have it any more. A contract is offered a lead at one price only.
 */
export function nextCandidate(
  left: readonly Candidate[],
  of: {
    readonly auction?: Auction | undefined;
    readonly offers: readonly Offered[];
    readonly places: number;
  },
): Candidate | undefined {
  const { auction, offers, places } = of;
  const taken = placesTaken(offers);
  if (taken >= places) return undefined;
  // A plain ranking is walked down as it is; the claim refuses whom the lead has no place for.
  if (!auction?.offers) return left[0];
  const offered = new Map(offers.map(({ candidate }) => [candidate.contractId, candidate]));
  const open = left.filter((candidate) => {
    const before = offered.get(candidate.contractId);
    return before === undefined || before === candidate;
  });
  const { pick = 'price', firstSaleCents = ZERO } = auction;
  const hasSale = offers.some(({ report }) => report.kind === 'accepted');
  return nextOffer(open, { places, pick, firstSaleCents }, { sharesTaken: taken, hasSale });
}

/** Why a stage ends although someone is left to be asked; undefined if it goes on. */
export function stopOf(
  limits: StageLimits | undefined,
  offers: readonly Offered[],
): 'budget_used' | 'rejections_reached' | undefined {
  if (!limits) return undefined;
  const isLate = ({ report }: Offered) =>
    report.kind === 'not_offered' && report.reason === 'budget_used';
  if (offers.some(isLate)) return 'budget_used';
  const rejections = offers.filter(({ report }) => report.kind === 'rejected').length;
  return limits.rejections !== undefined && rejections >= limits.rejections
    ? 'rejections_reached'
    : undefined;
}

/**
 * How many places of the lead are gone: sold, or possibly sold. An exclusive one takes them all.
 */
export function placesTaken(offers: readonly Offered[]): number {
  const taking = offers.filter(({ report }) => report.kind === 'accepted' || isOpen(report));
  return taking.some(({ candidate }) => !candidate.shared) ? Infinity : taking.length;
}

/** Why contracts of the stages so far did not buy: stages for overflow ask for it. */
export function reasonsSoFar({ stages, offers }: RoundSoFar): IneligibleReason[] {
  const refused = stages.flatMap(({ route }) => route.refused.map(({ reason }) => reason));
  const missed = offers.flatMap(({ report }) =>
    report.kind === 'not_offered' ? [report.reason] : [],
  );
  return [...new Set([...refused, ...missed])];
}

/** Why a round ended without a sale. */
export function unsoldReasonOf({ stages, offers }: RoundSoFar): UnsoldReason {
  if (stages.length === 0) return 'no_contracts';
  const came = (kind: OfferReport['kind']) => offers.some(({ report }) => report.kind === kind);
  if (came('rejected')) return 'all_rejected';
  if (came('not_sent')) return 'none_reached';
  return stages.some(({ auction }) => auction) ? 'no_bids' : 'none_eligible';
}

/** A refused validation as the source is told. */
export function outcomeOf(
  refused: Validation & { kind: 'refused' },
): Exclude<LeadOutcome, { kind: 'sold' }> {
  const { reason, problems } = refused;
  if (reason === 'duplicate') return { kind: 'duplicate', reason };
  return { kind: 'rejected', reason, ...(problems && { problems }) };
}
