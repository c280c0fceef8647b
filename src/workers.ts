// The two Workers: leads (workflows, local and regular activities) and caps (entities only).

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  DefaultLogger,
  type NativeConnection,
  Runtime,
  type Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Activities } from './activities/index.ts';
import type { Config } from './config.ts';
import { programVersion } from './db/migrate.ts';
import { LeanWorker } from './lean-worker.ts';
import { CAPS_QUEUE, LEADS_QUEUE } from './temporal.ts';

// A dead process must not hold the next task of a lead for the SDK's 10 s.
const STICKY_TIMEOUT = '2s';

const SHARED = {
  // Named short: the default is a hash that stands in every workflow task of every history.
  workerDeploymentOptions: {
    version: { deploymentName: 'sluice', buildId: programVersion() },
    useWorkerVersioning: false,
  },
  stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
  shutdownGraceTime: '10s',
  shutdownForceTime: '30s',
} as const satisfies Partial<WorkerOptions>;

/** Where the build puts the workflows; the sources are bundled on the fly where it did not run. */
function workflowsOf(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const codePath = fileURLToPath(new URL('../workflows.js', import.meta.url));
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return { workflowsPath: fileURLToPath(new URL('./workflows/index.ts', import.meta.url)) };
}

/** Routes the SDK's own warnings into `say`. Once per process, before anything else of Temporal. */
export function installRuntime(say: (level: string, message: string) => void): void {
  Runtime.install({
    // Messages only: the details of an entry may hold payloads.
    logger: new DefaultLogger('WARN', ({ level, message }) => say(level.toLowerCase(), message)),
    telemetryOptions: { logging: { filter: 'temporalio_sdk_core=WARN', forward: {} } },
    shutdownSignals: [],
  });
}

/**
 * A lead holds its slot through auction and offers. More at once than a core gets through in the
 * time of a workflow task, and under overload every task times out and is begun anew: 200 on two
 * cores finished two leads a second of a backlog, where these finish it at full speed.
 */
const LEADS_PER_CORE = 20;

/** The Worker of leads: eager starts need it in the process that serves the API. */
export function createLeadWorker(
  connection: NativeConnection,
  settings: Config['temporal'],
  activities: Activities,
): Promise<Worker> {
  return LeanWorker.create({
    ...SHARED,
    ...workflowsOf(),
    connection,
    namespace: settings.namespace,
    taskQueue: LEADS_QUEUE,
    activities,
    maxConcurrentWorkflowTaskExecutions: LEADS_PER_CORE * availableParallelism(),
    maxConcurrentLocalActivityExecutions: 400,
    maxConcurrentActivityTaskExecutions: 200,
    maxCachedWorkflows: settings.maxCachedWorkflows,
  });
}

/** The Worker of caps, on its own queue; its cache must hold every buyer. */
export function createCapsWorker(
  connection: NativeConnection,
  settings: Config['temporal'],
): Promise<Worker> {
  return LeanWorker.create({
    ...SHARED,
    ...workflowsOf(),
    connection,
    namespace: settings.namespace,
    taskQueue: CAPS_QUEUE,
    maxConcurrentWorkflowTaskExecutions: 40,
    maxCachedWorkflows: settings.maxCachedWorkflows,
  });
}
