// What each format may be answered, as its original documents it; anything else is a fault.

import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

import type { Hit } from '../../support/fuzz/sending.ts';
import type { Place } from './door-requests.ts';

const text = z.string();
const number = z.number();
const response = z.object({ status: text, lead_id: text.optional(), error: text.optional() });
const leadspedia = z.object({
  result: z.enum(['success', 'failed']),
  ...{ msg: text, price: text.optional(), errors: z.unknown() },
});
const count = z.union([text, number]);

/** In JSON; what comes as XML is read into the same shape, every value a text. */
const SHAPES: Partial<Record<Place['format'], z.ZodType>> = {
  leadprosper: z.object({
    status: z.enum(['ACCEPTED', 'DUPLICATED', 'ERROR']),
    ...{ code: number, message: text.optional(), payout: number, price: number },
  }),
  leadspedia: z.union([leadspedia, z.object({ response: leadspedia })]),
  boberdoo: z.object({ response: response.extend({ lead_id: count.optional() }) }),
  boberdoo_api: z.object({
    response: response.extend({
      lead_id: count.optional(),
      process_information: z.object({ total_bids: count, best_bid: text }).optional(),
    }),
  }),
  leadbyte: z.object({ code: number }),
  cake: z.object({ result: z.object({ code: text, msg: text }) }),
  phonexa: z.object({ status: z.int().min(1).max(5) }),
  leadexec: z.union([
    z.object({ PostResponse: z.object({ PostID: text, isValidPost: text, ResponseType: text }) }),
    z.object({ PostID: text, isValidPost: z.boolean(), ResponseType: number, Price: number }),
  ]),
  leadconduit: z.union([
    z.object({ outcome: z.enum(['success', 'failure', 'error']), reason: text.optional() }),
    z.object({ result: z.object({ outcome: text }) }),
    z.object({ response: z.object({ result: z.enum(['success', 'failure', 'queued', 'error']) }) }),
  ]),
  form: z.object({ form_rendered_at: text }).or(z.object({ status: text })),
  google: z.object({ message: text.optional() }),
  meta: z.object({ message: text.optional() }),
  linkedin: z.object({ message: text.optional() }).or(z.object({ challengeResponse: text })),
  webhook: z.object({ id: text, status: text }),
};

const problem = z.object({ type: text, title: text, status: number, code: text, request_id: text });

/** Beside 200: what is wrong before a format reads it is a problem of ours. */
const STATUSES: Partial<Record<Place['format'], readonly number[]>> = {
  leadconduit: [201, 303, 404, 405, 406, 415],
  form: [204, 303, 403, 404, 405, 422],
  google: [401, 405],
  meta: [401, 403, 405],
  linkedin: [401, 404, 405],
  webhook: [202, 401, 403, 405, 422],
};

const xml = new XMLParser({ ignoreDeclaration: true, parseTagValue: false });

/** What is wrong with an answer of this format. */
export function judgeDoor({ format }: Place, method: string, hit: Hit): string | undefined {
  const { status, type } = hit;
  if (method === 'HEAD') return status < 500 ? undefined : `${status} for a HEAD`;
  const read = bodyOf(hit);
  if (type === 'application/problem+json') {
    const isRight =
      problem.safeParse(read).success && [400, 401, 403, 404, 405, 413, 415, 422].includes(status);
    return isRight ? undefined : `a problem of another shape, or ${status}`;
  }
  if (![200, 400, ...(STATUSES[format] ?? [])].includes(status))
    return `${status} is not documented`;
  if (type === 'text/html' || type === 'text/plain' || [204, 303].includes(status))
    return undefined;
  const shape = SHAPES[format]?.safeParse(read);
  return shape?.success
    ? undefined
    : `${status} is of another shape: ${shape?.error.message ?? ''}`;
}

function bodyOf({ type, text: body }: Hit): unknown {
  if (/json$/.test(type)) return JSON.parse(body);
  return /xml$/.test(type) ? xml.parse(body, true) : body;
}
