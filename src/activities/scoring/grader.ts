// One grade per lead, begun when its run begins and waited for when it is scored: the checks in
// between cost the wait nothing. No lead waits longer than its campaign allows, whatever the API
// does; a grade that comes later is stored all the same.

import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { GradeRow } from '../../db/scoring/grades.ts';
import type { LeadId } from '../../domain/ids.ts';
import type { FallbackReason } from '../../domain/reasons.ts';
import { boundGrade, type Grade } from '../../domain/scoring/grade.ts';
import { redact, type Redacted } from '../../domain/scoring/redacted.ts';
import { isDisposable } from '../../eligibility/leads/disposable.ts';
import { stateOfZip } from '../../eligibility/places/states.ts';
import type { Case } from '../cases.ts';
import type { Breaker } from './breaker.ts';
import type { Answered, Claude } from './claude.ts';
import { PROMPT_VERSION } from './prompt.ts';
import type { TokenBudget } from './token-budget.ts';

/** What scoring is told. `unused`: the campaign asks for no grade. */
export type Graded =
  | { readonly kind: 'graded'; readonly grade: Grade; readonly model: string }
  | { readonly kind: 'none'; readonly fallback: FallbackReason }
  | { readonly kind: 'unused' };

/** A call that was made, for counting. */
export interface GraderCall {
  readonly outcome: 'graded' | FallbackReason;
  readonly ms: number;
  readonly tokens: number;
  readonly requestId: string | null;
  /** Nothing is asked any more until the configuration changes. */
  readonly stopped: boolean;
}

export interface GraderDeps {
  /** Undefined without a key. */
  readonly claude: Claude | undefined;
  readonly breaker: Breaker;
  readonly budget: TokenBudget;
  storeGrade(row: GradeRow): Promise<void>;
  readonly onCall: (call: GraderCall) => void;
  readonly onFallback: (fallback: FallbackReason) => void;
  readonly onError: (error: unknown) => void;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

export type Grader = ReturnType<typeof createGrader>;

interface Begun {
  readonly atMs: number;
  readonly graded: Promise<Graded>;
}

const MOST_BEGUN = 2_000;
const MOST_CACHED = 10_000;
/** An API that hangs holds so many calls at most, each for its four seconds. */
const MOST_AT_ONCE = 32;

const UNUSED: Graded = { kind: 'unused' };

/** One grader per process. */
export function createGrader(deps: GraderDeps) {
  const { claude, breaker, budget, now } = deps;
  const begun = new LRUCache<LeadId, Begun>({ max: MOST_BEGUN });
  const known = new LRUCache<string, { readonly said: Grade }>({ max: MOST_CACHED });
  let underWay = 0;

  async function grade(of: Case): Promise<Graded> {
    const { lead } = of;
    if (!claude) return none('no_key');
    if (lead.test) return none('test_not_graded');
    const redacted = redactedOf(of);
    const sha256 = digestOf(redacted, claude.model);
    const before = known.get(sha256);
    const row = { leadId: lead.id, model: claude.model, promptVersion: PROMPT_VERSION, sha256 };
    if (before) {
      const { said } = before;
      store({ ...row, outcome: 'graded', ...said, ms: 0, tokens: 0, requestId: null });
      return { kind: 'graded', grade: said, model: claude.model };
    }
    if (underWay >= MOST_AT_ONCE) return none('too_many_calls');
    if (!budget.allows()) return none('token_budget_used');
    if (!breaker.allows()) return none('breaker_open');
    const { answered, ms } = await call(claude, redacted);
    const { requestId, tokens } = answered;
    const spent = { ms, tokens, requestId };
    if (answered.kind !== 'graded') {
      const { fallback } = answered;
      store({ ...row, outcome: fallback, ...NO_GRADE, ...spent });
      return none(fallback);
    }
    const said = boundGrade(answered.said, Object.values(lead.fields));
    known.set(sha256, { said });
    store({ ...row, outcome: 'graded', ...said, ...spent });
    return { kind: 'graded', grade: said, model: claude.model };
  }

  async function call(
    asked: Claude,
    redacted: Redacted,
  ): Promise<{ answered: Answered; ms: number }> {
    const atMs = now();
    underWay += 1;
    const answered = await asked.ask(redacted).finally(() => (underWay -= 1));
    const ms = Math.round(now() - atMs);
    budget.add(answered.tokens);
    tellBreaker(answered);
    const { tokens, requestId } = answered;
    const outcome = answered.kind === 'graded' ? answered.kind : answered.fallback;
    const stopped = answered.kind === 'failed' && answered.forGood === true;
    deps.onCall({ outcome, ms, tokens, requestId, stopped });
    return { answered, ms };
  }

  function tellBreaker(answered: Answered): void {
    // A model that answers nonsense costs tokens for nothing; one that declines has its reasons.
    if (answered.kind === 'declined' && answered.fallback === 'malformed') return breaker.failed();
    if (answered.kind !== 'failed') return breaker.worked();
    if (answered.forGood) return breaker.stop();
    breaker.failed(answered.pauseMs);
  }

  function store(row: GradeRow): void {
    void deps.storeGrade(row).catch(deps.onError);
  }

  function start(of: Case): Begun {
    const graded = grade(of).catch((cause: unknown) => {
      // A bug of ours must not keep a lead from being sold.
      deps.onError(cause);
      return none('api_error');
    });
    const entry = { atMs: now(), graded };
    begun.set(of.lead.id, entry);
    return entry;
  }

  return {
    /** Begins the call, if the lead gets one and none was begun here. Returns at once. */
    begin(of: Case): void {
      const { lead, campaign, stored } = of;
      // What is refused for its fields, or was scored by an earlier run, needs no grade.
      if (lead.problems.length > 0 || stored.has('score')) return;
      if (campaign.scoring.aiWaitMs > 0 && !begun.has(lead.id)) start(of);
    },

    /** The grade, or why there is none; by the campaign's wait after the call began, at latest. */
    async awaitGrade(of: Case): Promise<Graded> {
      const { aiWaitMs } = of.campaign.scoring;
      if (aiWaitMs === 0) return UNUSED;
      const { atMs, graded } = begun.get(of.lead.id) ?? start(of);
      begun.delete(of.lead.id);
      const result = await within(graded, atMs + aiWaitMs - now());
      if (result.kind === 'none') deps.onFallback(result.fallback);
      return result;
    },

    /** The configuration has changed: what was given up for good is tried again. */
    retry: (): void => breaker.reset(),
  };
}

const NO_GRADE = { adjustment: null, flags: [], reason: null } as const;

function none(fallback: FallbackReason): Graded & { kind: 'none' } {
  return { kind: 'none', fallback };
}

async function within(graded: Promise<Graded>, ms: number): Promise<Graded> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<Graded>((done) => {
    timer = setTimeout(() => done(none('timed_out')), Math.max(0, ms));
  });
  return Promise.race([graded, over]).finally(() => clearTimeout(timer));
}

function redactedOf({ lead, loaded, campaign }: Case): Redacted {
  const vertical = loaded.world.verticals[campaign.vertical];
  if (!vertical) throw new Error(`no vertical ${campaign.vertical}`);
  return redact({ lead, vertical, kind: campaign.vertical, stateOfZip, isDisposable });
}

function digestOf(redacted: Redacted, model: string): string {
  const text = JSON.stringify([model, PROMPT_VERSION, redacted]);
  return createHash('sha256').update(text).digest('hex');
}
