// The checks of a lead in their order: what needs no query, then what asks PostgreSQL, then what
// costs money. The first one that refuses is the last one made.

import { storeVerdicts } from '../../db/verdicts.ts';
import type { Check, Learned, Validation } from '../../domain/lead.ts';
import type { Case } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import type { LeadCheck } from './check.ts';
import { checkConsent } from './consent.ts';
import { checkFields } from './fields.ts';
import { checkHints } from './hints.ts';
import { checkLookups } from './lookups.ts';
import { checkPerson } from './person.ts';
import { checkRules } from './rules.ts';

/** The checks that this lead must pass. One that has nothing to ask about it is left out. */
function checksOf({ campaign }: Case): readonly LeadCheck[] {
  return [
    // Pure: nothing is asked of anybody.
    checkFields,
    checkRules,
    checkConsent,
    checkHints,
    // One statement. A lead that is refused before it leaves its person free.
    checkPerson,
    // Paid: a person that was refused before costs nothing.
    ...(Object.keys(campaign.lookups).length > 0 ? [checkLookups] : []),
  ];
}

/** Makes the checks, and stores the verdict where the lead passed all. */
export async function judge(deps: ActivityDeps, known: Case): Promise<Validation> {
  const { lead, campaign, loaded } = known;
  const asking = checksOf(known);
  const passed: Check[] = [];
  let stored = false;
  let learned: Learned = {};
  for (const [index, check] of asking.entries()) {
    const isLast = index === asking.length - 1;
    const found = await check(deps, { lead, campaign, loaded, passed, isLast });
    if (found.kind === 'refused') return { ...found, checks: [...passed, ...found.checks] };
    passed.push(...found.checks);
    stored = found.stored ?? false;
    const { lineType, flags } = found;
    learned = { ...learned, ...(lineType && { lineType }), ...(flags && { flags }) };
  }
  const valid: Validation = { kind: 'valid', checks: passed, ...learned };
  if (!stored) {
    const verdicts = [{ step: 'validation', verdict: valid }];
    await storeVerdicts(deps.pool, { leadId: lead.id, round: 1, verdicts });
  }
  return valid;
}
