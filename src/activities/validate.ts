// Is the lead complete and readable, and is it the first of this person? Free checks first.

import { closeLead } from '../db/closing.ts';
import { claimPerson } from '../db/verdicts.ts';
import type { LeadId } from '../domain/ids.ts';
import type { Check, Validation } from '../domain/lead.ts';
import { outcomeOf } from '../domain/outcome.ts';
import { personKeys } from '../domain/person.ts';
import type { Case } from './cases.ts';
import type { ActivityDeps } from './deps.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export function createValidateActivities(deps: ActivityDeps) {
  const { pool, cases, giveAnswer } = deps;
  return {
    /**
     * Judges a lead and stores the verdict before anyone sees it. A refused lead is closed and its
     * source answered. A repeat returns what was stored: a lead is never a duplicate of itself.
     */
    async validateLead(leadId: LeadId): Promise<Validation> {
      const known = await cases.begin(leadId);
      deps.grader.begin(known);
      const stored = known.stored.get('validation') as Validation | undefined;
      const validation = stored ?? (await judge(deps, known));
      if (validation.kind === 'valid') return validation;
      const closing = await closeLead(pool, {
        leadId,
        round: 1,
        unsold: outcomeOf(validation),
        verdicts: [{ step: 'validation', verdict: validation }],
        process: deps.process,
      });
      if (closing.kind === 'closed') giveAnswer(leadId, closing.outcome);
      return validation;
    },
  };
}

async function judge({ pool }: ActivityDeps, { lead, campaign }: Case): Promise<Validation> {
  const [problem] = lead.problems;
  if (problem) {
    const says = lead.problems.map(({ field, says }) => `${field}: ${says}`).join('; ');
    const checks: Check[] = [{ check: 'fields', ok: false, says }];
    return { kind: 'refused', reason: problem.reason, checks, problems: lead.problems };
  }
  const complete: Check = { check: 'fields', ok: true, says: 'complete and readable' };
  const rule = lead.test ? null : campaign.duplicates;
  const keys = rule ? personKeys(rule.by, lead.fields) : [];
  const window = rule ? `nobody like it in ${rule.withinDays} days` : 'no duplicate rule applies';
  const first: Check = { check: 'duplicate', ok: true, says: window };
  const valid: Validation = { kind: 'valid', checks: [complete, first] };
  const claim = await claimPerson(pool, {
    leadId: lead.id,
    scope: `campaign/${lead.campaignId}`,
    keys,
    atMs: lead.receivedAtMs,
    notBeforeMs: lead.receivedAtMs - (rule?.withinDays ?? 0) * DAY_MS,
    validation: valid,
  });
  if (claim.kind === 'first') return valid;
  const says = `the same ${claim.by.join(' and ')} as ${claim.leadId}`;
  const checks: Check[] = [complete, { check: 'duplicate', ok: false, says }];
  return { kind: 'refused', reason: 'duplicate', checks, of: claim.leadId };
}
