// The figures of a run, from what was counted. Percentiles come from one histogram over all rounds,
// three digits from a microsecond to a minute; they are never averaged.

import { build } from 'hdr-histogram-js';
import type { Sent } from './load.ts';
import type { Audit } from './measure/audit.ts';
import type { Machine } from './measure/cpu.ts';
import type { HistorySize } from './measure/histories.ts';

/** CPU per lead: the serving process, Temporal, PostgreSQL, each with all it started. */
export interface Cpu {
  readonly node: number;
  readonly temporal: number;
  readonly postgres: number;
}

/** One side in one round. */
export interface Turn {
  /** Leads that were meant to leave in the measured time. */
  readonly sent: readonly Sent[];
  /** Answers that came in the measured time. */
  readonly answers: number;
  readonly seconds: number;
  readonly cpuMs: Cpu;
  readonly machine: Machine;
  /** Sales that were not delivered yet when the last answer had come. */
  readonly undelivered: number;
}

/** What is known about a side after its last round. */
export interface Aftermath {
  readonly audit: Audit;
  /** By lead id: the time spent on buyers. */
  readonly buyersMs: ReadonlyMap<string, number>;
  readonly submissionToPostMs: readonly number[];
  readonly history: HistorySize | undefined;
  readonly eagerShare: number | undefined;
}

/** The figures of one side; docs/reference/bench.md says what each means. */
export type SideFigures = ReturnType<typeof figuresOf>;

/** Puts a side's rounds together. */
export function figuresOf(turns: readonly Turn[], after: Aftermath) {
  const sent = turns.flatMap((turn) => turn.sent);
  const answered = sent.filter(isAnswer);
  const latency = percentiles(answered.map(({ ms }) => ms));
  const overhead = percentiles(
    answered.flatMap(({ leadId, ms }) => {
      const buyersMs = after.buyersMs.get(leadId ?? '');
      return buyersMs === undefined ? [] : [ms - buyersMs];
    }),
  );
  const answers = sum(turns, (turn) => turn.answers);
  const perLead = (part: keyof Cpu) =>
    round(sum(turns, ({ cpuMs }) => cpuMs[part]) / Math.max(1, answers), 2);
  const { history, eagerShare } = after;
  return {
    leadsPerSecond: round(answers / sum(turns, ({ seconds }) => seconds), 1),
    p50Ms: latency(50),
    p95Ms: latency(95),
    p99Ms: latency(99),
    maxMs: latency(100),
    overheadP50Ms: overhead(50),
    overheadP99Ms: overhead(99),
    submissionToPostP99Ms: percentiles(after.submissionToPostMs)(99),
    leads: answers,
    pending: answered.filter(({ http }) => http === 202).length,
    errors: sent.length - answered.length,
    ...after.audit,
    undelivered: Math.max(...turns.map(({ undelivered }) => undelivered)),
    eventsPerLead: history ? round(history.events, 1) : null,
    historyBytesPerLead: history ? Math.round(history.bytes) : null,
    eagerShare: eagerShare === undefined ? null : round(eagerShare, 3),
    cpuMsPerLead: {
      node: perLead('node'),
      temporal: perLead('temporal'),
      postgres: perLead('postgres'),
    },
    rounds: turns.map(({ answers: count, seconds, machine }) => ({
      leadsPerSecond: round(count / seconds, 1),
      stealShare: round(machine.stealShare, 3),
      foreignCpuShare: round(machine.foreignShare, 3),
    })),
  };
}

/** Sluice against the baseline: throughput (closed loop only) and CPU over all three parts. */
export function compare(sluice: SideFigures, baseline: SideFigures, pace: 'open' | 'closed') {
  const allCpu = ({ cpuMsPerLead: { node, temporal, postgres } }: SideFigures) =>
    node + temporal + postgres;
  return {
    // At a given rate both sell the same.
    ratio: pace === 'open' ? null : round(sluice.leadsPerSecond / baseline.leadsPerSecond, 3),
    cpuRatio: round(allCpu(sluice) / allCpu(baseline), 2),
  };
}

/** A reader of percentiles, 0–100, in milliseconds; null when nothing was recorded. */
export function percentiles(ms: readonly number[]): (percentile: number) => number | null {
  const histogram = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  for (const each of ms) {
    histogram.recordValue(Math.min(60_000_000, Math.max(1, Math.round(each * 1_000))));
  }
  return (percentile) =>
    ms.length === 0 ? null : round(histogram.getValueAtPercentile(percentile) / 1_000, 1);
}

export function isAnswer({ http }: Sent): boolean {
  return http >= 200 && http <= 299;
}

/** A number as it is printed. */
export function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

function sum<T>(list: readonly T[], of: (each: T) => number): number {
  return list.reduce((total, each) => total + of(each), 0);
}
