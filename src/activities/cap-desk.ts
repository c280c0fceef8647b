// Gathers a buyer's cap operations and keeps one batch per buyer in flight.
//
// A queue is idle, or has one batch at the entity; what arrives meanwhile forms the next batch
// (measured: 13,163 holds/s on one buyer, against 61/s one by one). An entity that knows nothing is
// seeded, then asked again. Denials are remembered for a moment, so that a full buyer is not
// pinged; after it one lead asks for all. The entity stays the authority.

import { randomUUID } from 'node:crypto';
import type { CapDecision, CapOp, CapWindow, Deposits, Room } from '../domain/caps/caps.ts';
import { isTooLittle } from '../domain/caps/keys.ts';
import { describeDenial } from '../domain/caps/uses.ts';
import type { BuyerId, HoldId } from '../domain/ids.ts';
import type { FullCap } from '../eligibility/explain.ts';

const MAX_BATCH = 500;
/** No source waits for a release or a deposit; who gets no confirmation repeats it. */
const RELEASE_TIMEOUT_MS = 2_000;
/** A batch is sent this often before its operations count as unanswered. */
const TRIES = 3;
const RETRY_MS = 100;
/** Keeps ride on the next batch; on a quiet buyer they leave after this long. */
const KEEP_DELAY_MS = 2_000;
/** Open holds may be released, by another process as well. */
const REMEMBER_DENIAL_MS = 1_000;
/**
 * Only a correction makes room. With forty full caps and a second's memory for each, a lead met
 * seven denials, and two cores got through a third of 20 leads/s.
 */
const REMEMBER_FIRM_MS = 10_000;

export type Holding =
  | { readonly kind: 'granted' }
  /** `untilMs`: when the full window ends; null = never by itself. */
  | { readonly kind: 'denied'; readonly detail: string; readonly untilMs: number | null }
  /** Nobody knows whether it counted: repeat it under the same id, or release it. */
  | { readonly kind: 'unknown'; readonly detail: string };

/** A hold as its attempt names it. */
export interface HoldRequest {
  readonly id: HoldId;
  readonly atMs: number;
  readonly windows: readonly CapWindow[];
}

export interface CapDeskDeps {
  /** Sends one batch to the buyer's entity. `batchId` is the same when a batch is repeated. */
  applyCaps(buyerId: BuyerId, ops: readonly CapOp[], batchId: string): Promise<CapDecision[]>;
  /** Tells a new entity what PostgreSQL knows. */
  seedCaps(buyerId: BuyerId, epoch: string): Promise<void>;
  now(): number;
  /**
   * The longest that a source waits for a hold; then the contract is `cap_unknown`. At saturation
   * 250 ms sent leads down the bidders, each with a hold of its own for the entity that was late
   * already: answers took 2.4 s at p99, and 1.3 s with 1,000 ms.
   */
  readonly holdWaitMs: number;
  /** Hears of every denial. */
  readonly onFull?: ((full: FullWindow) => void) | undefined;
}

/** A window in which an offer found no room. */
export interface FullWindow {
  readonly buyerId: BuyerId;
  readonly key: string;
  readonly limit: number;
  /** In leads or cents. */
  readonly left: number;
  readonly endsAtMs: number | null;
}

export type CapDesk = ReturnType<typeof createCapDesk>;

interface Waiting {
  readonly op: CapOp;
  readonly answer: (decision: CapDecision | undefined) => void;
  /** Nobody waits any more, and it was never sent. */
  abandoned: boolean;
}

interface Denial extends FullCap {
  untilMs: number;
  /** Under another limit it says nothing. */
  readonly limit: number;
  /** In leads or cents. */
  readonly left: number;
}

interface Queue {
  waiting: Waiting[];
  inFlight: boolean;
  keepTimer: NodeJS.Timeout | undefined;
}

