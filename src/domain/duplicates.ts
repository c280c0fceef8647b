// When a lead is a duplicate of an earlier one: which leads count, and for how long.

import type { CampaignId, SourceId } from './ids.ts';
import type { PersonRule } from './person.ts';

/** Whose earlier leads count, from the narrowest on. */
export const DUPLICATE_SCOPES = ['source', 'campaign', 'vertical', 'all'] as const;
export type DuplicateScope = (typeof DUPLICATE_SCOPES)[number];

/** Ends of an earlier lead that may set its person free. */
export const FREEING_ENDS = ['unsold', 'rejected'] as const;
export type FreeingEnd = (typeof FREEING_ENDS)[number];

/** A campaign's rule. */
export interface DuplicateRule extends Pick<PersonRule, 'by'> {
  readonly withinMinutes: number;
  readonly scope: DuplicateScope;
  /** An earlier lead that ended so does not count. One that has not ended yet counts. */
  readonly againAfter: readonly FreeingEnd[];
}

/** What a lead is part of. */
export interface LeadPlace {
  readonly campaignId: CampaignId;
  readonly sourceId: SourceId;
  readonly vertical: string;
}

/**
 * The name of the memory that a rule asks and is remembered in. Campaigns whose rules name the same
 * one know each other's leads.
 */
export function memoryOf(
  { scope }: Pick<DuplicateRule, 'scope'>,
  { campaignId, sourceId, vertical }: LeadPlace,
): string {
  switch (scope) {
    case 'source':
      return `campaign/${campaignId}/source/${sourceId}`;
    case 'campaign':
      return `campaign/${campaignId}`;
    case 'vertical':
      return `vertical/${vertical}`;
    case 'all':
      return 'all';
  }
}

const UNITS = [
  [365 * 24 * 60, 'year'],
  [24 * 60, 'day'],
  [60, 'hour'],
  [1, 'minute'],
] as const;

/** `30 days`, `2 years`, `90 minutes`: in the largest unit of which it is a whole number. */
export function minutesText(minutes: number): string {
  const [size, name] = UNITS.find(([unit]) => minutes % unit === 0) ?? [1, 'minute'];
  const count = minutes / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
