// What an outside service said about a lead, and what follows from it by the campaign's policy.
// Nothing here holds the value that was asked about: verdicts and histories hold it all.

import type { Check } from '../lead.ts';
import { type RefusalReason, UNANSWERED, type UnansweredReason } from '../reasons.ts';
import type { Lookup } from '../world/lookup.ts';

/** An answer, in the adapter's own words. `unsure`: the service itself does not know. */
export interface Finding {
  readonly kind: 'clear' | 'bad' | 'unsure';
  readonly says: string;
  /** The type of the phone line, in the words of the fact `phone_type`. */
  readonly lineType?: string;
}

/** What a lookup came to. `missing`: the lead holds nothing to ask about. */
export type LookupAnswer =
  | Finding
  | { readonly kind: 'none'; readonly why: UnansweredReason }
  | { readonly kind: 'missing' };

/** What stands beside the line of a lookup in verdicts and traces. */
export interface LookupNote {
  readonly service: string;
  readonly outcome: Finding['kind'] | 'missing' | UnansweredReason;
  /** How long the lead waited for it. */
  readonly ms: number;
  readonly cached: boolean;
  /** It went on in spite of it. */
  readonly flagged: boolean;
}

/** One lookup of one lead, done. */
export interface DoneLookup {
  /** Its name in the campaign. */
  readonly id: string;
  readonly lookup: Pick<Lookup, 'service' | 'onNoAnswer' | 'onFinding' | 'onMissing'>;
  readonly answer: LookupAnswer;
  /** How long the lead waited for it. */
  readonly ms: number;
  readonly cached: boolean;
  /** What a lead is refused for that the service speaks against. */
  readonly refusal: RefusalReason;
}

/** What the lookups of a lead come to together. */
export interface JudgedLookups {
  readonly checks: readonly Check[];
  /** Why the lead is refused: by the first lookup that refuses, in the campaign's order. */
  readonly refusal?: RefusalReason;
  readonly lineType?: string;
  /** The lookups that flag the lead. */
  readonly flags: readonly string[];
}

/** Weighs the lookups of a lead by their policies; in the campaign's order, whatever came first. */
export function judgeLookups(done: readonly DoneLookup[]): JudgedLookups {
  const judged = done.map((one) => ({ one, deed: deedOf(one) }));
  const refused = judged.find(({ deed }) => deed === 'reject')?.one;
  const lineType = done.flatMap(({ answer }) =>
    'lineType' in answer && answer.lineType !== undefined ? [answer.lineType] : [],
  )[0];
  return {
    checks: judged.map(({ one, deed }) => lineOf(one, deed)),
    flags: judged.flatMap(({ one, deed }) => (deed === 'flag' ? [one.id] : [])),
    ...(refused && { refusal: refusalOf(refused) }),
    ...(lineType !== undefined && { lineType }),
  };
}

type Deed = 'accept' | 'flag' | 'reject';

function deedOf({ answer, lookup }: DoneLookup): Deed {
  switch (answer.kind) {
    case 'clear':
      return 'accept';
    case 'bad':
      return lookup.onFinding;
    case 'missing':
      return lookup.onMissing;
    case 'unsure':
      return lookup.onNoAnswer;
    case 'none':
      // Nobody was asked on purpose: no policy is about that.
      return answer.why === 'test_not_asked' ? 'accept' : lookup.onNoAnswer;
  }
}

function refusalOf({ answer, refusal }: DoneLookup): RefusalReason {
  const isKnown = answer.kind === 'bad' || answer.kind === 'missing';
  return isKnown ? refusal : 'lookup_unanswered';
}

function lineOf({ id, lookup, answer, ms, cached }: DoneLookup, deed: Deed): Check {
  const outcome = answer.kind === 'none' ? answer.why : answer.kind;
  return {
    check: `lookup/${id}`,
    ok: deed !== 'reject',
    says: saysOf(answer),
    lookup: { service: lookup.service, outcome, ms, cached, flagged: deed === 'flag' },
  };
}

function saysOf(answer: LookupAnswer): string {
  if (answer.kind === 'missing') return 'the lead has nothing to ask about';
  return answer.kind === 'none' ? `no answer: ${UNANSWERED[answer.why]}` : answer.says;
}

/** The line of a lookup as people read it: who said it, how long it took, what came of it. */
export function lookupText({
  says,
  lookup,
}: {
  readonly says: string;
  readonly lookup?: LookupNote | undefined;
}): string {
  if (!lookup) return says;
  const { service: by, ms, cached, flagged } = lookup;
  return `${says} (${by}, ${cached ? 'known before' : `${ms} ms`}${flagged ? ', flagged' : ''})`;
}