/** One desk per process. */
export function createCapDesk(deps: CapDeskDeps) {
  const { applyCaps, seedCaps, now, holdWaitMs } = deps;
  const queues = new Map<BuyerId, Queue>();
  const denials = new Map<string, Denial>();

  function queueOf(buyerId: BuyerId): Queue {
    let queue = queues.get(buyerId);
    if (!queue)
      queues.set(buyerId, (queue = { waiting: [], inFlight: false, keepTimer: undefined }));
    return queue;
  }

  /** The entity's decision; undefined when there was none in time. */
  function submit(
    buyerId: BuyerId,
    op: CapOp,
    timeoutMs: number,
  ): Promise<CapDecision | undefined> {
    const queue = queueOf(buyerId);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        entry.abandoned = true;
        resolve(undefined);
      }, timeoutMs);
      const entry: Waiting = {
        op,
        abandoned: false,
        answer(decision) {
          clearTimeout(timer);
          resolve(decision);
        },
      };
      queue.waiting.push(entry);
      if (!queue.inFlight) void drain(buyerId, queue);
    });
  }

  async function drain(buyerId: BuyerId, queue: Queue): Promise<void> {
    queue.inFlight = true;
    clearTimeout(queue.keepTimer);
    queue.keepTimer = undefined;
    // One turn of the loop gathers what arrives together.
    await new Promise(setImmediate);
    while (queue.waiting.length > 0) {
      const batch = queue.waiting.splice(0, MAX_BATCH).filter(({ abandoned }) => !abandoned);
      if (batch.length > 0) await sendBatch(buyerId, batch);
    }
    queue.inFlight = false;
  }

  async function sendBatch(buyerId: BuyerId, batch: readonly Waiting[]): Promise<void> {
    const batchId = randomUUID();
    const ops = batch.map(({ op }) => op);
    for (let tried = 1; tried <= TRIES; tried += 1) {
      try {
        let decisions = await applyCaps(buyerId, ops, batchId);
        const [first] = decisions;
        if (first?.kind === 'unseeded') {
          await seedCaps(buyerId, first.epoch);
          decisions = await applyCaps(buyerId, ops, randomUUID());
        }
        batch.forEach(({ answer }, index) => answer(decisions[index]));
        return;
      } catch {
        // Counted or not, a repeat under the same ids counts once; after the last try the callers
        // treat the cap as unknown, which they may at any moment.
        if (tried < TRIES) await new Promise((done) => setTimeout(done, RETRY_MS * tried));
      }
    }
    for (const { answer } of batch) answer(undefined);
  }

  function remember({ key, left, endsAtMs, firm }: Room, detail: string, limit: number): void {
    const forMs = firm ? REMEMBER_FIRM_MS : REMEMBER_DENIAL_MS;
    const untilMs = Math.min(now() + forMs, endsAtMs ?? Infinity);
    denials.set(key, { untilMs, detail, endsAtMs, limit, left });
  }

  return {
    /** Holds room under an id. Repeating it is safe. */
    async hold(buyerId: BuyerId, request: HoldRequest, version: number): Promise<Holding> {
      const op: CapOp = { op: 'hold', ...request, version };
      const decision = await submit(buyerId, op, holdWaitMs);
      switch (decision?.kind) {
        case 'granted':
          for (const [index, room] of decision.rooms.entries()) {
            const limit = request.windows[index]?.limit ?? 0;
            if (room.left === 0) remember(room, 'no room left', limit);
            else if (room.left > (denials.get(room.key)?.left ?? Infinity))
              denials.delete(room.key);
          }
          return { kind: 'granted' };
        case 'denied': {
          const { room } = decision;
          const detail = describeDenial(decision);
          remember(room, detail, decision.limit);
          const { key, left, endsAtMs } = room;
          deps.onFull?.({ buyerId, key, limit: decision.limit, left, endsAtMs });
          return { kind: 'denied', detail, untilMs: room.endsAtMs };
        }
        case 'refused':
          return { kind: 'denied', detail: `the hold is ${decision.why}`, untilMs: null };
        case undefined:
          return { kind: 'unknown', detail: `no answer in ${holdWaitMs} ms` };
        case 'busy':
        case 'unseeded':
        case 'done':
          return { kind: 'unknown', detail: decision.kind };
      }
    },

    /** Gives back what an id holds. True once that is certain; until then, repeat it. */
    async release(
      buyerId: BuyerId,
      { id, atMs, windows }: HoldRequest,
      how: 'first' | 'repeat',
    ): Promise<boolean> {
      if (windows.length === 0) return true;
      const decision = await submit(buyerId, { op: 'release', id, atMs }, RELEASE_TIMEOUT_MS);
      // Not before: a hold in the same batch may have been denied a moment ahead of this release.
      for (const { key } of windows) denials.delete(key);
      if (decision?.kind === 'refused' && decision.why === 'stale' && how === 'first') {
        // Folded into the counters long ago: corrected by name instead. A repeat corrects nothing:
        // nobody remembers whether the first one did, and room lost is safer than room invented.
        const changes = windows.map(({ key, amount, endsAtMs, rolling }) => ({
          ...{ key, by: -amount, endsAtMs },
          ...(rolling !== undefined && { rolling }),
        }));
        const adjusted = { op: 'adjust', id: `release/${id}`, changes } as const;
        return (await submit(buyerId, adjusted, RELEASE_TIMEOUT_MS))?.kind === 'done';
      }
      return decision?.kind === 'done' || decision?.kind === 'refused';
    },

    /** Tells the entity, sometime soon, that a hold became a sale and may be folded. */
    keepLater(buyerId: BuyerId, id: HoldId): void {
      const queue = queueOf(buyerId);
      queue.waiting.push({ op: { op: 'keep', id }, abandoned: false, answer: () => undefined });
      if (queue.inFlight) return;
      queue.keepTimer ??= setTimeout(() => void drain(buyerId, queue), KEEP_DELAY_MS).unref();
    },

    /**
     * Tells the entity what a buyer has paid in so far. True once that is certain; until then,
     * repeat it: told twice, or late, it counts once.
     */
    async deposit(buyerId: BuyerId, deposits: Deposits): Promise<boolean> {
      const { key, upTo } = deposits;
      const op: CapOp = { op: 'deposit', id: `deposit/${upTo}`, ...deposits };
      const decision = await submit(buyerId, op, RELEASE_TIMEOUT_MS);
      // Not before, as with a release.
      denials.delete(key);
      return decision?.kind === 'done';
    },

    /**
     * Begins and seeds the entities of these buyers, so that no source waits for their first hold.
     */
    async warm(buyerIds: readonly BuyerId[]): Promise<void> {
      for (const buyerId of buyerIds) {
        // An id that holds nothing: kept without effect, whoever else keeps it.
        await submit(buyerId, { op: 'keep', id: 'warm' }, RELEASE_TIMEOUT_MS);
      }
    },

    /**
     * Why that window was too full a moment ago for an offer of `leastCents`; undefined when it may
     * have room, or when the limit was another one then.
     */
    deniedKey(key: string, limit: number, leastCents?: number): FullCap | undefined {
      const denial = denials.get(key);
      if (!denial) return undefined;
      const nowMs = now();
      if (denial.limit !== limit || nowMs >= (denial.endsAtMs ?? Infinity)) {
        denials.delete(key);
        return undefined;
      }
      // Where something is left, a cheaper lead may still fit.
      if (!isTooLittle(key, denial.left, leastCents)) return undefined;
      if (nowMs < denial.untilMs) return denial;
      // This lead asks; those beside it go on with what was known, or each would be denied.
      denial.untilMs = nowMs + REMEMBER_DENIAL_MS;
      return undefined;
    },

    /** Forgets what was full: a new world may have moved any limit. */
    forgetDenials(): void {
      denials.clear();
    },
  };
}
