// Must this person not be contacted, and is it the first lead of this person? Both are asked in one
// statement. From here on the person counts as this lead's.

import { claimPerson, type PersonClaim, releasePerson } from '../../db/persons/claim.ts';
import { MINUTE_MS } from '../../domain/calendar.ts';
import { memoryOf, minutesText } from '../../domain/duplicates.ts';
import type { Check } from '../../domain/lead.ts';
import { personKeys } from '../../domain/person.ts';
import { listableValues, type Listing } from '../../domain/suppression/suppression.ts';
import type { Campaign } from '../../domain/world/campaign.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Asked, Found } from './check.ts';

/**
 * Refuses a lead that stands on a suppression list, or whose person was received earlier, by the
 * campaign's rule. A test lead is nobody's duplicate and is not remembered.
 */
export async function checkPerson(
  { pool }: Pick<ActivityDeps, 'pool'>,
  { lead, campaign, loaded, passed, isLast }: Asked,
): Promise<Found> {
  const vertical = loaded.world.verticals[campaign.vertical];
  if (!vertical) throw new Error(`world ${loaded.version} has no vertical ${campaign.vertical}`);
  const rule = ruleFor({ lead, campaign });
  const window = rule
    ? `nobody like it in ${minutesText(rule.withinMinutes)}`
    : 'no duplicate rule applies';
  const unlisted: Check = { check: 'suppression', ok: true, says: 'on no list' };
  const both: Check[] = [unlisted, { check: 'duplicate', ok: true, says: window }];
  const claimed = await claimPerson(pool, {
    leadId: lead.id,
    ...personOf({ lead, campaign }),
    atMs: lead.receivedAtMs,
    notBeforeMs: lead.receivedAtMs - (rule?.withinMinutes ?? 0) * MINUTE_MS,
    againAfter: rule?.againAfter ?? [],
    values: listableValues(lead, vertical),
    campaignId: lead.campaignId,
    ...(isLast && { validation: { kind: 'valid', checks: [...passed, ...both] } }),
  });
  switch (claimed.kind) {
    case 'first':
      return { kind: 'passed', checks: both, ...(isLast && { stored: true }) };
    case 'suppressed': {
      const checks: Check[] = [{ check: 'suppression', ok: false, says: listedText(claimed) }];
      return { kind: 'refused', reason: 'suppressed', checks };
    }
    case 'seen': {
      const says = `the same ${claimed.by.join(' and ')} as ${claimed.leadId}`;
      const checks: Check[] = [unlisted, { check: 'duplicate', ok: false, says }];
      return { kind: 'refused', reason: 'duplicate', checks, of: claimed.leadId };
    }
  }
}

type Whose = Pick<Asked, 'lead' | 'campaign'>;

/** A test lead is remembered nowhere. */
function ruleFor({ lead, campaign }: Whose): Campaign['duplicates'] {
  return lead.test ? null : campaign.duplicates;
}

function personOf({ lead, campaign }: Whose): Pick<PersonClaim, 'memory' | 'keys'> {
  const rule = ruleFor({ lead, campaign });
  if (!rule) return { memory: 'none', keys: [] };
  const memory = memoryOf(rule, { ...lead, vertical: campaign.vertical });
  return { memory, keys: personKeys(rule.by, lead.fields) };
}

/** Gives back the person of a lead that a later check refuses: the next one is no duplicate. */
export async function forgetPerson(
  { pool }: Pick<ActivityDeps, 'pool'>,
  { lead, campaign }: Whose,
): Promise<void> {
  const person = personOf({ lead, campaign });
  if (person.keys.length > 0) await releasePerson(pool, { leadId: lead.id, ...person });
}

/** `its phone is on dnc, its email on opt_outs and 2 more`: a history holds this. */
function listedText({ listings }: { readonly listings: readonly Listing[] }): string {
  const told = listings
    .slice(0, 5)
    .map(({ list, kind }) => `${kind.replaceAll('_', ' ')} on ${list}`);
  const more = listings.length - told.length;
  return `its ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
