// The report for people: both sides beside each other, then what they were measured on.

import type { AnswersReport } from './answers.ts';
import type { CapsReport } from './caps.ts';
import type { SideFigures } from './figures.ts';
import type { IntakeReport } from './intake.ts';
import type { LeadsReport } from './leads.ts';
import type { RoutingReport } from './routing.ts';

type Row = readonly [name: string, ...cells: (string | number | null)[]];

/** The table of whole leads. */
export function renderLeads(report: LeadsReport): string {
  const { baseline, settings } = report;
  const row = (name: string, of: (side: SideFigures) => string | number | null): Row => [
    name,
    of(report),
    of(baseline),
  ];
  const rows: Row[] = [
    ['', 'Sluice', 'without Temporal'],
    row('leads/s', (side) => side.leadsPerSecond),
    row('  by round', (side) => side.rounds.map((each) => each.leadsPerSecond).join(' ')),
    row('answer p50 / p95 / p99 ms', (side) => triple(side.p50Ms, side.p95Ms, side.p99Ms)),
    row('overhead p50 / p99 ms', (side) => triple(side.overheadP50Ms, side.overheadP99Ms)),
    row('submission to post p99 ms', (side) => side.submissionToPostP99Ms),
    row('CPU ms/lead node', (side) => side.cpuMsPerLead.node),
    row('CPU ms/lead Temporal', (side) => side.cpuMsPerLead.temporal),
    row('CPU ms/lead PostgreSQL', (side) => side.cpuMsPerLead.postgres),
    row('history events / bytes', (side) => triple(side.eventsPerLead, side.historyBytesPerLead)),
    row('started eagerly', (side) => side.eagerShare),
    row('errors / pending / in doubt', (side) => triple(side.errors, side.pending, side.inDoubt)),
    row('lost / sold twice / over cap / unmatched', (side) =>
      triple(side.lost, side.soldTwice, side.capOvershoot, side.unmatched),
    ),
    row('undelivered at the end', (side) => side.undelivered),
    row('steal / foreign CPU', (side) =>
      side.rounds.map((each) => `${each.stealShare}/${each.foreignCpuShare}`).join(' '),
    ),
  ];
  return [
    table(rows),
    '',
    `Sluice / baseline: throughput ${report.ratio ?? '-'}, CPU ${report.cpuRatio}`,
    `audit ${report.audit}`,
    `${pairs(settings)}`,
    `${pairs(report.machine)}`,
  ].join('\n');
}

/** The table of holds. */
export function renderCaps({ settings, machine, scenario: _, ...figures }: CapsReport): string {
  const rows = Object.entries(figures).map(([name, value]): Row => [
    name,
    typeof value === 'object' && value !== null ? pairs(value) : value,
  ]);
  return [table(rows), '', pairs(settings), pairs(machine)].join('\n');
}

/** The table of intake. */
export function renderIntake({ settings, scenario: _, ...figures }: IntakeReport): string {
  return [table(Object.entries(figures)), '', pairs(settings)].join('\n');
}

/** The table of buyers' answers. */
export function renderAnswers({ scenario: _, ...figures }: AnswersReport): string {
  return table(Object.entries(figures));
}

/** The table of decisions: one line for each number of contracts. */
export function renderRouting({ runs, growth, linear }: RoutingReport): string {
  const names = Object.keys(runs[0] ?? {});
  const rows = runs.map((run): Row => [String(run.contracts), ...Object.values(run).slice(1)]);
  const grown = growth ? ['', `times as long: ${pairs(growth)}, linear is ${linear}`] : [];
  return [table([[names[0] ?? '', ...names.slice(1)], ...rows]), ...grown].join('\n');
}

function triple(...values: (number | null)[]): string {
  return values.map((value) => value ?? '-').join(' / ');
}

function table(rows: readonly Row[]): string {
  const texts = rows.map((row) => row.map((cell) => String(cell ?? '-')));
  const widths = (texts[0] ?? []).map((_, column) =>
    Math.max(...texts.map((row) => row[column]?.length ?? 0)),
  );
  return texts
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

function pairs(facts: object): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
