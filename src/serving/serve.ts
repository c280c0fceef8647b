// One serving process: API, lead Worker, and the caps Worker unless it runs apart. Wires every
// connection and function, and takes them down in order: intake first, caps after the leads.

import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { createPingDesk } from './ping-desk.ts';
import { createCapDesk } from '../activities/cap-desk.ts';
import { createCaseBook } from '../activities/cases.ts';
import { createTry } from '../activities/trying/try.ts';
import { createTokens } from '../activities/delivering/host.ts';
import { createMailer } from '../activities/delivering/mail.ts';
import { createUploader } from '../activities/delivering/sftp.ts';
import { createHttp } from '../activities/http.ts';
import { createActivities } from '../activities/index.ts';
import { type Answers, createAnswers } from './answers.ts';
import { createApp } from '../api/app.ts';
import type { Config } from '../config.ts';
import { readCapsSeed } from '../db/caps-seed.ts';
import { listOutcomes } from '../db/leads.ts';
import { createSecretMemory } from '../db/installation.ts';
import { fillPersons } from '../db/persons/fills.ts';
import { createPool, type Pool } from '../db/pool.ts';
import { ANSWER_CHANNEL } from '../db/settlement.ts';
import { WORLD_CHANNEL } from '../db/worlds.ts';
import { isLeadId } from '../domain/ids.ts';
import type { World } from '../domain/world/world.ts';
import { listCapped } from '../eligibility/present-caps.ts';
import { compileRepeats, listKept } from '../eligibility/repeats.ts';
import { createIntakeDesk } from './intake-desk.ts';
import { listen } from './listener.ts';
import { createMetrics } from './metrics.ts';
import { createNoticeDesk } from './fetching/notice-desk.ts';
import { createHearing } from './doubts/hearing.ts';
import { createDepositDesk } from './deposit-desk.ts';
import { createSecretReader } from './secrets.ts';
import { createApiDeps } from './api-deps.ts';
import { openDeliveryDesk } from './delivering/desk.ts';
import { startEventDesk } from './events/desk.ts';
import { createFullCaps } from './events/full-caps.ts';
import { openLookupDesk } from './lookups/desk.ts';
import { createCallDesk } from './transfers/desk.ts';
import { openScoringDesk } from './scoring/desk.ts';
import { startSweeper } from './sweeper.ts';
import type { TemporalCalls } from '../temporal.ts';
import { startTemporalHost, type TemporalHost } from './temporal-host.ts';
import { openWorlds, type Worlds } from './worlds.ts';

