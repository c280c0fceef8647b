// Servers of an earlier run: does the process that a pid file names still run? A pid alone proves
// nothing, for after a crash or a reboot the number may belong to anybody.

import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Say } from './processes.ts';
import { runProgram } from './run-program.ts';
import { codeOf, StackError } from './stack-error.ts';

/** A pid file, and the word by which its process is known in the process list. */
export interface Leftover {
  readonly name: string;
  /** Its first line is the process id. */
  readonly pidFile: string;
  /** A part of the command line, such as `postgres`. */
  readonly program: string;
}

/**
 * Says what an earlier run left: `none`, `running`, `crashed` (the process is gone), or `reused`
 * (the process id now belongs to another program).
 */
export async function findLeftover(leftover: Leftover): Promise<LeftoverState> {
  const pid = readPid(leftover.pidFile);
  if (pid === undefined) return { kind: 'none' };
  if (!isAlive(pid)) return { kind: 'crashed', pid };
  const command = await commandOf(pid);
  return {
    kind: command.includes(leftover.program) ? 'running' : 'reused',
    pid,
  };
}

/** What became of the process that a pid file names. */
export type LeftoverState =
  { readonly kind: 'none' } | { readonly kind: 'running' | 'crashed' | 'reused'; pid: number };

/**
 * Makes way for a new start: waits five seconds for a server that is just stopping, and removes a
 * pid file whose number belongs to another program now. Throws `StackError` if it goes on running.
 */
export async function awaitLeftover(leftover: Leftover, say: Say): Promise<LeftoverState> {
  const deadline = Date.now() + 5_000;
  for (let asked = 0; ; asked += 1) {
    const state = await findLeftover(leftover);
    if (state.kind === 'reused') await rm(leftover.pidFile, { force: true });
    if (state.kind !== 'running') return state;
    if (Date.now() > deadline) throw stillRunning(leftover, state.pid);
    if (asked === 0) say(`${leftover.name}: an earlier one (process ${state.pid}) still runs…`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The error for a server that somebody else runs on the same data. */
export function stillRunning({ name, pidFile }: Leftover, pid: number): StackError {
  return new StackError(
    `${name} already runs on this data (process ${pid}, see ${pidFile})`,
    `Stop the other sluice first, end it with "kill -INT ${pid}", or set another SLUICE_DATA_DIR.`,
  );
}

function readPid(pidFile: string): number | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // Alive, and another user's.
  }
}

async function commandOf(pid: number): Promise<string> {
  const inProc = `/proc/${pid}/cmdline`;
  try {
    if (existsSync(inProc)) return readFileSync(inProc, 'utf8').replaceAll('\0', ' ');
    return await runProgram('ps', ['-o', 'command=', '-p', String(pid)]);
  } catch {
    return ''; // It ended while we looked.
  }
}
