// Under which name an answer is kept: by what was asked, and of whom.

import { createHash } from 'node:crypto';

import type { Lookup } from '../../domain/world/lookup.ts';
import type { LookupQuestion } from '../../lookups/adapter.ts';

/**
 * SHA-256 of service, settings and everything asked about. Other settings read an answer otherwise,
 * so they find none of before; which key paid for it does not matter.
 */
export function cacheKeyOf({ service, options }: Lookup, question: LookupQuestion): Buffer {
  const { value, phone = null, email = null } = question;
  const asked = JSON.stringify([service, options, value, phone, email]);
  return createHash('sha256').update(asked).digest();
}
