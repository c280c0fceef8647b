// What the figures were measured on: without it a number means nothing.

import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { packageRoot } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import { runProgram } from '../../src/stack/run-program.ts';
import type { Servers } from '../stand/servers.ts';

export interface MachineFacts {
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly temporal: string;
  readonly postgres: string;
  /** Of the program; null outside a clone, `+` for one with changes. */
  readonly commit: string | null;
  /** Median of writing 8 kB through to the disk that the databases are on. */
  readonly fdatasyncUs: number;
}

const SYNCS = 100;

/** Reads them all. */
export async function readMachineFacts(folder: string, servers: Servers): Promise<MachineFacts> {
  return {
    cpus: availableParallelism(),
    cpuModel: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.versions.node,
    temporal: await temporalVersion(servers.temporalAddress),
    postgres: await postgresVersion(servers.databaseUrl),
    commit: await commit(),
    fdatasyncUs: fdatasyncUs(join(folder, 'fdatasync')),
  };
}

async function temporalVersion(address: string): Promise<string> {
  const connection = await Connection.connect({ address });
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  await connection.close();
  return serverVersion ?? 'unknown';
}

async function postgresVersion(url: string): Promise<string> {
  const pool = createPool({ url, max: 1, name: 'sluice bench' });
  const found = await pool.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  await pool.end();
  return found.rows[0]?.version ?? 'unknown';
}

async function commit(): Promise<string | null> {
  const git = (...args: string[]) => runProgram('git', ['-C', packageRoot(), ...args]);
  try {
    const hash = (await git('rev-parse', '--short', 'HEAD')).trim();
    return (await git('status', '--porcelain')) === '' ? hash : `${hash}+`;
  } catch {
    return null; // No git, or no clone: the version is unknown.
  }
}

function fdatasyncUs(file: string): number {
  const fd = openSync(file, 'w');
  const page = Buffer.alloc(8 * 1024, 1);
  const took: number[] = [];
  for (let each = 0; each < SYNCS; each += 1) {
    const begunAt = performance.now();
    writeSync(fd, page);
    fdatasyncSync(fd);
    took.push(performance.now() - begunAt);
  }
  closeSync(fd);
  rmSync(file);
  return Math.round((took.sort((a, b) => a - b)[SYNCS / 2] ?? 0) * 1_000);
}
