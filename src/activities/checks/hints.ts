// What is odd about the lead: noted, and refused only where the campaign says so.

import type { Check, FieldProblem } from '../../domain/lead.ts';
import type { Hint } from '../../domain/validation/hints.ts';
import { isDisposable } from '../../eligibility/leads/disposable.ts';
import { findHints } from '../../eligibility/leads/hints.ts';
import type { Asked, Found } from './check.ts';

/** Notes the hints of a lead with the check. Refuses it for those that its campaign refuses. */
export function checkHints(
  _deps: unknown,
  { lead, campaign, loaded }: Pick<Asked, 'lead' | 'campaign' | 'loaded'>,
): Found {
  const vertical = loaded.world.verticals[campaign.vertical];
  if (!vertical) throw new Error(`world ${loaded.version} has no vertical ${campaign.vertical}`);
  const hints = findHints(lead, vertical, isDisposable);
  if (hints.length === 0) return { kind: 'passed', checks: [] };
  const refused = hints.filter(({ code }) => campaign.refuse?.includes(code));
  const isRefused = refused.length > 0;
  const says = (isRefused ? refused : hints).map(textOf).join('; ');
  const checks: Check[] = [{ check: 'hints', ok: !isRefused, says, hints }];
  if (!isRefused) return { kind: 'passed', checks };
  const problems = refused.map(({ field, says }): FieldProblem => ({
    field,
    reason: 'field_doubtful',
    says,
  }));
  return { kind: 'refused', reason: 'field_doubtful', checks, problems };
}

function textOf({ field, says }: Hint): string {
  return `${field}: ${says}`;
}
