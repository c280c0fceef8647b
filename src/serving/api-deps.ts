// What the HTTP surface asks for, answered by the rest of this process.

import type { Logger } from 'pino';
import type { ApiDeps } from '../api/deps.ts';
import type { Config } from '../config.ts';
import { listDeposits, readPaidIn } from '../db/deposits.ts';
import { findOutcome } from '../db/leads.ts';
import { listLookupDays } from '../db/lookups/answers.ts';
import { listLeads } from '../db/reading/lead-list.ts';
import { programVersion } from '../db/migrate.ts';
import { readCapsBefore } from '../db/reading/caps-before.ts';
import { readCapCounts } from '../db/reading/cap-counts.ts';
import { readPnl } from '../db/reading/pnl.ts';
import type { Pool } from '../db/pool.ts';
import { countRecorded, listRecorded } from '../db/reading/recorded-leads.ts';
import { findTrace } from '../db/reading/trace.ts';
import { addSuppressions } from '../db/suppressions/add.ts';
import {
  countSuppressed,
  findSuppressed,
  listSuppressionDeeds,
  listSuppressionLists,
} from '../db/suppressions/read.ts';
import { removeSuppression, removeSuppressionList } from '../db/suppressions/remove.ts';
import { recordAction } from '../db/waiting.ts';
import { findCurrentWorld, findWorld, listWorlds } from '../db/worlds.ts';
import { findHadBefore } from '../db/persons/before.ts';
import { findSeen, hashPersons } from '../db/persons/seen.ts';
import { listRotations } from '../db/rotations.ts';
import { recordFeedback } from '../db/scoring/feedback.ts';
import { createCapReader } from './cap-reader.ts';
import type { Hearing } from './doubts/hearing.ts';
import { createEventCalls } from './events/calls.ts';
import type { DepositDesk } from './deposit-desk.ts';
import type { IntakeDesk } from './intake-desk.ts';
import type { PingDesk } from './ping-desk.ts';
import type { Metrics } from './metrics.ts';
import type { TemporalHost } from './temporal-host.ts';
import type { Worlds } from './worlds.ts';

export interface ServingParts {
  readonly config: Config;
  readonly log: Logger;
  readonly pool: Pool;
  readonly worlds: Worlds;
  readonly desk: IntakeDesk;
  readonly pings: PingDesk;
  readonly deposits: DepositDesk;
  readonly metrics: Metrics;
  readonly host: TemporalHost;
  readonly hearing: Hearing;
  readonly tryStep: ApiDeps['tryStep'];
  readonly readSecret: ApiDeps['readSecret'];
  readonly readSigningKey: ApiDeps['stampKey'];
  readonly storeNotices: ApiDeps['storeNotices'];
  readonly deliveries: ApiDeps['deliveries'];
}

/** Binds the HTTP surface to this process. */
export function createApiDeps(parts: ServingParts): ApiDeps {
  const { config, pool, worlds, desk, metrics } = parts;
  return {
    log: parts.log,
    version: programVersion(),
    temporalUiUrl: config.temporal.uiUrl ?? null,
    namespace: config.temporal.namespace,
    isReady: () => readiness(parts),
    metrics: metrics.text,
    countRefusal: (door, why) => metrics.refused.inc({ door, why }),
    currentWorld: worlds.current,
    findWorld: async (version) =>
      (await findWorld(pool, version)) && (await worlds.at(version)).world,
    findWorldDocument: (version) =>
      version === undefined ? findCurrentWorld(pool) : findWorld(pool, version),
    listWorlds: (page) => listWorlds(pool, page),
    applyWorld: worlds.apply,
    acceptLead: desk.acceptLead,
    quotePing: parts.pings.quote,
    findPing: parts.pings.find,
    acceptPost: desk.acceptPost,
    distribute: desk.distribute,
    awaitOutcome: desk.awaitOutcome,
    findTrace: (leadId) => findTrace(pool, leadId),
    findOutcome: (sourceId, lead) => findOutcome(pool, sourceId, lead),
    listLeads: (query) => listLeads(pool, query),
    actOnLead: (leadId, action) => recordAction(pool, leadId, action),
    recordFeedback: (reports) => recordFeedback(pool, reports),
    ...parts.hearing,
    readPnl: (query) => readPnl(pool, query),
    listLookupDays: (period) => listLookupDays(pool, period),
    async findRules(version) {
      if (version === undefined) return worlds.current();
      return (await findWorld(pool, version)) && worlds.at(version);
    },
    readCaps: createCapReader(parts),
    findSeen: (questions, nowMs) => findSeen(pool, hashPersons(questions), { nowMs }),
    listRotations: (campaignId) => listRotations(pool, campaignId),
    countCaps: (buyerIds) => readCapCounts(pool, buyerIds),
    recordDeposit: parts.deposits.record,
    listDeposits: (buyerId, page) => listDeposits(pool, buyerId, page),
    readPaidIn: (buyerIds) => readPaidIn(pool, buyerIds),
    tryStep: parts.tryStep,
    readSecret: parts.readSecret,
    stampKey: parts.readSigningKey,
    storeNotices: parts.storeNotices,
    deliveries: parts.deliveries,
    suppressions: bindSuppressions(pool),
    events: createEventCalls(pool),
    history: {
      countRecorded: (period) => countRecorded(pool, period),
      listRecorded: (period, page) => listRecorded(pool, period, page),
      readCapsBefore: (buyerIds, period) => readCapsBefore(pool, buyerIds, period),
      findHadBefore: (keys, before) => findHadBefore(pool, keys, before),
    },
  };
}

function bindSuppressions(pool: Pool): ApiDeps['suppressions'] {
  return {
    add: (addition) => addSuppressions(pool, addition),
    count: (of) => countSuppressed(pool, of),
    find: (kind, hashes) => findSuppressed(pool, kind, hashes),
    lists: (page) => listSuppressionLists(pool, page),
    remove: (of) => removeSuppression(pool, of),
    removeList: (of) => removeSuppressionList(pool, of),
    deeds: (page) => listSuppressionDeeds(pool, page),
  };
}

/** Ready from the moment leads are worked on; Temporal alone being away only degrades. */
async function readiness({ pool, host, log }: ServingParts) {
  try {
    await pool.query('select 1');
  } catch (error) {
    // Anyone may ask: the reason, with its addresses, goes to the log only.
    log.warn({ err: error }, 'PostgreSQL does not answer');
    return { ready: false, degraded: ['postgres'], detail: 'PostgreSQL does not answer' };
  }
  const calls = host.calls();
  const up = calls !== undefined && (await calls.isUp());
  if (up) return { ready: true, degraded: [] };
  // Before the first connection nothing has been worked on yet.
  return { ready: host.hasWorked(), degraded: ['temporal'] };
}
