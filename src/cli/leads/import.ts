// `sluice leads import`: posts a file of leads row by row, a bounded number at once, and writes
// down what becomes of each. Whatever ends it, the same command goes on where it stopped: the
// result file says which rows have ended, and a row's key keeps it from becoming a second lead.

import { setTimeout } from 'node:timers/promises';

import type { Caller } from '../client.ts';
import { CommandError, findRunning } from '../running.ts';
import { createGate } from './gate.ts';
import { readLines } from './lines.ts';
import { type Plan, planImport, type PlanOptions, requireFields } from './plan.ts';
import { createPoster, type Poster } from './poster.ts';
import { previewImport } from './preview.ts';
import { CHECK, listPending, openResults, type Result, type ResultFile } from './results.ts';
import { readRows, type Row } from './rows.ts';
import { describeProblems, judge, keyOf, toBody } from './submission.ts';
import {
  count,
  createTally,
  describeCounts,
  describeProgress,
  recount,
  type Tally,
} from './tally.ts';

export interface ImportOptions extends PlanOptions {
  readonly preview: boolean;
  readonly dryRun: boolean;
  readonly concurrency: number;
  /** Rows a second at most. */
  readonly rate?: number;
  readonly result?: string;
  /** How long a server that is away is waited for, in seconds. */
  readonly wait: number;
}

export interface ImportCaller extends Caller {
  readonly sourceKey: string;
  /** Aborted: no further row is begun, those under way end, and the run says how to go on. */
  readonly signal: AbortSignal;
  now(): number;
  /** A line about how it goes; called after each row. */
  onProgress(line: () => string): void;
  /** Something that happened once, such as a server that is away. */
  say(text: string): void;
}

/** `whole`: every row has become a lead, or needs nobody. */
export interface Imported {
  readonly text: string;
  readonly end: 'whole' | 'some_not' | 'stopped';
}

/** Imports a file and returns what to print. Throws `CommandError`. */
export async function importLeads(
  file: string,
  options: ImportOptions,
  from: ImportCaller,
): Promise<Imported> {
  const plan = await planImport(file, options, from);
  if (options.preview) return { text: await previewImport(plan), end: 'whole' };
  requireFields(plan);
  const named = options.result ?? `${file}.${options.dryRun ? 'check' : 'result'}.csv`;
  const results = await openResults(named, options.dryRun ? CHECK : plan.id);
  const run: Run = { plan, options, from, results, tally: createTally(results.before) };
  const startedMs = from.now();
  try {
    if (options.dryRun) await eachRow(run, async (row) => checkRow(row, plan));
    else await postAll(run);
  } catch (error) {
    if (!from.signal.aborted) throw withCounts(error, run);
  } finally {
    await results.end();
  }
  return describeEnd(run, (from.now() - startedMs) / 1000);
}

interface Run {
  readonly plan: Plan;
  readonly options: ImportOptions;
  readonly from: ImportCaller;
  readonly results: ResultFile;
  readonly tally: Tally;
}

async function postAll(run: Run): Promise<void> {
  const { options, from, plan } = run;
  const { url } = await findRunning(from.config, from.env);
  const poster = createPoster({
    url: url ?? `http://127.0.0.1:${from.config.port}`,
    sourceKey: from.sourceKey,
    connections: options.concurrency,
    gate: createGate({ ...from, patienceMs: options.wait * 1000 }),
  });
  const pace = createPace(options.rate, from);
  try {
    await eachRow(run, async (row) => {
      if ('wrong' in row) return { status: 'unreadable', problems: row.wrong };
      await pace();
      return poster.post(JSON.stringify(toBody(row.cells, plan)), keyOf(plan.id, row.row));
    });
    await readPending(run, poster);
  } finally {
    await poster.close();
  }
}

/** Does the rows that have not ended, a bounded number at once, in about the order of the file. */
async function eachRow(run: Run, work: (row: Row) => Promise<Omit<Result, 'row'>>): Promise<void> {
  const { plan, results, tally, from, options } = run;
  const startedMs = from.now();
  const rows = readRows(readLines(plan.facts), plan.header.table);
  const total = Math.max(0, plan.facts.lines - plan.header.table.firstRow + 1);
  const line = () => {
    return describeProgress(tally, { rows: total, seconds: (from.now() - startedMs) / 1000 });
  };
  let failed = false;
  const worker = async () => {
    while (!failed && !from.signal.aborted) {
      const { value: row, done } = await rows.next();
      if (done) return;
      if (results.before.ended.has(row.row)) continue;
      const told = await work(row);
      await results.write({ row: row.row, ...told });
      count(tally, told);
      from.onProgress(line);
    }
  };
  const ended = await Promise.allSettled(
    Array.from({ length: options.concurrency }, () =>
      worker().catch((error: unknown) => {
        // The others finish their row and begin no other.
        failed = true;
        throw error;
      }),
    ),
  );
  await rows.return(undefined);
  const fault = ended.find((each) => each.status === 'rejected');
  if (fault) throw fault.reason;
}

/** Asks for the leads that were pending when an earlier run ended. */
async function readPending({ results, from, tally }: Run, poster: Poster): Promise<void> {
  for await (const { row, lead } of listPending(results)) {
    if (from.signal.aborted) return;
    const told = await poster.read(lead);
    if (told.status === 'pending') continue;
    await results.write({ row, ...told });
    recount(tally, 'pending', told);
  }
}

function checkRow(row: Row, plan: Plan): Omit<Result, 'row'> {
  if ('wrong' in row) return { status: 'unreadable', problems: row.wrong };
  const { problems, errors } = judge(toBody(row.cells, plan), plan);
  const [first] = problems;
  const all = describeProblems([...errors, ...problems]);
  if (errors.length > 0) return { status: 'invalid', reason: 'invalid_request', problems: all };
  return first ? { status: 'invalid', reason: first.reason, problems: all } : { status: 'valid' };
}

/** Lets a row through every so often, however many wait. */
function createPace(rate: number | undefined, { now, signal }: ImportCaller) {
  let nextMs = now();
  return async (): Promise<void> => {
    if (rate === undefined) return;
    nextMs = Math.max(nextMs, now()) + 1000 / rate;
    const left = nextMs - 1000 / rate - now();
    if (left > 0) await setTimeout(left, undefined, { signal });
  };
}

function withCounts(error: unknown, { tally, results }: Run): unknown {
  if (!(error instanceof CommandError) || tally.done === 0) return error;
  const counts = describeCounts(tally).join('\n');
  const text = `${error.message}\n${counts}\n  what became of each row: ${results.file}`;
  return Object.assign(new CommandError(text, error.hint), { cause: error });
}

function describeEnd({ plan, options, tally, results, from }: Run, seconds: number): Imported {
  const stopped = from.signal.aborted;
  const bad = (['invalid', 'refused', 'failed', 'unreadable'] as const).some((status) =>
    tally.counts.get(status),
  );
  const { file } = plan.facts;
  const head = options.dryRun
    ? `checked ${file} for ${plan.campaign}, nothing posted`
    : `${stopped ? 'stopped' : 'imported'} ${file} to ${plan.campaign} by ${plan.source}`;
  const before = tally.before > 0 ? `, ${tally.before} in earlier runs` : '';
  const text = [
    `${head}: ${tally.done} rows in ${seconds.toFixed(1)} s${before}`,
    ...describeCounts(tally),
    `what became of each row: ${results.file}`,
    ...(stopped ? ['run the same command again: it goes on where it stopped'] : []),
  ].join('\n');
  return { text, end: stopped ? 'stopped' : bad ? 'some_not' : 'whole' };
}
