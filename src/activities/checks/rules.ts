// Does the lead break a rule of its vertical or of its campaign?

import type { FieldProblem } from '../../domain/lead.ts';
import type { Asked, Found } from './check.ts';

/** Refuses a lead that meets the filter of a rule, with what each such rule says of its fields. */
export function checkRules(_deps: unknown, { lead, loaded, isPing }: Omit<Asked, 'isLast'>): Found {
  const brokenBy = loaded.eligibility.leadRules.get(lead.campaignId);
  if (!brokenBy) return { kind: 'passed', checks: [] };
  const broken = brokenBy(lead, { isPart: isPing ?? false });
  if (broken.length === 0) {
    return { kind: 'passed', checks: [{ check: 'rules', ok: true, says: 'none is broken' }] };
  }
  const says = broken.map((rule) => `${rule.name}: ${rule.says}`).join('; ');
  const problems = broken.flatMap((rule) =>
    rule.fields.map((field): FieldProblem => ({ field, reason: 'rule_broken', says: rule.says })),
  );
  const checks = [{ check: 'rules', ok: false, says }] as const;
  return { kind: 'refused', reason: 'rule_broken', checks, problems };
}
