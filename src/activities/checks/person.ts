// Is it the first lead of this person? From here on the person counts as this lead's.

import { claimPerson } from '../../db/verdicts.ts';
import type { Check } from '../../domain/lead.ts';
import { personKeys } from '../../domain/person.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Asked, Found } from './check.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Refuses a lead of a person received earlier, by the campaign's rule. */
export async function checkPerson(
  { pool }: Pick<ActivityDeps, 'pool'>,
  { lead, campaign, passed, isLast }: Asked,
): Promise<Found> {
  const rule = lead.test ? null : campaign.duplicates;
  const keys = rule ? personKeys(rule.by, lead.fields) : [];
  const window = rule ? `nobody like it in ${rule.withinDays} days` : 'no duplicate rule applies';
  const first: Check = { check: 'duplicate', ok: true, says: window };
  const claim = await claimPerson(pool, {
    leadId: lead.id,
    scope: `campaign/${lead.campaignId}`,
    keys,
    atMs: lead.receivedAtMs,
    notBeforeMs: lead.receivedAtMs - (rule?.withinDays ?? 0) * DAY_MS,
    ...(isLast && { validation: { kind: 'valid', checks: [...passed, first] } }),
  });
  if (claim.kind === 'first') {
    return { kind: 'passed', checks: [first], ...(isLast && { stored: true }) };
  }
  const says = `the same ${claim.by.join(' and ')} as ${claim.leadId}`;
  const checks: Check[] = [{ check: 'duplicate', ok: false, says }];
  return { kind: 'refused', reason: 'duplicate', checks, of: claim.leadId };
}
