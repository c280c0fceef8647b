// Boots one PostgreSQL and one Temporal dev server for the shelves that need them. Two shelves in
// one run share them: each loads this file by itself, so what runs is kept on the process.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/db/migrate.ts';
import { findFreePort } from '../../src/stack/ports.ts';
import { type RunningStack, startStack } from '../../src/stack/stack.ts';

/** Where the servers of this run are. The database named here is migrated and stays empty. */
export interface TestStack {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    stack: TestStack;
  }
}

interface Shared {
  users: number;
  starting: Promise<{ stack: RunningStack; dataDir: string }> | undefined;
}

const KEY = Symbol.for('sluice.test-stack');

function sharedState(): Shared {
  const holder = globalThis as { [KEY]?: Shared };
  return (holder[KEY] ??= { users: 0, starting: undefined });
}

/** Vitest calls this once per shelf, before its first test. */
export async function setup(project: TestProject): Promise<void> {
  const shared = sharedState();
  shared.users += 1;
  shared.starting ??= start();
  const { databaseUrl, temporalAddress } = (await shared.starting).stack;
  project.provide('stack', { databaseUrl, temporalAddress });
}

/** The last shelf to leave stops the servers and deletes their data. */
export async function teardown(): Promise<void> {
  const shared = sharedState();
  shared.users -= 1;
  if (shared.users > 0 || !shared.starting) return;
  const { stack, dataDir } = await shared.starting;
  shared.starting = undefined;
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function start(): Promise<{ stack: RunningStack; dataDir: string }> {
  const say = (line: string) => void process.stdout.write(`[stack] ${line}\n`);
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  // As root, PostgreSQL runs as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const [postgres, temporal] = [await findFreePort(), await findFreePort()];
  const stack = await startStack({
    dataDir,
    ports: { postgres, temporal, temporalUi: 0 },
    headless: true,
    fsync: false,
    say,
  });
  await migrate(stack.databaseUrl, say);
  return { stack, dataDir };
}
