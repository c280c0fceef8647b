// A ping of a source: what it asked, what buyers bid, and what it was promised.

import type { CampaignId, LeadId, SourceId } from './ids.ts';
import type { PingResult } from './lead.ts';
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
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Of every stage that was looked at. */
  readonly bids: readonly PingResult[];
  readonly quote: Quote;
  readonly expiresAtMs: number;
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
