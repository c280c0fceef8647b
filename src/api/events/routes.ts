// The routes of events: read them, send them once more, and see how webhooks do.

import type { EventQuery, ListedEvent, Replay } from '../../db/events/read.ts';
import type { WebhookHealth } from '../../db/events/webhooks.ts';
import { eventBody, type Party } from '../../domain/events/event.ts';
import { type HeldWebhook, isSameParty, listWebhooks } from '../../domain/events/webhook.ts';
import { isLeadId } from '../../domain/ids.ts';
import { didYouMean } from '../../world/issues.ts';
import type { ApiDeps } from '../deps.ts';
import type { KeyHolder } from '../http/auth.ts';
import { expectBody, expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { Problem } from '../problems.ts';
import {
  enableBody,
  eventsQuery,
  type EventsPage,
  type ReplayAnswer,
  replayBody,
  type WebhookLine,
  webhooksQuery,
  type WebhooksPage,
} from './wire.ts';

const PAGE = 50;
const MAX_BODY_BYTES = 4 * 1024;

/** What stands behind them. */
export interface EventCalls {
  list(query: EventQuery): Promise<readonly ListedEvent[]>;
  countReplay(replay: Replay): Promise<number>;
  /** Queues them and returns how many. */
  replay(replay: Replay): Promise<number>;
  readHealth(ids: readonly string[]): Promise<ReadonlyMap<string, WebhookHealth>>;
  enable(id: string): Promise<void>;
}

export function createEventRoutes(deps: ApiDeps): readonly Route[] {
  return [...createListRoutes(deps), ...createDeedRoutes(deps)];
}

function createListRoutes({ events, currentWorld }: ApiDeps): readonly Route[] {
  const held = () => listWebhooks(currentWorld().world);
  return [
    {
      method: 'get',
      path: '/v1/events',
      access: 'every_key',
      handle: async (req, res, caller) => {
        const asked = expectShape(eventsQuery, req.query);
        const { lead, webhook, limit = PAGE } = asked;
        if (lead !== undefined && !isLeadId(lead)) throw wrong('lead', 'not the id of a lead');
        if (asked.state && !webhook) throw wrong('state', 'wants webhook as well');
        const party = partyOf(caller);
        const own = webhook === undefined ? party : loadWebhook(held(), webhook, party).party;
        const query = {
          ...{ party: own, types: asked.types ?? null, leadId: lead ?? null },
          ...{ webhook: webhook ?? null, state: asked.state ?? null },
          before: asked.before ?? null,
        };
        const found = await events.list({ ...query, limit: limit + 1 });
        const page = found.slice(0, limit);
        const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
        res.json({ events: page.map((event) => toLine(event, own)), next } satisfies EventsPage);
      },
    },
    {
      method: 'get',
      path: '/v1/webhooks',
      access: 'every_key',
      handle: async (req, res, caller) => {
        const { cursor = '', limit = PAGE } = expectShape(webhooksQuery, req.query);
        const own = held().filter(({ party }) => maySee(partyOf(caller), party));
        const after = own.filter(({ id }) => id > cursor);
        const page = after.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
        const health = await events.readHealth(page.map(({ id }) => id));
        const webhooks = page.map((webhook) => describe(webhook, health.get(webhook.id)));
        const next = after.length > limit ? (page.at(-1)?.id ?? null) : null;
        res.json({ webhooks, next } satisfies WebhooksPage);
      },
    },
  ];
}

function createDeedRoutes({ events, currentWorld }: ApiDeps): readonly Route[] {
  const find = (id: string) =>
    loadWebhook(listWebhooks(currentWorld().world), id, { kind: 'operator' });
  const healthOf = async ({ id }: HeldWebhook) => (await events.readHealth([id])).get(id);
  return [
    {
      method: 'post',
      path: '/v1/events/replay',
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res) => {
        const { webhook: id, dry_run, ...asked } = expectBody(replayBody, req);
        const webhook = find(id);
        const [from, to] = [new Date(asked.from), asked.to ? new Date(asked.to) : new Date()];
        if (from >= to) throw wrong('from', 'not before to');
        if ((await healthOf(webhook))?.disabledAt && !dry_run) {
          throw wrong('webhook', 'is disabled', 'enable it: POST /v1/webhooks/enable');
        }
        const { party, events: types } = webhook;
        const replay = { webhook: id, party, types: asked.types ?? types, from, to };
        const count = await (dry_run ? events.countReplay(replay) : events.replay(replay));
        res.json({ webhook: id, events: count, dry_run } satisfies ReplayAnswer);
      },
    },
    {
      method: 'post',
      path: '/v1/webhooks/enable',
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res) => {
        const webhook = find(expectBody(enableBody, req).webhook);
        await events.enable(webhook.id);
        res.json(describe(webhook, await healthOf(webhook)));
      },
    },
  ];
}

function partyOf(caller: KeyHolder): Party {
  return caller.kind === 'operator' ? { kind: caller.kind } : { kind: caller.kind, id: caller.id };
}

function maySee(caller: Party, owner: Party): boolean {
  return caller.kind === 'operator' || isSameParty(caller, owner);
}

/** Another party's webhook is as unknown as none. */
function loadWebhook(held: readonly HeldWebhook[], id: string, caller: Party): HeldWebhook {
  const own = held.filter(({ party }) => maySee(caller, party));
  const found = own.find((webhook) => webhook.id === id);
  if (found) return found;
  const ids = own.map((webhook) => webhook.id);
  const fix = didYouMean(id, ids) ?? '`GET /v1/webhooks` lists them';
  const errors = [{ field: 'webhook', says: 'there is no such webhook', fix }];
  throw new Problem('no_such_entry', { errors });
}

function wrong(field: string, says: string, fix?: string): Problem {
  return new Problem('invalid_request', { errors: [{ field, says, ...(fix && { fix }) }] });
}

function toLine(event: ListedEvent, party: Party): EventsPage['events'][number] {
  const { delivery } = event;
  const { type, timestamp, data } = eventBody(event, party);
  return { id: event.id, type, timestamp, data, ...(delivery && { delivery }) };
}

function describe(webhook: HeldWebhook, known: WebhookHealth | undefined): WebhookLine {
  const { id, url, events } = webhook;
  // What is known of another address says nothing of this one.
  const health = known?.url === url ? known : undefined;
  const at = (date: Date | null | undefined) => date?.toISOString() ?? null;
  return {
    ...{ id, url, events: [...events], state: stateOf(health) },
    last_ok_at: at(health?.lastOkAt),
    failing_since: at(health?.failingSince),
    last_failed_at: at(health?.lastFailedAt),
    last_failure: health?.lastFailure ?? null,
    disabled_at: at(health?.disabledAt),
    disabled_why: health?.disabledWhy ?? null,
    waiting: known?.waiting ?? 0,
    given_up: known?.givenUp ?? 0,
  };
}

function stateOf(health: WebhookHealth | undefined): WebhookLine['state'] {
  if (!health) return 'untried';
  if (health.disabledAt) return 'disabled';
  if (health.failingSince) return 'failing';
  return health.lastOkAt ? 'ok' : 'untried';
}
