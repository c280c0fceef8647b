// `sluice leads …`, as the command line has it.

import { type Command, InvalidArgumentError } from 'commander';
import { liveLine } from '../terminal/live-line.ts';
import type { CommandLine } from '../world-commands.ts';
import type { ImportOptions } from './import.ts';

const MOST_AT_ONCE = 256;

const atOnce = (text: string): number => {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_AT_ONCE) {
    return Number(text);
  }
  throw new InvalidArgumentError(`wants a whole number from 1 to ${MOST_AT_ONCE}`);
};

const above0 = (text: string): number => {
  if (Number(text) > 0 && Number.isFinite(Number(text))) return Number(text);
  throw new InvalidArgumentError('wants a number above 0');
};

const collect = (text: string, before: readonly string[]): string[] => [...before, text];

/** Gives `sluice leads` its commands. */
export function addLeads(command: Command, { run, out, env }: CommandLine): void {
  command
    .command('import <file>')
    .description('post a CSV file of leads, row by row; run again, it goes on where it stopped')
    .requiredOption('--campaign <id>', 'the campaign to post to')
    .option('--source <id>', 'whose key SLUICE_SOURCE_KEY must be')
    .option('--map <column=field>', 'a column of another name; as often as needed', collect, [])
    .option('--no-header', 'the first row is a lead: columns go by number, --map #1=phone')
    .option('--preview', 'show how the columns and first rows are understood; post nothing', false)
    .option('--dry-run', 'check the values of all rows; post nothing', false)
    .option('--concurrency <rows>', 'rows under way at once', atOnce, 16)
    .option('--rate <rows>', 'rows a second at most', above0)
    .option('--result <file>', 'what became of each row; <file>.result.csv unless told')
    .option('--wait <seconds>', 'how long to wait for a server that is away', above0, 120)
    .option('--test', 'post them as test leads: checked and never offered', false)
    .addHelpText(
      'after',
      `
Posts as the source whose key is in SLUICE_SOURCE_KEY, else as acme of the demo world.

Example: sluice leads import leads.csv --campaign auto_insurance --map 'Phone Number=phone'`,
    )
    .action(
      run(async (config, file: string, options: ImportOptions) => {
        const { importLeads } = await import('./import.ts');
        const { DEMO_SOURCE_KEY } = await import('../demo-lead.ts');
        const progress = createProgress(process.stderr);
        const { text, end } = await importLeads(file, options, {
          ...{ config, env, now: Date.now, signal: stopSignal(progress.say), ...progress },
          sourceKey: env['SLUICE_SOURCE_KEY'] || DEMO_SOURCE_KEY,
        }).finally(progress.end);
        out(text);
        if (end !== 'whole') process.exitCode = end === 'stopped' ? 130 : 1;
      }),
    );
}

/** Ctrl-C once lets the rows under way end; twice ends at once, which loses nothing either. */
function stopSignal(say: (text: string) => void): AbortSignal {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    say('stopping: the rows under way come to their end …');
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return stop.signal;
}

const REDRAW_MS = 500;
/** Where nobody looks on, a line now and then is enough for a log. */
const LINE_MS = 30_000;

function createProgress(stream: NodeJS.WriteStream) {
  const live = stream.isTTY;
  const write = live ? liveLine(stream) : (text: string) => void stream.write(`${text}\n`);
  let drawnMs = Date.now();
  return {
    onProgress(line: () => string) {
      if (Date.now() - drawnMs < (live ? REDRAW_MS : LINE_MS)) return;
      drawnMs = Date.now();
      // A line that is wider than the terminal would not be wiped.
      write(live ? line().slice(0, (stream.columns || 80) - 1) : line());
    },
    say(text: string) {
      if (live) write('');
      stream.write(`${text}\n`);
    },
    end() {
      if (live) write('');
    },
  };
}
