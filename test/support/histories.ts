// Recorded runs of workflows, and a replay of them with the workflow code of src, bundled once per
// test process.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type History, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { packageRoot } from '../../src/db/migrate.ts';

const FOLDER = fileURLToPath(new URL('../histories', import.meta.url));

/** A history in the JSON that Temporal's own tools read and write. */
export interface RecordedHistory {
  readonly events: RecordedEvent[];
}

export interface RecordedEvent {
  readonly eventType: string;
  readonly [attributes: string]: unknown;
}

/** The files of recorded runs, by name. */
export function listHistories(): string[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
}

export function readHistory(file: string): RecordedHistory {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as RecordedHistory;
}

/**
 * Writes a run as the server gave it, but for the folder that stack traces name: nobody else has
 * it. Only `npm run histories` does this.
 */
export function storeHistory(name: string, history: History): void {
  const text = historyToJSON(history).replaceAll(packageRoot(), '/sluice');
  writeFileSync(join(FOLDER, `${name}.json`), `${text}\n`);
}

/** All that a history holds, its payloads in clear: for what must not stand in it. */
export function clearText(history: History): string {
  return historyToJSON(history).replaceAll(/"data": ?"([^"]*)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString(),
  );
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Replays a run. Throws `DeterminismViolationError` where the code would have done otherwise. */
export async function replay(history: RecordedHistory | History): Promise<void> {
  bundle ??= bundleWorkflows();
  await Worker.runReplayHistory({ workflowBundle: await bundle }, history);
}

function bundleWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  // What a replay has to say is in its error.
  const logger = new DefaultLogger('ERROR', () => undefined);
  const logging = { filter: 'temporalio_sdk_core=ERROR', forward: {} };
  Runtime.install({ logger, telemetryOptions: { logging } });
  const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
  return bundleWorkflowCode({ workflowsPath, logger });
}
