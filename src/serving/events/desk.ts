// Events on their way out of this process. Each round gives new events their numbers, claims what
// is due in PostgreSQL, and begins to send it; how a try ended is written down by itself, so that a
// receiver that hangs holds up nobody but itself. In memory is only what is being sent.

import type { Logger } from 'pino';

import type { Send } from '../../activities/http.ts';
import type { ReadSecret } from '../../activities/parcel.ts';
import {
  claimDue,
  type DueEvent,
  giveUpAll,
  listDueWebhooks,
  markDelivered,
  markFailed,
} from '../../db/events/due.ts';
import { numberEvents } from '../../db/events/number.ts';
import {
  forgetMoved,
  listDisabled,
  recordRefused,
  recordTaken,
  storeWanted,
} from '../../db/events/webhooks.ts';
import type { Pool } from '../../db/pool.ts';
import { RETRY, type RetryTerms, waitBeforeRetry } from '../../domain/events/retry.ts';
import type { HeldWebhook } from '../../domain/events/webhook.ts';
import type { World } from '../../domain/world/world.ts';
import type { Metrics } from '../metrics.ts';
import { sendEvent, type Tried } from './send.ts';
import { createTakers, type Takers } from './takers.ts';

/** How often it is looked for new ones; a try that ended looks at once. */
const EVERY_MS = 500;
const NUMBERED_AT_ONCE = 500;
const ROUNDS = 10;
/** At one receiver, by each process: one that hangs takes these and no more. */
const AT_ONE_RECEIVER = 4;
/** At all receivers. */
const IN_ALL = 64;
const GIVEN_UP_AT_ONCE = 1_000;
/** Another process may know a world that is a second newer: what is unknown here may be there. */
const UNKNOWN_FOR_MS = 60_000;

export interface EventDeskDeps {
  readonly pool: Pool;
  currentWorld(): World;
  readonly send: Send;
  readonly readSecret: ReadSecret;
  readonly log: Logger;
  readonly onError: (error: unknown) => void;
  readonly metrics: Pick<Metrics, 'events'>;
  readonly terms?: RetryTerms;
}

/** Runs until stopped; several processes share the work. */
export function startEventDesk(deps: EventDeskDeps): { stop(): Promise<void> } {
  const { pool, terms = RETRY } = deps;
  const sending = new Map<string, Set<Promise<void>>>();
  const unknownSince = new Map<string, number>();
  let world: World | undefined;
  let takers: Takers = createTakers({ sources: {}, buyers: {} });
  let stopped = false;
  let wake = (): void => undefined;

  /** What changes with the configuration. */
  async function follow(): Promise<void> {
    const now = deps.currentWorld();
    if (now === world) return;
    const next = createTakers(now);
    await storeWanted(pool, next.wanted);
    await forgetMoved(pool, next.webhooks);
    [takers, world] = [next, now];
  }

  async function number(): Promise<void> {
    const takersOf = (event: Parameters<Takers['of']>[0]) => takers.of(event);
    // Not to the end of a long backlog: what has its number is to be sent meanwhile.
    for (let round = 0; round < ROUNDS && !stopped; round += 1) {
      if ((await numberEvents(pool, NUMBERED_AT_ONCE, takersOf)) === 0) return;
    }
  }

  /** What may be sent to whom, now; what can be sent to nobody is given up. */
  async function roomNow(): Promise<{ webhook: string; most: number }[]> {
    const due = await listDueWebhooks(pool);
    if (due.length === 0) return [];
    const disabled = new Set(await listDisabled(pool));
    let left = IN_ALL - countOf(sending);
    const room: { webhook: string; most: number }[] = [];
    for (const webhook of due) {
      if (disabled.has(webhook)) await giveUp(webhook, 'the webhook is disabled');
      else if (!takers.find(webhook)) await giveUpUnknown(webhook);
      else {
        unknownSince.delete(webhook);
        const most = Math.min(left, AT_ONE_RECEIVER - (sending.get(webhook)?.size ?? 0));
        if (most > 0) room.push({ webhook, most });
        left -= Math.max(0, most);
      }
    }
    return room;
  }

  async function giveUpUnknown(webhook: string): Promise<void> {
    const since = unknownSince.get(webhook) ?? Date.now();
    unknownSince.set(webhook, since);
    if (Date.now() - since < UNKNOWN_FOR_MS) return;
    await giveUp(webhook, 'there is no such webhook any more');
    unknownSince.delete(webhook);
  }

  async function giveUp(webhook: string, detail: string): Promise<void> {
    const count = await giveUpAll(pool, webhook, { detail, limit: GIVEN_UP_AT_ONCE });
    if (count > 0) deps.log.warn({ webhook, count }, `events are given up: ${detail}`);
  }

  async function begin(): Promise<void> {
    const room = await roomNow();
    if (room.length === 0) return;
    for (const due of await claimDue(pool, room, terms.leaseMs)) {
      const webhook = takers.find(due.webhook);
      if (!webhook) continue;
      const here = sending.get(due.webhook) ?? new Set();
      sending.set(due.webhook, here);
      const trying = tryOnce(deps, { due, webhook, terms })
        // Not written down: the lease ends, and it is sent again under the same id.
        .catch(deps.onError)
        .finally(() => {
          here.delete(trying);
          if (here.size === 0) sending.delete(due.webhook);
          wake();
        });
      here.add(trying);
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      const woken = new Promise<void>((done) => (wake = done));
      await follow().then(number).then(begin).catch(deps.onError);
      await Promise.race([woken, new Promise((done) => setTimeout(done, EVERY_MS).unref())]);
    }
  }
  const running = run();

  return {
    /** Begins nothing more, and waits a moment for what is under way. */
    async stop() {
      stopped = true;
      wake();
      const ends = [running, ...[...sending.values()].flatMap((each) => [...each])];
      await Promise.race([
        Promise.all(ends),
        new Promise((done) => setTimeout(done, 2_000).unref()),
      ]);
    },
  };
}

function countOf(sending: ReadonlyMap<string, ReadonlySet<unknown>>): number {
  return [...sending.values()].reduce((sum, { size }) => sum + size, 0);
}

async function tryOnce(
  deps: EventDeskDeps,
  { due, webhook, terms }: { due: DueEvent; webhook: HeldWebhook; terms: RetryTerms },
): Promise<void> {
  const { pool } = deps;
  const tried = await sendEvent({ ...deps, nowMs: Date.now() }, due.event, webhook);
  if (tried.kind === 'taken') {
    await markDelivered(pool, due);
    await recordTaken(pool, webhook);
    deps.metrics.events.inc({ outcome: 'taken' });
    return;
  }
  const { detail, isGone } = tried;
  const waitMs = isGone ? undefined : nextWait(terms, due, tried);
  await markFailed(pool, due, { waitMs, detail });
  deps.metrics.events.inc({ outcome: waitMs === undefined ? 'given_up' : 'failed' });
  const { disableAfterMs } = terms;
  const why = isGone ? 'it answered HTTP 410' : undefined;
  const about = { webhook: webhook.id, type: due.event.type, event: due.event.id, detail };
  if (await recordRefused(pool, webhook, { detail, why, disableAfterMs })) {
    deps.log.error(about, 'a webhook is disabled: enable it once it works, and replay');
  } else if (waitMs === undefined) {
    deps.log.error(about, 'an event is given up: replay it once its webhook works');
  }
}

function nextWait(
  terms: RetryTerms,
  { tries, ageMs }: DueEvent,
  { askedMs }: Tried & { kind: 'failed' },
): number | undefined {
  return waitBeforeRetry(terms, { tries, ageMs, askedMs, random: Math.random() });
}
