// Asks outside services about leads. A question is answered from the cache, by a call that is under
// way already, or by one call that is never repeated. No lead waits longer than its campaign says,
// whatever the service does; an answer that comes later was paid for, and is kept for the next.

import type { Finding, LookupAnswer } from '../../domain/lookups/finding.ts';
import type { UnansweredReason } from '../../domain/reasons.ts';
import { scrub } from '../../domain/scrub.ts';
import type { Lookup } from '../../domain/world/lookup.ts';
import {
  bad,
  type BoundLookup,
  type LookupQuestion,
  type LookupRequest,
  type RetainNames,
} from '../../lookups/adapter.ts';
import { lookupAdapterOf } from '../../lookups/adapters.ts';
import type { Send } from '../http.ts';
import type { ReadSecret } from '../parcel.ts';
import type { Breaker } from '../scoring/breaker.ts';
import { cacheKeyOf } from './cache-key.ts';
import { judgeReply, type Judged } from './reply.ts';
import { withSecret } from './secret.ts';

/** What a question came to, and for how long the lead waited. */
export interface AskedLookup {
  readonly answer: LookupAnswer;
  readonly ms: number;
  readonly cached: boolean;
}

/** A call that was sent. */
export interface LookupCall {
  readonly service: string;
  readonly outcome: Finding['kind'] | UnansweredReason;
  readonly ms: number;
  readonly millicents: number;
  /** Nobody is asked there any more until the configuration changes. */
  readonly stopped: boolean;
}

