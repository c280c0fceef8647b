// `npm run bench`: boots a stack of its own, measures, checks, prints, and leaves nothing behind.
// The report goes to stdout, progress to stderr. Exit code 1 for a fault and for a void run.

import { measureAnswers } from './answers.ts';
import { parseOptions } from './options.ts';
import { measureCaps } from './caps.ts';
import { measureIntake } from './intake.ts';
import { measureLeads } from './leads.ts';
import { renderAnswers, renderCaps, renderIntake, renderLeads, renderRouting } from './report.ts';
import { measureRouting } from './routing.ts';
import { onWorkbench, type Workbench } from './stand/workbench.ts';

const options = parseOptions(process.argv.slice(2));
const say = (line: string) => void process.stderr.write(`${line}\n`);
const abort = new AbortController();
const stopped = new Error('stopped by a signal');

/**
 * The first signal stops in order; whoever asks again does not want to wait: guards do the rest.
 */
function end(): void {
  if (abort.signal.aborted) process.exit(130);
  say('stopping …');
  abort.abort(stopped);
}
process.on('SIGINT', end);
process.on('SIGTERM', end);

async function measure(bench: Workbench): Promise<{ text: string; isVoid: boolean }> {
  if (options.scenario === 'caps') {
    const report = await measureCaps(bench, options);
    const text = options.json ? JSON.stringify(report, null, 2) : renderCaps(report);
    return { text, isVoid: report.audit === 'void' };
  }
  if (options.scenario === 'intake') {
    const report = await measureIntake(bench, options);
    const text = options.json ? JSON.stringify(report, null, 2) : renderIntake(report);
    return { text, isVoid: report.audit === 'void' };
  }
  const report = await measureLeads(bench, options);
  const text = options.json ? JSON.stringify(report, null, 2) : renderLeads(report);
  return { text, isVoid: report.audit === 'void' };
}

/** What no server is needed for; undefined where one is. */
function measurePure(): { text: string; isVoid: boolean } | undefined {
  if (options.scenario === 'answers') {
    const report = measureAnswers();
    const text = options.json ? JSON.stringify(report, null, 2) : renderAnswers(report);
    return { text, isVoid: false };
  }
  if (options.scenario !== 'routing') return undefined;
  const report = measureRouting(options);
  const text = options.json ? JSON.stringify(report, null, 2) : renderRouting(report);
  return { text, isVoid: false };
}

try {
  const { text, isVoid } =
    measurePure() ?? (await onWorkbench({ say, env: process.env, abort }, measure));
  process.stdout.write(`${text}\n`);
  if (isVoid) {
    say('void: the buyers, the sources and the database do not agree; these figures do not count');
    process.exitCode = 1;
  }
} catch (error) {
  const { message, hint } = error as { message?: string; hint?: string };
  say(`bench: ${message ?? String(error)}${hint ? `\n  ${hint}` : ''}`);
  process.exitCode = error === stopped ? 130 : 1;
}
