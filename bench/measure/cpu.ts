// CPU time from /proc: of process trees, and of the machine as a whole, so that a run can tell what
// it used from what others took away.

import { readdirSync, readFileSync } from 'node:fs';

/** A moment of the machine. Times are milliseconds of CPU since each began. */
export interface CpuMoment {
  /** By the root's process id: the tree's user and system time, children that ended included. */
  readonly trees: ReadonlyMap<number, number>;
  readonly allMs: number;
  readonly idleMs: number;
  readonly stealMs: number;
}

/** What happened on the machine between two moments, as shares of all its time. */
export interface Machine {
  /** Taken by the host for other guests. */
  readonly stealShare: number;
  /** Used by processes that do not belong to the run. */
  readonly foreignShare: number;
}

// Linux reports hundredths of a second on every machine that Node runs on.
const TICK_MS = 10;

/** Reads the clock of every tree. Throws where there is no /proc. */
export function readCpu(roots: readonly number[]): CpuMoment {
  const { children, ownMs } = readProcesses();
  const treeMs = (pid: number): number =>
    (children.get(pid) ?? []).reduce((sum, child) => sum + treeMs(child), ownMs.get(pid) ?? 0);
  return { trees: new Map(roots.map((pid) => [pid, treeMs(pid)])), ...readMachine() };
}

/** How much CPU one tree used between two moments. */
export function usedMs(before: CpuMoment, after: CpuMoment, root: number): number {
  return (after.trees.get(root) ?? 0) - (before.trees.get(root) ?? 0);
}

/** What the machine did between two moments beside the trees that both know. */
export function machineBetween(before: CpuMoment, after: CpuMoment): Machine {
  const all = Math.max(1, after.allMs - before.allMs);
  const steal = after.stealMs - before.stealMs;
  const busy = all - (after.idleMs - before.idleMs) - steal;
  const ours = [...after.trees.keys()].reduce((sum, pid) => sum + usedMs(before, after, pid), 0);
  return { stealShare: steal / all, foreignShare: Math.max(0, busy - ours) / all };
}

function readProcesses() {
  const children = new Map<number, number[]>();
  const ownMs = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
    if (!stat) continue;
    ownMs.set(pid, stat.ms);
    const siblings = children.get(stat.parent);
    if (siblings) siblings.push(pid);
    else children.set(stat.parent, [pid]);
  }
  return { children, ownMs };
}

/** Undefined when the process has just ended: its parent has its time then. */
function readStat(pid: number): { parent: number; ms: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in brackets may hold anything; the numbers begin after the last bracket.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
  return { parent: fields[1] ?? 0, ms: (utime + stime + cutime + cstime) * TICK_MS };
}

function readMachine() {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle = 0, iowait = 0, , , steal = 0] = ticks;
  const all = ticks.reduce((sum, each) => sum + each, 0);
  return { allMs: all * TICK_MS, idleMs: (idle + iowait) * TICK_MS, stealMs: steal * TICK_MS };
}