export interface LookupDeps {
  readonly send: Send;
  readonly readSecret: ReadSecret;
  createBreaker(): Breaker;
  findAnswer(hash: Buffer): Promise<Finding | undefined>;
  storeAnswer(answer: {
    hash: Buffer;
    service: string;
    finding: Finding;
    cacheMinutes: number;
  }): Promise<void>;
  countCall(call: { service: string; failed: boolean; millicents: number }): Promise<void>;
  readonly onCall: (call: LookupCall) => void;
  readonly onAnswer: (told: { service: string; outcome: string; cached: boolean }) => void;
  readonly onError: (error: unknown) => void;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

export type LookupDesk = ReturnType<typeof createLookupDesk>;

/** A late answer is kept; what takes longer than this is given up. */
const CALL_MS = 6_000;
/** A service that hangs holds so many calls at most. */
const MOST_AT_ONCE = 64;

type Answered = Pick<AskedLookup, 'answer' | 'cached'>;

/** One desk per process. */
export function createLookupDesk(deps: LookupDeps) {
  const { send, readSecret, now, onError } = deps;
  // By account: a key that one campaign has wrong stops nobody else's.
  const breakers = new Map<string, Breaker>();
  const underWay = new Map<string, Promise<Answered>>();
  const writing = new Set<Promise<void>>();

  function breakerOf({ service, secretRef, options }: Lookup): Breaker {
    const account = JSON.stringify([service, secretRef, options['url'], options['account']]);
    const breaker = breakers.get(account) ?? deps.createBreaker();
    breakers.set(account, breaker);
    return breaker;
  }

  async function answer(lookup: Lookup, question: LookupQuestion): Promise<Answered> {
    const adapter = lookupAdapterOf(lookup.service).bind(lookup.options);
    const request = adapter.build(question);
    // What needs no service costs nothing.
    if ('kind' in request) return { answer: request, cached: false };
    const hash = cacheKeyOf(lookup, question);
    const known = lookup.cacheMinutes > 0 ? await deps.findAnswer(hash) : undefined;
    if (known) return { answer: known, cached: true };
    const key = hash.toString('hex');
    const begun = underWay.get(key);
    if (begun) return begun;
    if (underWay.size >= MOST_AT_ONCE) return none('too_many_calls');
    const call = ask(lookup, { request, question, hash });
    underWay.set(key, call);
    return call.finally(() => underWay.delete(key));
  }

  async function ask(
    lookup: Lookup,
    of: { request: LookupRequest; question: LookupQuestion; hash: Buffer },
  ): Promise<Answered> {
    const { request, question, hash } = of;
    const adapter = lookupAdapterOf(lookup.service).bind(lookup.options);
    const judged = await call(lookup, request, (reply) => adapter.read(reply));
    if (judged.kind === 'none') return none(judged.why);
    const finding = withoutQuestion(judged.finding, question);
    // What the service itself did not know may be known tomorrow.
    if (finding.kind !== 'unsure' && lookup.cacheMinutes > 0) {
      const { service, cacheMinutes } = lookup;
      write(deps.storeAnswer({ hash, service, finding, cacheMinutes }));
    }
    return { answer: finding, cached: false };
  }

  async function call(
    lookup: Lookup,
    request: LookupRequest,
    read: BoundLookup['read'],
  ): Promise<Judged> {
    const secret = lookup.secretRef === null ? null : await readSecret(lookup.secretRef);
    const sent = withSecret(request, secret);
    if (!sent) return { kind: 'none', why: 'no_secret' };
    const breaker = breakerOf(lookup);
    if (!breaker.allows()) return { kind: 'none', why: 'breaker_open' };
    const reply = await send(sent, { timeoutMs: CALL_MS });
    const judged = judgeReply(reply, read);
    tellBreaker(breaker, judged);
    count(lookup, judged, { ms: reply.ms, wasSent: reply.kind !== 'not_sent' });
    return judged;
  }

  function count(lookup: Lookup, judged: Judged, of: { ms: number; wasSent: boolean }): void {
    const { service } = lookup;
    // A thousand calls for so many cents are so many thousandths of a cent for one.
    const millicents = of.wasSent ? lookup.perThousandCents : 0;
    const isNone = judged.kind === 'none';
    const outcome = isNone ? judged.why : judged.finding.kind;
    const stopped = isNone && judged.forGood === true;
    deps.onCall({ service, outcome, ms: of.ms, millicents, stopped });
    if (of.wasSent) write(deps.countCall({ service, failed: isNone, millicents }));
  }

  function write(written: Promise<void>): void {
    const settled = written.catch(onError).finally(() => writing.delete(settled));
    writing.add(settled);
  }

  return {
    /** Asks, and waits for as long as the lookup says. Never throws. */
    async ask(lookup: Lookup, question: LookupQuestion): Promise<AskedLookup> {
      const atMs = now();
      const answered = answer(lookup, question).catch((cause: unknown) => {
        // A bug of ours, or PostgreSQL away: the policy is for that as well.
        onError(cause);
        return none('service_error');
      });
      const { answer: came, cached } = await within(answered, lookup.waitMs);
      const outcome = came.kind === 'none' ? came.why : came.kind;
      deps.onAnswer({ service: lookup.service, outcome, cached });
      return { answer: came, cached, ms: Math.round(now() - atMs) };
    },

    /** Has the service keep what proves the lead. Nobody waits for it; never cached. */
    async retain(
      lookup: Lookup,
      question: LookupQuestion,
      names: RetainNames,
    ): Promise<Finding | (LookupAnswer & { readonly kind: 'none' })> {
      const { retain } = lookupAdapterOf(lookup.service).bind(lookup.options);
      const request = retain?.build(question, names) ?? bad('it keeps nothing');
      if (!retain || 'kind' in request) return request as Finding;
      const judged = await call(lookup, request, retain.read);
      if (judged.kind === 'none') return { kind: 'none', why: judged.why };
      return withoutQuestion(judged.finding, question);
    },

    /** The configuration has changed: what was given up for good is tried again. */
    retry(): void {
      for (const breaker of breakers.values()) breaker.reset();
    },

    /** Waits for what is under way, which ends with the client, and for what is being stored. */
    async close(): Promise<void> {
      await Promise.allSettled(underWay.values());
      await Promise.all(writing);
    },
  };
}

function none(why: UnansweredReason): Answered {
  return { answer: { kind: 'none', why }, cached: false };
}

function tellBreaker(breaker: Breaker, judged: Judged): void {
  if (judged.kind === 'finding') return breaker.worked();
  if (judged.forGood) return breaker.stop();
  breaker.failed(judged.pauseMs);
}

/** Adapters quote no value; a service that puts one where a word belongs is not repeated either. */
function withoutQuestion(finding: Finding, { value, phone, email }: LookupQuestion): Finding {
  const values = [value, phone, email].filter((one) => one !== undefined);
  return { ...finding, says: scrub(finding.says, values) };
}

async function within(answered: Promise<Answered>, ms: number): Promise<Answered> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<Answered>((done) => {
    timer = setTimeout(() => done(none('timed_out')), ms);
  });
  return Promise.race([answered, over]).finally(() => clearTimeout(timer));
}