export interface Serving {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts serving and resolves once requests are taken; Temporal may still be connecting. */
export async function serve(
  config: Config & { readonly databaseUrl: string },
  { log, env }: { log: Logger; env: NodeJS.ProcessEnv },
): Promise<Serving> {
  const { databaseUrl, operatorKeySha256, publicUrl } = config;
  const process = `serve-${randomUUID().slice(0, 8)}`;
  const onError = (error: unknown) => log.warn({ err: error }, 'a background step failed');
  const pool = createPool({ url: databaseUrl, max: config.databaseConnections, name: process });
  const warm = (world: World) => capDesk.warm(listCapped(world));
  const onChange = (world: World) => {
    capDesk.forgetDenials();
    for (const asked of [scoring.grader, lookups]) asked.retry();
    if (host.calls()) void warm(world).catch(onError);
  };
  const prepare = (world: World) => fillFor(pool, world);
  const forWorlds = { pool, operatorKeySha256, onError, onChange, prepare };
  const worlds = await openWorlds({ ...forWorlds, calls: { publicUrl } });
  const answers = createAnswers({ readOutcomes: (leadIds) => listOutcomes(pool, leadIds) });
  const cases = createCaseBook({ pool, worldAt: (version) => worlds.at(version) });
  const http = createHttp(config.outbound);
  const metrics = createMetrics(gaugesOf(pool));
  const temporal = (): TemporalCalls | undefined => host.calls();
  const capDesk = createDesk({ pool, temporal, config, onError });
  const currentWorld = () => worlds.current().world;
  const scoring = openScoringDesk({ config, pool, metrics, log, currentWorld, onError });
  const deposits = createDepositDesk({ pool, desk: capDesk, currentWorld });
  const forDesk = { pool, worlds, cases, answers, metrics, process, temporal, onError };
  const desk = createIntakeDesk(forDesk);
  const readSecret = createSecretReader(env);
  const lookups = openLookupDesk({ pool, cases, metrics, log, readSecret, onError, http });
  const deliveries = openDeliveryDesk({ pool, metrics, log, temporal });
  const notices = createNoticeDesk({
    ...{ pool, worlds, desk, temporal, readSecret, onError, log, config, send: http.send },
  });
  const forActivities = {
    ...{ pool, cases, process, readSecret, desk: capDesk, send: http.send },
    ...{ grader: scoring.grader, scoreModel: scoring.scoreModel, lookups },
    ...{ pushes: deliveries.watch, calls: createCallDesk({ publicUrl, temporal }) },
    ...{ giveAnswer: answers.give, now: Date.now, tokens: createTokens(Date.now) },
    carriers: { mail: createMailer(config.outbound), upload: createUploader(config.outbound) },
  };
  const readSigningKey = createSecretMemory(pool);
  const pings = createPingDesk({ activities: forActivities, worlds, readSigningKey });
  const host: TemporalHost = startTemporalHost({
    temporal: config.temporal,
    activities: { ...createActivities(forActivities), ...notices.activities },
    caps: config.capsInside,
    onConnected: () => warm(currentWorld()),
    say: (level, message, error) => log[level]({ err: error }, message),
  });
  const listener = listen(databaseUrl, [ANSWER_CHANNEL, WORLD_CHANNEL], (channel, payload) =>
    hear(channel, payload, { worlds, answers, process, onError }),
  );
  const sweeper = startSweeper({
    ...{ pool, temporal, start: desk.startStored, tellDeposits: deposits.sweep, onError },
    ...{ fetchNotices: notices.sweep, retainCertificates: lookups.sweep },
    startRedeliveries: deliveries.sweep,
    kept: () => listKept(worlds.current().eligibility.repeats),
  });
  const events = startEventDesk({ ...forActivities, currentWorld, log, onError, metrics });
  const apiDeps = createApiDeps({
    ...{ config, log, pool, worlds, desk, pings, deposits, metrics, host },
    ...{ readSecret, readSigningKey, storeNotices: notices.store, deliveries: deliveries.api },
    ...{ hearing: createHearing(forActivities, log), tryStep: createTry(forActivities) },
  });
  const server = await openServer(createServer(createApp(apiDeps)), config);
  return {
    url: `http://${config.host}:${config.port}`,
    async stop() {
      const drain = closeServer(server);
      await Promise.all([sweeper.stop(), events.stop()]);
      await host.stop();
      answers.close();
      await drain();
      worlds.close();
      await Promise.all([listener.close(), http.close(), scoring.close(), lookups.close()]);
      await pool.end();
    },
  };
}

/** A new world; or `process lead`: settled elsewhere, and its source waits in that process. */
function hear(
  channel: string,
  payload: string,
  here: {
    readonly worlds: Pick<Worlds, 'refresh'>;
    readonly answers: Pick<Answers, 'told'>;
    readonly process: string;
    readonly onError: (error: unknown) => void;
  },
): void {
  if (channel === WORLD_CHANNEL) return void here.worlds.refresh().catch(here.onError);
  const [to, leadId = ''] = payload.split(' ');
  if (to === here.process && isLeadId(leadId)) void here.answers.told(leadId);
}

function createDesk(deps: {
  readonly pool: Pool;
  readonly temporal: () => TemporalCalls | undefined;
  readonly config: Config;
  readonly onError: (error: unknown) => void;
}) {
  const { pool, temporal, config } = deps;
  const loadCalls = (): TemporalCalls => {
    const calls = temporal();
    if (!calls) throw new Error('Temporal is away');
    return calls;
  };
  return createCapDesk({
    applyCaps: async (buyerId, ops, batchId) => loadCalls().applyCaps(buyerId, ops, batchId),
    async seedCaps(buyerId, epoch) {
      await loadCalls().seedCaps(buyerId, { epoch, ...(await readCapsSeed(pool, buyerId)) });
    },
    now: Date.now,
    holdWaitMs: config.capsWaitMs,
    onFull: createFullCaps(deps),
  });
}

/** The longest that an apply waits for a long past to be looked through; the sweeper goes on. */
const FILL_WITHIN_MS = 10_000;

/** New rules against repeats know the leads of before from their first moment. */
async function fillFor(pool: Pool, world: World): Promise<void> {
  const until = Date.now() + FILL_WITHIN_MS;
  await fillPersons(pool, listKept(compileRepeats(world)), () => Date.now() < until);
}

function gaugesOf(pool: Pool) {
  return {
    sluice_database_connections: { help: 'Open connections', read: () => pool.totalCount },
    sluice_database_waiting: { help: 'Queries that wait for one', read: () => pool.waitingCount },
  };
}

/** Listens, or says which variable names a free port. Slow clients are cut off. */
async function openServer(server: Server, { host, port }: Config): Promise<Server> {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxHeadersCount = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const hint = `port ${port} is taken: set SLUICE_PORT to a free one`;
      reject(taken ? new Error(hint, { cause: error }) : error);
    });
    server.listen(port, host, resolve);
  });
  return server;
}

/** Takes no more requests; what it returns waits a moment for those under way, and ends them. */
function closeServer(server: Server): () => Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeIdleConnections();
  return async () => {
    await Promise.race([closed, new Promise((done) => setTimeout(done, 5_000).unref())]);
    server.closeAllConnections();
  };
}
