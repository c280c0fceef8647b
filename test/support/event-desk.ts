// Desks of outgoing events over a database of a test's own: the real client, the real queue, and
// waits that are compressed.

import { pino } from 'pino';
import { createHttp, type Send } from '../../src/activities/http.ts';
import type { Pool } from '../../src/db/pool.ts';
import { BUYER_EVENTS, EVENT_TYPES, SOURCE_EVENTS } from '../../src/domain/events/event.ts';
import { RETRY, type RetryTerms } from '../../src/domain/events/retry.ts';
import type { Webhook, Webhooks } from '../../src/domain/events/webhook.ts';
import type { World } from '../../src/domain/world/world.ts';
import { createMetrics } from '../../src/serving/metrics.ts';
import { startEventDesk } from '../../src/serving/events/desk.ts';
import { NEXT_SECRET, type Receiver, SECRET } from './receiver.ts';

/** As in production, but in a second. */
export const QUICK: RetryTerms = {
  ...RETRY,
  waitsMs: [20, 30, 50],
  giveUpAfterMs: 60_000,
  leaseMs: 1_500,
};

/** The secrets that desks of tests can read, by reference. */
const SECRETS: Readonly<Record<string, string>> = {
  'env:HOOK': SECRET,
  'env:HOOK_NEXT': NEXT_SECRET,
  'env:HOOK_BAD': 'not a secret',
};

/** Webhooks of the operator, of source acme and of buyer apex, each at a path of its own. */
export interface Hooks {
  readonly operator?: Webhooks;
  readonly source?: Webhooks;
  readonly buyer?: Webhooks;
}

/** A webhook at a path of the receiver; it takes all that its party may hear of. */
export function hookAt(receiver: Receiver, path: string, changes: Partial<Webhook> = {}): Webhook {
  const types = { source: SOURCE_EVENTS, buyer: BUYER_EVENTS, operator: EVENT_TYPES };
  const party = (['source', 'buyer'] as const).find((each) => path.startsWith(`/${each}`));
  return {
    url: receiver.urlOf(path),
    secrets: ['env:HOOK'],
    events: types[party ?? 'operator'],
    timeoutMs: 1_000,
    ...changes,
  };
}

export type DeskUnderTest = ReturnType<typeof openDesk>;

/** A running desk, as each `serve` has one. */
export function openDesk(
  pool: Pool,
  receiver: Receiver,
  settings: {
    readonly hooks: Hooks;
    readonly terms?: Partial<RetryTerms>;
    readonly around?: (send: Send) => Send;
  },
) {
  const allowPrivate = new Set([receiver.address]);
  const http = createHttp({ allowPrivate, allowHttp: false });
  const errors: unknown[] = [];
  let world = worldOf(settings.hooks);
  const desk = startEventDesk({
    pool,
    currentWorld: () => world,
    send: settings.around?.(http.send) ?? http.send,
    readSecret: async (reference) => SECRETS[reference],
    log: pino({ level: 'silent' }),
    onError: (error) => void errors.push(error),
    metrics: createMetrics({}),
    terms: { ...QUICK, ...settings.terms },
  });
  return {
    errors,
    apply: (hooks: Hooks) => void (world = worldOf(hooks)),
    async close() {
      await desk.stop();
      await http.close();
    },
  };
}

function worldOf({ operator = {}, source = {}, buyer = {} }: Hooks): World {
  const empty = { operators: {}, verticals: {}, campaigns: {}, contracts: {} };
  const sources = { acme: { webhooks: source } } as unknown as World['sources'];
  const buyers = { apex: { webhooks: buyer } } as unknown as World['buyers'];
  const named = { name: 'test', timeZone: 'America/New_York', paused: false };
  return { ...named, ...empty, sources, buyers, webhooks: operator };
}
