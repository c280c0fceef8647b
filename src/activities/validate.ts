// May this lead go on? The checks stand in `checks`, a file each, and their order in one of them.

import { closeLead } from '../db/closing.ts';
import type { LeadId } from '../domain/ids.ts';
import type { Validation } from '../domain/lead.ts';
import { outcomeOf } from '../domain/outcome.ts';
import { judge } from './checks/order.ts';
import type { ActivityDeps } from './deps.ts';

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
      if (validation.kind === 'valid') {
        cases.learn(leadId, validation);
        return validation;
      }
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
