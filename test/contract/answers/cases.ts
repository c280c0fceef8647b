// The fixture's cases: another system's rule in our words, and a reply as the client hands it over.

import { readFileSync } from 'node:fs';

import type { IncomingReply } from '../../../src/delivery/adapter.ts';
import { answers } from '../../../src/delivery/presets/preset.ts';
import type { AnswerRules, Rule } from '../../../src/domain/delivery/answer.ts';
import { parseDollars } from '../../../src/domain/money.ts';

export interface Http {
  readonly status: number;
  readonly content_type: string;
  readonly body: string;
}

interface ForeignRule {
  readonly outcome_search_path?: string;
  readonly outcome_search_term?: string;
  readonly outcome_on_match?: 'success' | 'failure' | 'error';
  readonly price_path?: string;
  readonly fallback_price?: string;
  readonly reference_path?: string;
  readonly reason_path?: string;
  readonly response_content_type_override?: string;
}

interface Cases {
  readonly rule_cases: readonly {
    readonly id: string;
    readonly rule: ForeignRule;
    readonly http: Http;
    readonly expected: {
      readonly setup?: 'refused';
      readonly outcome?: 'success' | 'failure' | 'error' | 'unknown';
      readonly price?: string | 0;
      readonly reference?: string;
      readonly reason?: string;
    };
  }[];
  readonly platform_cases: readonly {
    readonly id: string;
    readonly platform: string;
    readonly phase: 'ping' | 'post';
    readonly http: Http;
    readonly expected: Readonly<Record<string, unknown>> & { readonly verdict: string };
  }[];
}

export const CASES = JSON.parse(
  readFileSync(new URL('../../fixtures/response-parsing-cases.json', import.meta.url), 'utf8'),
) as Cases;

export function replyOf({ status, content_type, body }: Http): IncomingReply {
  return { status, body, headers: { 'content-type': content_type } };
}

/** `array.0.s` and `//status/text()` are that system's words for `[0].s` and `*.status`. */
function pathOf(path: string): string {
  if (path.startsWith('array.')) return path.slice('array.'.length);
  const [, element] = /^\/\/(\w+)\/text\(\)$/.exec(path) ?? [];
  return element === undefined ? path : `*.${element}`;
}

/** In plain text its price path is a pattern, which stands between slashes here. */
function pricePathOf(path: string, http: Http): string {
  return http.content_type === 'text/plain' ? `/${path}/` : pathOf(path);
}

/** One term with one meaning: what an answer without it means follows from what the term names. */
export function rulesOf(rule: ForeignRule, http: Http): AnswerRules {
  const { outcome_search_path: path, outcome_search_term: term = '', price_path: price } = rule;
  const named: Rule =
    path === undefined
      ? { on: 'body', op: 'matches', value: term }
      : { on: 'path', path: pathOf(path), op: 'matches', value: term };
  const groups = {
    success: { acceptIf: [named], otherwise: 'reject' },
    failure: { rejectIf: [named], otherwise: 'in_doubt' },
    // "Anything but this fault is a sale" has to be written: here nothing else accepts.
    error: {
      errorIf: [named],
      acceptIf: [{ on: 'status', op: 'eq', value: 200 }],
      parseAs: 'text',
    },
  } as const satisfies Record<string, Partial<AnswerRules>>;
  const { fallback_price: fallback } = rule;
  return answers({
    ...groups[rule.outcome_on_match ?? 'success'],
    ...(rule.response_content_type_override === 'application/json' && { parseAs: 'json' }),
    ...(price !== undefined && {
      price: {
        path: pricePathOf(price, http),
        unit: 'dollars',
        fallbackCents: fallback === undefined ? undefined : parseDollars(fallback),
      },
    }),
    ...(rule.reference_path !== undefined && { reference: pathOf(rule.reference_path) }),
    ...(rule.reason_path !== undefined && { reason: pathOf(rule.reason_path) }),
  });
}
