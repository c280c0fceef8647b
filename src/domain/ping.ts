// A ping of a source: what it asked, what buyers bid, and what it was promised.

import type { CampaignId, LeadId, SourceId } from './ids.ts';
import type { FieldProblem, PingResult } from './lead.ts';
import type { Cents } from './money.ts';
import type { UnsoldReason } from './reasons.ts';
import type { FieldValue } from './world/world.ts';

/** What a source is told. */
export type Quote =
  | { readonly kind: 'bid'; readonly payoutCents: Cents }
  | { readonly kind: 'no_bid'; readonly reason: UnsoldReason };

/** A ping that was answered. */
export interface Pinged {
  /** The id of the lead that its post becomes. */
  readonly leadId: LeadId;
  readonly sourceId: SourceId;
  readonly campaignId: CampaignId;
  /** Its bids are of test addresses, and its lead is a test. */
  readonly test: boolean;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Of every stage that was looked at. */
  readonly bids: readonly PingResult[];
  readonly quote: Quote;
  readonly expiresAtMs: number;
}

/** What a ping may be refused for. */
export const PING_REFUSALS = [
  'field_invalid',
  'rule_broken',
  'consent_outdated',
  'field_doubtful',
] as const;

/** A ping whose lead would be refused whatever its post adds: nobody was asked. */
export interface PingRefusal {
  readonly kind: 'refused';
  readonly reason: (typeof PING_REFUSALS)[number];
  readonly problems: readonly FieldProblem[];
}

/** The fields of a post that say something else than its ping did. */
export function contradictions(
  ping: Pick<Pinged, 'fields'>,
  fields: Readonly<Record<string, FieldValue>>,
): readonly string[] {
  return Object.keys(ping.fields).filter(
    (name) => fields[name] !== undefined && fields[name] !== ping.fields[name],
  );
}
