// Every outside service that can be asked about a lead, by the name that stands in a world.

import type { LookupAdapter } from './adapter.ts';
import { emailOverHttp, scrubOverHttp } from './http-value.ts';
import { jornaya } from './jornaya.ts';
import { trustedform } from './trustedform.ts';
import { twilioLookup } from './twilio.ts';

export const LOOKUP_ADAPTERS = {
  twilio_lookup: twilioLookup,
  email: emailOverHttp,
  trustedform,
  jornaya,
  scrub: scrubOverHttp,
} as const satisfies Readonly<Record<string, LookupAdapter>>;

/** Throws for a name that no world can hold. */
export function lookupAdapterOf(name: string): LookupAdapter {
  const found: LookupAdapter | undefined = Object.hasOwn(LOOKUP_ADAPTERS, name)
    ? LOOKUP_ADAPTERS[name as keyof typeof LOOKUP_ADAPTERS]
    : undefined;
  if (!found) throw new Error(`no lookup is called ${name}`);
  return found;
}
