// Did the person agree, as the campaign requires it? Only what was sent along is looked at.

import { consentFaults } from '../../domain/validation/consent.ts';
import type { Asked, Found } from './check.ts';

/** Refuses a lead whose consent lacks a required part, or is too old. */
export function checkConsent(
  _deps: unknown,
  { lead, campaign, isPing }: Pick<Asked, 'lead' | 'campaign' | 'isPing'>,
): Found {
  const { consent: rule } = campaign;
  if (!rule) return { kind: 'passed', checks: [] };
  const problems = consentFaults(rule, lead).filter(
    ({ reason }) => !isPing || reason !== 'consent_missing',
  );
  const [problem] = problems;
  if (!problem) {
    const given = { check: 'consent', ok: true, says: 'given as required' } as const;
    return { kind: 'passed', checks: [given] };
  }
  const says = problems.map(({ field, says }) => `${field}: ${says}`).join('; ');
  const checks = [{ check: 'consent', ok: false, says }] as const;
  return { kind: 'refused', reason: problem.reason, checks, problems };
}
