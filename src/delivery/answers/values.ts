// What an answer says beside its verdict: price, ids, reason, address, a list of prices.

import type { AnswerLeg, AnswerRules, ReadAnswer } from '../../domain/delivery/answer.ts';
import type { CompiledRules } from './compile.ts';
import { readPrice, type ReadPrice } from './money.ts';
import type { ReadableAnswer } from './parse.ts';
import { textsOf } from './path.ts';
import { plainText } from './plain.ts';

const MOST_ID = 500;
const MOST_REASON = 300;
const MOST_URL = 2_000;
const MOST_LEGS = 10;

/** The words of an answer that do not depend on what it came to. */
export type Said = Pick<
  ReadAnswer,
  'bidId' | 'reference' | 'reason' | 'redirectUrl' | 'captures' | 'legs'
>;

export interface Values {
  readonly said: Said;
  readonly price: ReadPrice;
}

/** Reads what the rules name. What is not there, or is no text, is left out. */
export function readValues(
  read: ReadableAnswer,
  rules: AnswerRules,
  compiled: CompiledRules,
): Values {
  const texts = (path: string | undefined) => textsOf(compiled.find(path)(read));
  const one = (path: string | undefined, most = MOST_ID) => plain(texts(path)[0], most);
  const legs = readLegs(read, rules, compiled);
  const [top] = legs.toSorted((a, b) => b.priceCents - a.priceCents);
  const bidId = one(rules.bidId) ?? top?.bidId;
  const reference = one(rules.reference);
  const reason = joined(texts(rules.reason));
  const redirectUrl = webAddress(one(rules.redirectUrl, MOST_URL));
  const captures = Object.entries(rules.capture ?? {}).flatMap(([name, path]) => {
    const text = one(path);
    return text === undefined ? [] : [[name, text] as const];
  });
  const named: ReadPrice = rules.price
    ? readPrice(texts(rules.price.path)[0], rules.price)
    : { kind: 'none' };
  return {
    said: {
      ...(bidId !== undefined && { bidId }),
      ...(reference !== undefined && { reference }),
      ...(reason !== undefined && { reason }),
      ...(redirectUrl !== undefined && { redirectUrl }),
      ...(legs.length > 0 && { legs }),
      ...(captures.length > 0 && { captures: Object.fromEntries(captures) }),
    },
    price: named.kind === 'none' && top ? { kind: 'price', priceCents: top.priceCents } : named,
  };
}

/**
 * One that cannot be read, or is nothing, does not spoil the others; of two that are the same the
 * first stays.
 */
function readLegs(
  read: ReadableAnswer,
  rules: AnswerRules,
  compiled: CompiledRules,
): readonly AnswerLeg[] {
  const { bids } = rules;
  if (!bids) return [];
  const legs = new Map<string, AnswerLeg>();
  for (const root of compiled.find(bids.list)(read).flat().slice(0, MOST_LEGS)) {
    const one = (path: string | undefined) =>
      textsOf(compiled.find(path)({ body: read.body, root }))[0];
    const price = readPrice(one(bids.price), {
      path: bids.price,
      unit: rules.price?.unit ?? 'dollars',
      strip: rules.price?.strip,
      minCents: rules.price?.minCents,
    });
    if (price.kind !== 'price' || price.priceCents === 0) continue;
    const bidId = plain(one(bids.bidId), MOST_ID);
    const seller = plain(one(bids.seller), MOST_ID);
    const leg: AnswerLeg = {
      priceCents: price.priceCents,
      ...(bidId !== undefined && { bidId }),
      ...(seller !== undefined && { seller }),
    };
    const key = JSON.stringify(leg);
    if (!legs.has(key)) legs.set(key, leg);
  }
  return [...legs.values()];
}

function joined(reasons: readonly string[]): string | undefined {
  const each = new Set(reasons.map((reason) => plainText(reason, MOST_REASON).trim()));
  return plain([...each].toSorted().join(', '), MOST_REASON);
}

function plain(text: string | undefined, most: number): string | undefined {
  if (text === undefined) return undefined;
  const kept = plainText(text, most).trim();
  return kept === '' ? undefined : kept;
}

/** An address to which a browser may be sent; anything else is none. */
function webAddress(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !password ? text : undefined;
}
