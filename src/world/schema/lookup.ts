// The lookups of a campaign, as operators write them: what all have in common, and the options of
// the service that is asked.

import { z } from 'zod';

import type { Lookup } from '../../domain/world/lookup.ts';
import type { LookupAdapter } from '../../lookups/adapter.ts';
import { LOOKUP_ADAPTERS } from '../../lookups/adapters.ts';
import { secretRef } from '../../delivery/secret-ref.ts';
import { amountCents, duration, id, mapOf, settings } from './settings.ts';

/** A lead waits for all of its lookups at once, and its source waits with it. */
const LONGEST_WAIT_MS = 5_000;

const either = z.enum(['accept', 'flag', 'reject']);

function lookupOf(name: string, { options }: LookupAdapter) {
  const isOptional = options.safeParse({}).success;
  return settings(
    {
      service: z.literal(name).describe('Who is asked.'),
      secret_ref: secretRef
        .nullable()
        .default(null)
        .describe('The key of the service, env:NAME or file:/path. null: it wants none.'),
      field: id
        .nullable()
        .default(null)
        .describe('The field it asks about. null: the one of its type.'),
      wait_ms: z
        .int()
        .min(50)
        .max(LONGEST_WAIT_MS)
        .default(800)
        .describe('How long a lead waits for it. All lookups of a lead run side by side.'),
      cache: duration('0s', '365d', 'm')
        .prefault('30d')
        .describe('How long an answer is used again. 0s: never.'),
      per_thousand_cents: amountCents
        .prefault(0)
        .describe('What a thousand calls cost, for counting.'),
      on_no_answer: either
        .default('flag')
        .describe('What becomes of a lead when the service does not answer, or does not know.'),
      on_finding: z
        .enum(['flag', 'reject'])
        .default('reject')
        .describe('What becomes of it when the service speaks against it.'),
      on_missing: either
        .default('accept')
        .describe('What becomes of it when it has nothing to ask about.'),
      options: (isOptional ? options.prefault({}) : options).describe('Of this service.'),
    },
    { cache: 'cacheMinutes' },
  );
}

const [first, ...others] = Object.entries(LOOKUP_ADAPTERS).map(([name, adapter]) =>
  lookupOf(name, adapter),
);
if (!first) throw new Error('there is no lookup');

const lookup = z.discriminatedUnion('service', [first, ...others]);

/** By names of the operator's, which stand in traces. */
export const lookups = mapOf(lookup, 10).default({}) satisfies z.ZodType<Record<string, Lookup>>;
