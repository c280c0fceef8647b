// Sees to what a crash or an outage left behind: leads that were stored and never started, deposits
// that the caps were not told of, signals that were committed and never sent, idempotency keys,
// persons and suppressions past their time.

import { type BatchKey, claimBatches, claimBatchesAgain } from '../db/delivering/batches.ts';
import { claimUnsettled, deleteOldKeys, sweepAgainSoon } from '../db/leads.ts';
import { deleteOldAnswers } from '../db/lookups/answers.ts';
import { deleteOldPings } from '../db/intake/pings.ts';
import { deleteOldEvents } from '../db/events/old.ts';
import { dispatchSignals } from '../db/outbox.ts';
import { fillPersons, forgetFills } from '../db/persons/fills.ts';
import { deleteOldPersons } from '../db/persons/seen.ts';
import type { Pool } from '../db/pool.ts';
import { createForgetter, deleteExpired } from '../db/suppressions/remove.ts';
import type { LeadId } from '../domain/ids.ts';
import type { KeptPersons } from '../domain/person.ts';
import type { TemporalCalls } from '../temporal.ts';

const EVERY_MS = 1_000;
const MAX_LEADS = 200;
const OLD_KEYS_EVERY_MS = 10 * 60 * 1_000;
/** Sold under a world without the rule: its buyer is sent nobody again a minute later. */
const PERSONS_EVERY_MS = 60 * 1_000;

/** Runs until stopped; several processes may sweep at once, each takes other rows. */
export function startSweeper(deps: {
  readonly pool: Pool;
  /** Undefined while Temporal is away. */
  temporal(): TemporalCalls | undefined;
  start(leadId: LeadId): Promise<void>;
  /** Tells of deposits whoever has not heard of them. */
  tellDeposits(): Promise<void>;
  /** Has fetched what platforms have announced and nobody has fetched. */
  fetchNotices(): Promise<void>;
  /** Starts the pushes that operators asked for again. */
  startRedeliveries(): Promise<void>;
  /** Retains the certificates of leads that were sold. */
  retainCertificates(): Promise<void>;
  /** What the rules of the world in force ask for. */
  kept(): readonly KeptPersons[];
  readonly onError: (error: unknown) => void;
}): { stop(): Promise<void> } {
  const { pool } = deps;
  const forgetSuppressions = createForgetter(pool);
  let stopped = false;
  let oldKeysAt = 0;
  let personsAt = 0;

  async function sweepLeads(): Promise<void> {
    const due = await claimUnsettled(pool, MAX_LEADS);
    const { start, onError } = deps;
    const late = await startEach(due, start, { onError, isOver: () => stopped });
    if (late.length > 0) await sweepAgainSoon(pool, late);
  }

  async function startBatches(temporal: TemporalCalls): Promise<void> {
    const due = await claimBatches(pool, MAX_LEADS);
    const start = (key: BatchKey) => temporal.startBatch(key);
    const isOver = () => stopped;
    const late = await startEach(due, start, { onError: deps.onError, isOver });
    if (late.length > 0) await claimBatchesAgain(pool, late);
  }

  async function sweepPersons(): Promise<void> {
    const kept = deps.kept();
    await deleteOldPersons(pool);
    await forgetFills(pool, kept);
    await fillPersons(pool, kept, () => !stopped);
  }

  async function sweep(): Promise<void> {
    const temporal = deps.temporal();
    if (temporal && (await temporal.isUp())) {
      await sweepLeads();
      await deps.fetchNotices().catch(deps.onError);
      await startBatches(temporal).catch(deps.onError);
      await deps.startRedeliveries().catch(deps.onError);
      // Before the signals: those to the leads that wait for money are among them.
      await deps.tellDeposits().catch(deps.onError);
      await dispatchSignals(pool, ({ leadId, name, payload }) =>
        temporal.signalLead(leadId, name, payload),
      );
    }
    await deps.retainCertificates().catch(deps.onError);
    // A removed list of millions takes as many parts as it takes.
    await forgetSuppressions();
    if (Date.now() >= personsAt) {
      personsAt = Date.now() + PERSONS_EVERY_MS;
      await deleteExpired(pool);
      await sweepPersons();
    }
    if (Date.now() < oldKeysAt) return;
    oldKeysAt = Date.now() + OLD_KEYS_EVERY_MS;
    await deleteOldKeys(pool);
    await deleteOldPings(pool);
    await deleteOldAnswers(pool);
    await deleteOldEvents(pool, () => stopped);
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await sweep().catch(deps.onError);
      await new Promise((done) => setTimeout(done, EVERY_MS).unref());
    }
  }
  const running = run();
  return {
    async stop() {
      stopped = true;
      await Promise.race([running, new Promise((done) => setTimeout(done, 2_000).unref())]);
    },
  };
}

/** Starts one after the other until one fails or it is over; whatever is not started is late. */
export async function startEach<T>(
  due: readonly T[],
  start: (each: T) => Promise<void>,
  { onError, isOver }: { onError: (error: unknown) => void; isOver: () => boolean },
): Promise<readonly T[]> {
  for (const [index, each] of due.entries()) {
    if (isOver()) return due.slice(index);
    try {
      await start(each);
    } catch (cause) {
      onError(cause);
      // The rest would only wait for the same server.
      return due.slice(index);
    }
  }
  return [];
}
