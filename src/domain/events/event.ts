// What sources, buyers and the operator are told of, and in which words each of them. Everybody
// hears of their own only: no other party, no price or margin that is not theirs, and no person.

import { shapeOfKey } from '../caps/keys.ts';
import type { BuyerId, LeadId, SourceId } from '../ids.ts';

/** Every type of event. `lead.returned` is a name kept free: nothing sends it yet. */
export const EVENT_TYPES = [
  'lead.sold',
  'lead.unsold',
  'lead.rejected',
  'lead.returned',
  'lead.delivered',
  'delivery.failed',
  'cap.reached',
  'endpoint.disabled',
  'webhook.disabled',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What a source may hear: the outcome of its leads. */
export const SOURCE_EVENTS = [
  'lead.sold',
  'lead.unsold',
  'lead.rejected',
  'lead.returned',
] as const satisfies readonly EventType[];

/** What a buyer may hear: its sales, its deliveries, its caps. */
export const BUYER_EVENTS = [
  'lead.sold',
  'lead.returned',
  'lead.delivered',
  'delivery.failed',
  'cap.reached',
  'endpoint.disabled',
] as const satisfies readonly EventType[];

/** Who is told. */
export type Party =
  | { readonly kind: 'operator' }
  | { readonly kind: 'source'; readonly id: SourceId }
  | { readonly kind: 'buyer'; readonly id: BuyerId };

/** An event as it is kept. Whom it is for was decided when it was numbered. */
export interface KeptEvent {
  /** `evt_…`: the same on every try and to everybody. */
  readonly id: string;
  readonly type: EventType;
  /** When its cause was written, as ISO 8601 in UTC. */
  readonly at: string;
  /** Rises with each event of a lead, from 1. Null where there is no lead. */
  readonly sequence: number | null;
  readonly lead: {
    readonly id: LeadId;
    readonly sourceId: SourceId;
    readonly campaignId: string;
    readonly externalId: string | null;
    readonly test: boolean;
  } | null;
  /** As its cause wrote it. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** For whom an event is. */
export interface Audience {
  readonly operator: boolean;
  readonly sourceId: SourceId | null;
  readonly buyerId: BuyerId | null;
}

/**
 * Whom an event concerns. A sale is told to its buyer; the source hears once how its lead ended,
 * from the sale that ended it or from the close of one that was sold to fewer than it could be.
 */
export function audienceOf(
  type: EventType,
  payload: KeptEvent['payload'],
  sourceId: SourceId | null,
): Audience {
  const { buyer } = payload;
  const isEnd = type === 'lead.sold' ? 'outcome_payout_cents' in payload : ENDS.has(type);
  return {
    operator: type !== 'lead.sold' || 'contract' in payload,
    sourceId: isEnd ? sourceId : null,
    buyerId: typeof buyer === 'string' && BUYERS.has(type) ? buyer : null,
  };
}

const ENDS: ReadonlySet<EventType> = new Set(['lead.unsold', 'lead.rejected']);
const BUYERS: ReadonlySet<EventType> = new Set(BUYER_EVENTS);

type Data = Readonly<Record<string, unknown>>;

/** An event as one party is told it. */
export interface EventBody {
  readonly type: EventType;
  /** ISO 8601, of its cause. */
  readonly timestamp: string;
  readonly data: Data;
}

/** The words of an event for one party. */
export function eventBody(event: KeptEvent, party: Party): EventBody {
  return {
    type: event.type,
    timestamp: event.at,
    data: dataFor(event, party),
  };
}

function dataFor(event: KeptEvent, party: Party): Data {
  const { lead, sequence, payload } = event;
  const about = lead && {
    lead: lead.id,
    sequence,
    ...(lead.test && { test: true }),
  };
  switch (party.kind) {
    case 'source':
      return {
        ...about,
        ...(lead && { campaign: lead.campaignId, external_id: lead.externalId }),
        ...pick(payload, ['reason']),
        ...('outcome_payout_cents' in payload && { payout_cents: payload['outcome_payout_cents'] }),
      };
    case 'buyer':
      return {
        ...about,
        ...pick(payload, ['contract', 'price_cents', 'target', 'limit', 'left']),
        // The value of a fact may tell of a lead, or of its source.
        ...(typeof payload['window'] === 'string' && { window: shapeOfKey(payload['window']) }),
      };
    case 'operator':
      return {
        ...about,
        ...(lead && {
          campaign: lead.campaignId,
          source: lead.sourceId,
          external_id: lead.externalId,
        }),
        ...pick(payload, OPERATORS),
      };
  }
}

const OPERATORS = [
  ...['reason', 'contract', 'buyer', 'price_cents', 'payout_cents', 'target'],
  ...['window', 'limit', 'left', 'endpoint', 'webhook', 'why'],
];

/** Only what is named, so that what a cause writes tomorrow is told to nobody by accident. */
function pick(payload: Data, names: readonly string[]): Data {
  return Object.fromEntries(
    names.flatMap((name) => (payload[name] === undefined ? [] : [[name, payload[name]]])),
  );
}
