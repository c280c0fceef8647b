// What every front door hands to intake: one canonical submission, translated and normalised, not
// yet a lead. Pure translation: no network, no clock, no SQL.

import type { CampaignId, SourceId } from '../domain/ids.ts';
import type { FieldProblem } from '../domain/lead.ts';
import type { Cents } from '../domain/money.ts';
import type { Consent } from '../domain/validation/consent.ts';
import type { FieldValue } from '../domain/world/world.ts';

/** A submission whose shape is right and whose campaign and source exist. */
export interface LeadDraft {
  readonly campaignId: CampaignId;
  readonly sourceId: SourceId;
  readonly subSource: string | null;
  readonly externalId: string | null;
  readonly worldVersion: number;
  readonly test: boolean;
  /** The fields as they were sent, unknown ones included. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** Normal values of the fields that hold one. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly problems: readonly FieldProblem[];
  /** Names of fields that the vertical does not have: kept in `raw`, and reported. */
  readonly unknownFields: readonly string[];
  readonly behaviour: Readonly<Record<string, FieldValue>>;
  readonly consent: Consent | null;
  readonly askingCents: Cents | null;
}
