// Would the lead of a ping be refused, whatever its post adds? So far as the ping tells: what is
// missing may still come. Nobody is asked, and nothing is stored.

import { PING_REFUSALS, type PingRefusal } from '../../domain/ping.ts';
import type { Case } from '../cases.ts';
import { checkConsent } from './consent.ts';
import { checkHints } from './hints.ts';
import { checkRules } from './rules.ts';

/** Holds a ping against rules, the age of a consent that it brings, and refused hints. */
export function refusePing(
  known: Pick<Case, 'lead' | 'campaign' | 'loaded'>,
): PingRefusal | undefined {
  const asked = { ...known, passed: [], isPing: true };
  for (const check of [checkRules, checkConsent, checkHints]) {
    const found = check(undefined, asked);
    if (found.kind === 'passed') continue;
    const reason = PING_REFUSALS.find((one) => one === found.reason);
    if (reason === undefined) throw new Error(`${found.reason} is no reason to refuse a ping`);
    return { kind: 'refused', reason, problems: found.problems ?? [] };
  }
  return undefined;
}
