// `sluice score`: learns from what became of leads now, or holds the scores of a period against
// what came. Works on the database, beside a running server or without one.

import { writeFile } from 'node:fs/promises';
import {
  backTest,
  type BackTest,
  type FitReport,
  fitScores,
} from '../../activities/scoring/fit-scores.ts';
import { columns } from '../../api/reading/text-table.ts';
import { createPool, type Pool } from '../../db/pool.ts';
import { DAY_MS } from '../../domain/calendar.ts';
import type { Calibration } from '../../domain/scoring/calibration.ts';
import { LEAST_LEADS, LEAST_OF_EACH } from '../../domain/scoring/fit.ts';
import type { World } from '../../domain/world/world.ts';
import { openWorlds } from '../../serving/worlds.ts';
import { CommandError } from '../running.ts';
import { type PlotLine, reliabilityPlot } from './reliability-plot.ts';

export interface ScoreOptions {
  readonly fit: boolean;
  /** Days back from now, such as `30d`. */
  readonly backtest?: string;
  readonly svg: string;
  readonly json: boolean;
}

/** Does what is asked and says what came of it. Throws `CommandError` on a bad option. */
export async function runScore(
  databaseUrl: string,
  options: ScoreOptions,
  nowMs: number,
): Promise<string> {
  if (options.fit === (options.backtest !== undefined)) {
    const hint = 'Such as: sluice score --fit, or sluice score --backtest 30d';
    throw new CommandError('wants --fit or --backtest, one of them', hint);
  }
  const days = options.backtest === undefined ? undefined : daysOf(options.backtest);
  const pool = createPool({ url: databaseUrl, max: 2, name: 'sluice score' });
  try {
    const world = await loadWorld(pool);
    if (days === undefined) return tellFit(await fitScores(pool, { world, nowMs }), options);
    const period = { from: new Date(nowMs - days * DAY_MS), to: new Date(nowMs) };
    return await tellTest(await backTest(pool, { world, ...period }), options);
  } finally {
    await pool.end();
  }
}

async function loadWorld(pool: Pool): Promise<World> {
  const worlds = await openWorlds({ pool, onError: () => undefined });
  const { world } = worlds.current();
  worlds.close();
  return world;
}

function daysOf(text: string): number {
  const days = /^(\d{1,3})d$/.exec(text)?.[1];
  if (days === undefined || Number(days) === 0) {
    throw new CommandError(`${text} is no period`, 'Write whole days, such as 30d.');
  }
  return Number(days);
}

/** What came of a fit, for a terminal. */
export function describeFit(fitted: FitReport): string {
  if (fitted.kind === 'busy') return 'another process fits at this moment: ask again';
  if (fitted.kind === 'too_little') {
    const { leads, accepted } = fitted;
    return (
      `too little history: ${leads} judged leads, ${accepted} accepted; wants ${LEAST_LEADS}, ` +
      `with ${LEAST_OF_EACH} accepted and ${LEAST_OF_EACH} not. Leads are scored by the rules.`
    );
  }
  const { kind, version, leads, candidate, rules, inForce } = fitted;
  const says =
    kind === 'published'
      ? `version ${version} is published: leads are scored by it within a minute`
      : `version ${version} is not published: it does not foretell better than what is in force`;
  return [
    `${says} (${leads} judged leads)`,
    ...table([
      ['this version', candidate],
      ['the rules alone', rules],
      ...(inForce ? [['in force before', inForce] as const] : []),
    ]),
  ].join('\n');
}

function table(rows: readonly (readonly [name: string, of: Calibration])[]): string[] {
  const lines = rows.map(([name, { leads, brier, logLoss }]) => [
    ...[name, `${leads} leads`, `Brier ${brier.toFixed(4)}`, `log-loss ${logLoss.toFixed(4)}`],
  ]);
  return columns(lines).map((line) => `  ${line}`);
}

function tellFit(fitted: FitReport, { json }: ScoreOptions): string {
  return json ? JSON.stringify(fitted, null, 2) : describeFit(fitted);
}

async function tellTest(test: BackTest, { json, svg }: ScoreOptions): Promise<string> {
  const lines = plotLines(test);
  if (lines.length > 0) {
    const period = `${dayOf(test.from)} to ${dayOf(test.to)}`;
    const title = `Scores from ${period}, ${test.leads} judged leads`;
    await writeFile(svg, reliabilityPlot(title, lines));
  }
  if (json) return JSON.stringify(test, null, 2);
  return [describeTest(test), ...(lines.length > 0 ? [`plot: ${svg}`] : [])].join('\n');
}

function plotLines({ asRouted, rules, history }: BackTest): PlotLine[] {
  const all = [
    ['as routed', '#1f77b4', asRouted],
    ['rules alone', '#999999', rules],
    ['history before it', '#d62728', history],
  ] as const;
  return all.flatMap(([name, colour, calibration]) =>
    calibration ? [{ name, colour, calibration }] : [],
  );
}

/** A back-test for a terminal. */
export function describeTest(test: BackTest): string {
  const { from, to, leads, learnedFrom, asRouted, rules, history } = test;
  const period = `${dayOf(from)} to ${dayOf(to)}`;
  if (!asRouted) return `${period}: no lead that buyers judged`;
  const measured = [
    ['as routed', asRouted] as const,
    ...(rules ? [['rules alone', rules] as const] : []),
    ...(history ? [['history before it', history] as const] : []),
  ];
  const none = history ? [] : [`  ${learnedFrom} leads before the period teach too little`];
  return [
    `${period}: ${leads} judged leads, ${percent(asRouted.accepted / leads)} accepted`,
    ...table(measured),
    ...none,
    ...measured.flatMap(([name, calibration]) => describeBins(name, calibration)),
  ].join('\n');
}

function describeBins(name: string, { bins, bands }: Calibration): string[] {
  const lines = bins
    .filter((bin) => bin.leads > 0)
    .map(({ from, leads, said, came }) => {
      const range = `${Math.round(100 * from)}-${Math.round(100 * from) + 10}`;
      return [range, `${leads} leads`, `said ${percent(said)}`, `came ${percent(came)}`];
    });
  const lifts = bands.map(({ band, leads, came, lift }) => [
    ...[band, `${leads} leads`, `came ${percent(came)}`],
    lift === null ? '' : `lift ${lift.toFixed(2)}`,
  ]);
  return ['', name, ...columns(lines).map(indent), ...columns(lifts).map(indent)];
}

const indent = (line: string): string => `  ${line}`;

function percent(part: number | null): string {
  return part === null ? '-' : `${(100 * part).toFixed(1)} %`;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
