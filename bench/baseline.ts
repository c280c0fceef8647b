// The baseline, a process of its own: the same leads through the same HTTP surface, activities,
// domain and SQL, and no Temporal. A lead's steps are called one after the other in this process,
// and a cap is a row. What it lacks is what Temporal gives: after a crash nobody goes on.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import pino from 'pino';
import { createCaseBook } from '../src/activities/cases.ts';
import { createTokens } from '../src/activities/delivering/host.ts';
import { createMailer } from '../src/activities/delivering/mail.ts';
import { createUploader } from '../src/activities/delivering/sftp.ts';
import { createHttp } from '../src/activities/http.ts';
import { createActivities } from '../src/activities/index.ts';
import { createApp } from '../src/api/app.ts';
import { readConfig } from '../src/config.ts';
import { listOutcomes } from '../src/db/leads.ts';
import { createPool } from '../src/db/pool.ts';
import { createAnswers } from '../src/serving/answers.ts';
import { openLookupDesk } from '../src/serving/lookups/desk.ts';
import { openScoringDesk } from '../src/serving/scoring/desk.ts';
import { createApiDeps } from '../src/serving/api-deps.ts';
import { createDepositDesk } from '../src/serving/deposit-desk.ts';
import { createIntakeDesk } from '../src/serving/intake-desk.ts';
import { createMetrics } from '../src/serving/metrics.ts';
import { openWorlds } from '../src/serving/worlds.ts';
import type { TemporalCalls } from '../src/temporal.ts';
import { createDistribution } from './baseline/distribution.ts';
import { createRowCaps } from './baseline/row-caps.ts';

export interface BaselineSettings {
  readonly databaseUrl: string;
  readonly port: number;
  /** `host:port` of the buyers. */
  readonly buyers: string;
}

async function run({ databaseUrl, port, buyers }: BaselineSettings): Promise<void> {
  const config = readConfig({ OUTBOUND_ALLOW_PRIVATE: buyers });
  const process = 'baseline';
  const log = pino({ level: config.logLevel });
  const onError = (error: unknown) => log.error({ err: error }, 'a lead stays where it is');
  const pool = createPool({ url: databaseUrl, max: config.databaseConnections, name: process });
  const caps = await createRowCaps(pool);
  const worlds = await openWorlds({ pool, onError });
  const cases = createCaseBook({ pool, worldAt: (version) => worlds.at(version) });
  const answers = createAnswers({ readOutcomes: (leadIds) => listOutcomes(pool, leadIds) });
  const metrics = createMetrics({});
  const http = createHttp(config.outbound);
  const currentWorld = () => worlds.current().world;
  const scoring = openScoringDesk({ config, pool, metrics, log, currentWorld, onError });
  const readSecret = async () => undefined;
  const deps = {
    ...{ grader: scoring.grader, scoreModel: scoring.scoreModel },
    ...{ pool, cases, process, readSecret, send: http.send },
    desk: caps,
    lookups: openLookupDesk({ pool, cases, metrics, log, readSecret, onError, http }),
    carriers: { mail: createMailer(config.outbound), upload: createUploader(config.outbound) },
    giveAnswer: answers.give,
    now: Date.now,
    tokens: createTokens(Date.now),
    calls: { tell: async () => undefined },
    pushes: { random: Math.random, count: () => undefined, onUnwell: () => undefined },
  };
  const activities = createActivities(deps);
  const distribute = createDistribution(deps, activities);

  // All that the intake desk asks of Temporal: the lead's steps begin, and the start returns.
  const calls = {
    startDistribution: async (lead) => {
      void distribute(lead).catch(onError);
      return { eager: true };
    },
  } satisfies Partial<TemporalCalls> as Partial<TemporalCalls> as TemporalCalls;
  const temporal = () => calls;
  const desk = createIntakeDesk({
    ...{ pool, worlds, cases, answers, metrics, process, temporal, onError },
  });
  const host = { calls: () => undefined, hasWorked: () => true, stop: async () => undefined };
  const deposits = createDepositDesk({ pool, desk: caps, currentWorld });
  const pings = { quote: notHere, find: notHere };
  const lists = { list: notHere, endpoints: notHere, countOpen: notHere };
  const parts = {
    ...{ config, log, pool, worlds, desk, pings, deposits, metrics, host },
    hearing: { settleDoubt: notHere, hearBuyer: notHere, hearCall: notHere },
    ...{ readSecret: notHere, readSigningKey: notHere, storeNotices: notHere },
    deliveries: { ...lists, redeliver: notHere, switchEndpoint: notHere },
    tryStep: notHere,
  };
  createServer(createApp(createApiDeps(parts))).listen(port, '127.0.0.1');
}

function notHere(): never {
  throw new Error('the baseline takes leads only');
}

process.once('SIGTERM', () => process.exit(0));
const [, , settingsFile = ''] = process.argv;
await run(JSON.parse(readFileSync(settingsFile, 'utf8')) as BaselineSettings);
