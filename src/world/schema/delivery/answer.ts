// What operators write of how a buyer's answers are read. Refused: rules by which nothing could be
// a sale, or anything, and patterns and paths that cannot be read.

import { z } from 'zod';

import { compilePath, compilePattern } from '../../../delivery/answers/path.ts';
import type { AnswerRules, Rule } from '../../../domain/delivery/answer.ts';
import { amountCents, id, settings } from '../settings.ts';

const path = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((text) => compilePath(text) !== undefined, {
    error:
      'wants a path such as result.status, bids.*.price, reply.leg.@id or price|payout, ' +
      'or a pattern of RE2 between slashes, such as /payout=([0-9.]+)/',
  })
  .describe(
    'Where it stands in the answer: `result.status`, `bids.*.price`, `errors[0].text`, ' +
      '`reply.leg.@id`; `price|payout` takes the first that is there; `/payout=([0-9.]+)/` is a ' +
      'pattern on the text, its first group.',
  );

const scalar = z.union([z.string().max(500), z.number(), z.boolean()]);

const single = {
  on: z.enum(['status', 'path', 'body', 'header']).default('path').describe('What is looked at.'),
  path: path.optional(),
  name: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, 'wants the name of a header')
    .optional()
    .describe('Of `header`: its name.'),
  op: z
    .enum(['eq', 'ieq', 'in', 'matches', 'exists', 'gt', 'truthy'])
    .default('ieq')
    .describe(
      'Values are compared whole; `eq` minds the case. `matches`: a pattern of RE2 that covers ' +
        'the whole value, or is found in the body.',
    ),
  value: z
    .union([scalar, z.array(scalar).min(1).max(100)])
    .optional()
    .describe('What is looked for; a list for `in`.'),
};

const refused = (said: Rule, context: z.RefinementCtx) => {
  const fault = placeFault(said) ?? valueFault(said);
  if (fault === undefined) return;
  context.addIssue({ code: 'custom', path: [fault.at], message: fault.says });
};

const rule = settings({
  ...single,
  and: z
    .array(settings(single).superRefine(refused))
    .min(1)
    .max(5)
    .optional()
    .describe('Rules that must be met as well.'),
}).superRefine(refused);

interface Fault {
  readonly at: 'path' | 'name' | 'value' | 'op';
  readonly says: string;
}

function placeFault({ on, path: at, name }: Rule): Fault | undefined {
  if (on === 'path' && at === undefined) {
    return { at: 'path', says: 'a rule wants a path, or another `on`: status, body or header' };
  }
  if (on !== 'path' && at !== undefined) {
    return { at: 'path', says: `a rule on ${on} takes no path; leave \`on\` out to use it` };
  }
  if (on === 'header' && name === undefined) {
    return { at: 'name', says: 'a rule on header wants its name, such as x-result' };
  }
  if (on !== 'header' && name !== undefined) {
    return { at: 'name', says: `a rule on ${on} takes no name; \`on: header\` does` };
  }
  return undefined;
}

function valueFault({ op, value }: Rule): Fault | undefined {
  switch (op) {
    case 'eq':
    case 'ieq':
      if (value !== undefined && !Array.isArray(value)) return undefined;
      return { at: 'value', says: `\`${op}\` wants one value; a list is for \`in\`` };
    case 'in':
      if (Array.isArray(value)) return undefined;
      return { at: 'value', says: '`in` wants a list, such as [ACCEPTED, OK]' };
    case 'matches':
      if (typeof value === 'string' && compilePattern(value)) return undefined;
      return {
        at: 'value',
        says: '`matches` wants a pattern that RE2 reads, such as (ok|yes), without look-around',
      };
    case 'gt':
      if (typeof value === 'number') return undefined;
      return { at: 'value', says: '`gt` wants a number, such as 0' };
    case 'exists':
    case 'truthy':
      if (value === undefined || typeof value === 'boolean') return undefined;
      return { at: 'value', says: `\`${op}\` takes true or false, or no value` };
  }
}

