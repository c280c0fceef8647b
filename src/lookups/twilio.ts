// Twilio Lookup v2: is it a number at all, and what kind of line. A number that is none is answered
// with 200 and `valid: false`; a package may fail by itself, with its own `error_code`.

import { z } from 'zod';

import { bad, baseUrl, jsonOf, lookupAdapter, unsure, wordOf } from './adapter.ts';

/** Twilio's words and those of the fact `phone_type`. `unknown` is none. */
const LINE_TYPES = {
  landline: 'landline',
  mobile: 'mobile',
  fixedVoip: 'voip',
  nonFixedVoip: 'voip',
  personal: 'personal',
  tollFree: 'toll_free',
  premium: 'premium_rate',
  sharedCost: 'shared_cost',
  uan: 'company',
  voicemail: 'voicemail',
  pager: 'pager',
} as const;

const options = z.strictObject({
  url: baseUrl.default('https://lookups.twilio.com').describe('Where the service is.'),
  line_type: z
    .boolean()
    .default(true)
    .describe('Asks for the type of the line, which is what Twilio charges for.'),
  bad_line_types: z
    .array(z.enum([...new Set(Object.values(LINE_TYPES))]))
    .max(20)
    .default([])
    .describe('Types of lines that count as bad, such as voip.'),
});

const answer = z.object({
  valid: z.boolean(),
  validation_errors: z.array(z.unknown()).nullish().catch(null),
  line_type_intelligence: z
    .object({ type: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
});

export const twilioLookup = lookupAdapter(
  { subject: 'phone', refusal: 'phone_unverified' },
  options,
  ({ url, line_type: asksType, bad_line_types: badTypes }) => ({
    build({ value }) {
      const fields = asksType ? '?Fields=line_type_intelligence' : '';
      return {
        method: 'GET',
        url: `${url}/v2/PhoneNumbers/${encodeURIComponent(value)}${fields}`,
        headers: { accept: 'application/json' },
        body: null,
        secret: { in: 'basic' },
      };
    },

    read(reply) {
      const said = reply.status === 200 ? answer.safeParse(jsonOf(reply)) : undefined;
      if (!said?.success) return undefined;
      const { valid, validation_errors: errors, line_type_intelligence: line } = said.data;
      if (!valid) {
        const why = errors?.flatMap((error) => wordOf(error) ?? []).join(', ');
        return bad(why ? `not a valid number: ${why}` : 'not a valid number');
      }
      const lineType = lineTypeOf(line?.type);
      if (lineType === undefined) {
        if (badTypes.length > 0) return unsure('valid, the type of its line is not known');
        return { kind: 'clear', says: 'valid' };
      }
      const isBad = badTypes.includes(lineType);
      return { kind: isBad ? 'bad' : 'clear', says: `valid, ${lineType}`, lineType };
    },
  }),
);

function lineTypeOf(type: string | null | undefined) {
  return type != null && Object.hasOwn(LINE_TYPES, type)
    ? LINE_TYPES[type as keyof typeof LINE_TYPES]
    : undefined;
}
