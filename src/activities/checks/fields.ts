// Are all required fields there and readable? Intake has looked; what it found is judged here.

import type { Asked, Found } from './check.ts';

/** Refuses a lead with a field that is missing or does not hold what its type asks for. */
export function checkFields(_deps: unknown, { lead }: Pick<Asked, 'lead'>): Found {
  const { problems } = lead;
  const [problem] = problems;
  if (!problem) {
    const complete = { check: 'fields', ok: true, says: 'complete and readable' } as const;
    return { kind: 'passed', checks: [complete] };
  }
  const says = problems.map(({ field, says }) => `${field}: ${says}`).join('; ');
  const checks = [{ check: 'fields', ok: false, says }] as const;
  return { kind: 'refused', reason: problem.reason, checks, problems };
}
