// Child processes of the stack: each in its own process group (so that Ctrl-C reaches only us, and
// we stop them in order), each with a log file and a guard that stops it if we are killed.
// States: starting -> running -> stopping -> ended; only an end from `running` is reported.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { startGuard } from './guard.ts';
import { reasonOf, StackError } from './stack-error.ts';

/** Tells the person at the terminal one line of progress. */
export type Say = (text: string) => void;

/** The OS user that a child runs as; only root may name one. */
export interface OsUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** How one child is started, known to be ready, and stopped. */
export interface ProcessSpec {
  /** As people call it: "PostgreSQL", "demo buyers". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The child's whole environment; ours if absent. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly cwd?: string;
  readonly user?: OsUser | undefined;
  /** Receives stdout and stderr. */
  readonly logFile: string;
  readonly say: Say;
  /** Asked ten times a second until true; a throw ends the start. Absent: ready when spawned. */
  readonly readyWhen?: () => Promise<boolean>;
  readonly readyTimeoutMs?: number;
  /** Sent in this order until it ends; SIGKILL follows by itself. SIGTERM if absent. */
  readonly stopSignals?: readonly NodeJS.Signals[];
  /** Called once if it ends after it was ready and without `stop`. */
  readonly onExit?: OnExit | undefined;
}

/** How a child ended. `lastLines` are the last lines it wrote to its log. */
export interface ProcessExit {
  readonly name: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly logFile: string;
  readonly lastLines: readonly string[];
}

/** Hears of a child that ended although nobody stopped it. */
export type OnExit = (exit: ProcessExit) => void;

/** A child that is ready. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Asks, waits `graceMs` (10 s) per signal, kills. Safe to repeat; resolves when it has ended. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

const LOG_MAX_BYTES = 10 * 1024 * 1024;

/**
 * Starts a child and resolves when it is ready. Throws `StackError` with the child's last log lines
 * if it cannot be spawned, ends first, or is not ready in `readyTimeoutMs` (60 s); then it is gone.
 */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const { name, stopSignals = ['SIGTERM'] } = spec;
  const { child, logStart } = spawnChild(spec);
  let state: 'starting' | 'running' | 'stopping' = 'starting';
  let ended: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      const lastLines = readLastLines(spec.logFile, logStart);
      ended = { name, code, signal, logFile: spec.logFile, lastLines };
      resolve(ended);
      if (state === 'running') spec.onExit?.(ended);
    });
  });

  const pid = await pidOf(child, spec);
  const guard = startGuard(pid, stopSignals);
  void exited.then(() => {
    signalGroup(pid, 'SIGKILL'); // What it may have started itself must not outlive it.
    guard.dismiss();
  });

  let stopped: Promise<void> | undefined;
  const stop = ({ graceMs = 10_000 } = {}): Promise<void> => {
    state = 'stopping';
    // Its process id may already be another's if it has ended.
    stopped ??= ended
      ? Promise.resolve()
      : stopGroup({ pid, signals: stopSignals, graceMs, exited, ...spec });
    return stopped;
  };

  try {
    await untilReady(spec, () => ended, exited);
  } catch (error) {
    await stop();
    throw error;
  }
  state = 'running';
  return { name, pid, exited, stop };
}

/** An exit in one line: "PostgreSQL ended (exit code 1)". */
export function describeExit({ name, code, signal }: ProcessExit): string {
  return `${name} ended (${signal === null ? `exit code ${code}` : `signal ${signal}`})`;
}

function spawnChild(spec: ProcessSpec): {
  child: ChildProcess;
  logStart: number;
} {
  const log = openLog(spec.logFile);
  try {
    const child = spawn(spec.command, spec.args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...(spec.env && { env: spec.env }),
      ...(spec.cwd !== undefined && { cwd: spec.cwd }),
      ...(spec.user && { uid: spec.user.uid, gid: spec.user.gid }),
    });
    return { child, logStart: log.start };
  } finally {
    closeSync(log.fd);
  }
}

async function pidOf(child: ChildProcess, { name, command }: ProcessSpec): Promise<number> {
  const { pid } = child;
  if (pid !== undefined) return pid;
  const error = await new Promise<Error>((resolve) => child.once('error', resolve));
  throw new StackError(
    `${name} cannot be started: ${reasonOf(error)}`,
    `Check that ${command} exists and may be executed.`,
    { cause: error },
  );
}

async function untilReady(
  spec: ProcessSpec,
  ended: () => ProcessExit | undefined,
  exited: Promise<ProcessExit>,
): Promise<void> {
  const { name, logFile, readyWhen, readyTimeoutMs = 60_000 } = spec;
  const deadline = Date.now() + readyTimeoutMs;
  while (readyWhen) {
    const ready = await readyWhen();
    const exit = ended();
    if (exit) {
      const lines = exit.lastLines.map((line) => `\n  | ${line}`).join('');
      throw new StackError(`${describeExit(exit)} before it was ready${lines}`, `See ${logFile}.`);
    }
    if (ready) return;
    if (Date.now() > deadline) {
      const text = `${name} was not ready within ${Math.round(readyTimeoutMs / 1000)} s`;
      throw new StackError(text, `See ${logFile}.`);
    }
    await endsWithin(exited, 100);
  }
}

interface StopOrder {
  readonly pid: number;
  readonly name: string;
  readonly signals: readonly NodeJS.Signals[];
  readonly graceMs: number;
  readonly exited: Promise<ProcessExit>;
  readonly say: Say;
}

async function stopGroup({ pid, name, signals, graceMs, exited, say }: StopOrder): Promise<void> {
  for (const signal of signals) {
    signalGroup(pid, signal);
    if (await endsWithin(exited, graceMs)) return;
    say(`${name} did not end within ${graceMs / 1000} s of ${signal}; asking harder`);
  }
  signalGroup(pid, 'SIGKILL');
  await exited;
}

async function endsWithin(exited: Promise<ProcessExit>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const inTime = await Promise.race([exited.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group: that is what a signal to stop is for.
  }
}

/** Opens the log for appending; beyond 10 MB the old one makes room, or a disk would fill. */
function openLog(logFile: string): { fd: number; start: number } {
  mkdirSync(dirname(logFile), { recursive: true });
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= LOG_MAX_BYTES) return { fd: openSync(logFile, 'a'), start: size };
  renameSync(logFile, `${logFile}.old`);
  return { fd: openSync(logFile, 'a'), start: 0 };
}

function readLastLines(logFile: string, start: number): string[] {
  try {
    const text = readFileSync(logFile).subarray(start).subarray(-64_000).toString('utf8');
    return text.trimEnd().split('\n').slice(-15).filter(Boolean);
  } catch {
    return []; // The log was deleted meanwhile; the exit itself is still worth telling.
  }
}