/** Answers of buyers that said no, or nothing much: what meets all of them would sell anything. */
const NOT_SALES = ['0', 'no', 'rejected', 'REJECTED: duplicate lead', 'error', '{"status":"x"}'];
const STATUSES = ['200', '204', '302', '400', '404', '429'];

/** Why a rule must not be what a sale hangs on; undefined if it may. */
function sellsAnything({ on, op, value }: Rule): string | undefined {
  if (op === 'exists') {
    return (
      'an answer that has something, or lacks it, is no sale: refusals have ids too; ' +
      'name the value that means yes'
    );
  }
  if (op === 'truthy' && value === false) return 'a no is no sale; name the value that means yes';
  if (on === 'status' && (op === 'gt' || op === 'truthy')) {
    return 'wants the statuses that mean a sale, such as {on: status, op: in, value: [200, 201]}';
  }
  if (op !== 'matches') return undefined;
  const pattern = compilePattern(String(value));
  const meets = (text: string) =>
    on === 'body' ? pattern?.matcher(text).find() : pattern?.matcher(text).matches();
  const samples = on === 'status' ? STATUSES : NOT_SALES;
  return samples.every(meets)
    ? `the pattern "${String(value)}" is met by every answer; name the value that means yes`
    : undefined;
}

const MOST_RULES = 50;
const group = (says: string) => z.array(rule).max(MOST_RULES).default([]).describe(says);

const acceptIf = z
  .array(rule)
  .min(1, 'wants at least one rule: without it no answer could ever be a sale')
  .max(MOST_RULES)
  .superRefine((rules, context) => {
    for (const [index, each] of rules.entries()) {
      const faults = [each, ...(each.and ?? [])].map(sellsAnything);
      // Together they mean yes if one of them does.
      const [says] = faults;
      if (says !== undefined && faults.every((fault) => fault !== undefined))
        context.addIssue({ code: 'custom', path: [index], message: says });
    }
  })
  .describe('It takes the lead, or bids. Never met by an answer that cannot be read whole.');

const price = settings({
  path,
  unit: z.enum(['dollars', 'cents']).default('dollars').describe('What the number counts.'),
  strip: z.string().min(1).max(20).optional().describe('Cut out before it is read, such as USD.'),
  fallback_cents: amountCents.optional().describe('The price where nothing stands at the path.'),
  min_cents: amountCents.optional().describe('A price below counts as not named.'),
});

const bids = settings({
  list: path,
  price: path.describe('From one entry of the list on.'),
  bid_id: path.optional(),
  seller: path.optional(),
});

/** How the answers of one request are read, docs/reference/answers.md. */
export const answerRules: z.ZodType<AnswerRules> = settings({
  parse_as: z
    .enum(['auto', 'json', 'xml', 'text'])
    .default('auto')
    .describe('auto: what it is, whatever its content type says.'),
  error_if: group('Something is broken or misconfigured. First of the groups.'),
  duplicate_if: group('It has the person already.'),
  invalid_if: group('Its validation refused our data.'),
  reject_if: group('It does not want the lead.'),
  pending_if: group('It has not decided yet.'),
  accept_if: acceptIf,
  otherwise: z
    .enum(['reject', 'error', 'in_doubt'])
    .default('in_doubt')
    .describe('What a readable 2xx answer means that no rule met.'),
  price: price.optional().describe('Where the price stands.'),
  bids: bids.optional().describe('Where a ping’s answer names several prices.'),
  bid_id: path.optional(),
  reference: path.optional(),
  reason: path.optional(),
  redirect_url: path.optional(),
  expires_in_s: z.int().min(1).max(86_400).optional().describe('How long a bid holds.'),
  retry_after_s: z
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe('The wait after 429 and 5xx, where the answer names none.'),
  capture: z
    .record(id, path)
    .refine((map) => Object.keys(map).length <= 20, 'at most 20 of them')
    .optional()
    .describe('What else is kept of an answer, by name.'),
});
