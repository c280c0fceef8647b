// What a buyer's answer came to, by an operator's rules.
//
// In doubt the answer is no sale and no refusal: an accepted lead was granted by a rule of
// `accept_if` on an answer that could be read whole, and a definite refusal was said by the buyer.

import type { AnswerGroup, AnswerRules, ReadAnswer } from '../../domain/delivery/answer.ts';
import type { IncomingReply } from '../adapter.ts';
import { compiledRules } from './compile.ts';
import { parseAnswer, type ParsedAnswer, type ReadableAnswer } from './parse.ts';
import type { Answered } from './rule.ts';
import { readValues, type Values } from './values.ts';

export type Phase = 'ping' | 'post';

interface Hit {
  readonly group: AnswerGroup;
  readonly index: number;
}

const NOTHING: Values = { said: {}, price: { kind: 'none' } };

/** Reads an answer by the rules. Never throws, whatever came. */
export function readAnswer(reply: IncomingReply, rules: AnswerRules, phase: Phase): ReadAnswer {
  // A 5xx may come from a proxy after the buyer took the lead, whatever its body says: of a post it
  // leaves the doubt that `definite: false` tells of, and is still named what it is, an error.
  if (reply.status >= 500) {
    return { ...fault(`HTTP ${reply.status}`, reply, rules), reason: 'Server error' };
  }
  const parsed = parseAnswer(reply, rules.parseAs);
  const read = parsed.kind === 'read' ? parsed : undefined;
  const hit = firstHit({ reply, read }, rules);
  const values = read ? readValues(read, rules, compiledRules(rules)) : NOTHING;
  if (hit) return ofHit(hit, { reply, rules, phase, values });
  // A page that was not found is not a refusal, and a redirect is followed by nobody.
  if (reply.status < 200 || reply.status >= 300) {
    return { ...values.said, ...fault(`HTTP ${reply.status}`, reply, rules) };
  }
  if (parsed.kind !== 'read') return ofUnreadable(parsed, phase);
  return ofNoHit(rules, phase, values);
}

function firstHit(answered: Answered, rules: AnswerRules): Hit | undefined {
  for (const { name, tests } of compiledRules(rules).groups) {
    if (name === 'acceptIf' && !maySell(answered)) continue;
    const index = tests.findIndex((test) => test(answered));
    if (index >= 0) return { group: name, index };
  }
  return undefined;
}

/** Only 204 is an answer that is whole without a body. */
function maySell({ read, reply }: Answered): boolean {
  return read !== undefined || (reply.status === 204 && reply.body === '');
}

interface Case {
  readonly reply: IncomingReply;
  readonly rules: AnswerRules;
  readonly phase: Phase;
  readonly values: Values;
}

function ofHit({ group, index }: Hit, { reply, rules, phase, values }: Case): ReadAnswer {
  const by = `${WRITTEN[group]}[${index}]`;
  const { said } = values;
  switch (group) {
    case 'errorIf': {
      // Its own words, found at a place in them: not a status, and not a page of a proxy.
      const definite = rules.errorIf[index]?.on === 'path';
      return { ...said, ...fault(by, reply, rules), definite };
    }
    case 'duplicateIf':
      return { verdict: 'duplicate', by, definite: true, ...said };
    case 'invalidIf':
      return { verdict: 'invalid', by, definite: true, ...said };
    case 'rejectIf':
      return { verdict: phase === 'ping' ? 'no_bid' : 'rejected', by, definite: true, ...said };
    case 'pendingIf':
      return { verdict: 'pending', by, definite: false, ...said };
    case 'acceptIf':
      return phase === 'ping' ? acceptedPing(by, rules, values) : acceptedPost(by, values);
  }
}

const WRITTEN = {
  errorIf: 'error_if',
  duplicateIf: 'duplicate_if',
  invalidIf: 'invalid_if',
  rejectIf: 'reject_if',
  pendingIf: 'pending_if',
  acceptIf: 'accept_if',
} as const satisfies Record<AnswerGroup, string>;

/** Without a price a ping is no bid, unless its rules look for none: the price is agreed then. */
function acceptedPing(by: string, rules: AnswerRules, { said, price }: Values): ReadAnswer {
  const { expiresInS } = rules;
  const looksForPrice = rules.price !== undefined || rules.bids !== undefined;
  if (price.kind === 'over_ceiling') {
    const priceFault = price.kind;
    return { verdict: 'error', by: 'price', definite: false, priceFault, ...said };
  }
  if (looksForPrice && (price.kind !== 'price' || price.priceCents === 0)) {
    return { verdict: 'no_bid', by: 'price', definite: true, ...faultOf(price), ...said };
  }
  return {
    ...{ verdict: 'accepted', by, definite: false },
    ...(price.kind === 'price' && { priceCents: price.priceCents }),
    ...said,
    ...(expiresInS !== undefined && { expiresInS }),
  };
}

/** A sale stands, whatever is wrong with its price: the buyer has the lead. */
function acceptedPost(by: string, { said, price }: Values): ReadAnswer {
  return {
    ...{ verdict: 'accepted', by, definite: false },
    ...(price.kind === 'price' ? { priceCents: price.priceCents } : faultOf(price)),
    ...said,
  };
}

function faultOf(price: Values['price']): Pick<ReadAnswer, 'priceFault'> {
  return price.kind === 'price' || price.kind === 'none' ? {} : { priceFault: price.kind };
}

function ofUnreadable(parsed: Exclude<ParsedAnswer, ReadableAnswer>, phase: Phase): ReadAnswer {
  const mayBeTaken = phase === 'post' && (parsed.kind === 'empty' || parsed.cut);
  const by = parsed.kind === 'empty' ? 'empty answer' : parsed.says;
  return { verdict: mayBeTaken ? 'unknown' : 'error', by, definite: false };
}

function ofNoHit({ otherwise }: AnswerRules, phase: Phase, { said }: Values): ReadAnswer {
  const by = 'otherwise';
  switch (otherwise) {
    case 'reject':
      return { verdict: phase === 'ping' ? 'no_bid' : 'rejected', by, definite: true, ...said };
    case 'error':
      return { verdict: 'error', by, definite: false, ...said };
    case 'in_doubt':
      // Nothing was sold by a ping: there is no doubt to settle.
      return { verdict: phase === 'ping' ? 'error' : 'unknown', by, definite: false, ...said };
  }
}

function fault(by: string, reply: IncomingReply, { retryAfterS }: AnswerRules): ReadAnswer {
  const isBusy = reply.status === 429 || reply.status >= 500;
  const named = /^\d{1,5}$/.exec(reply.headers?.['retry-after']?.trim() ?? '')?.[0];
  const wait = named === undefined ? retryAfterS : Number(named);
  return {
    ...{ verdict: 'error', by, definite: false },
    ...(isBusy && wait !== undefined && { retryAfterS: wait }),
  };
}
