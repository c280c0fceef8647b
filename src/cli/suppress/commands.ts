// `sluice suppress …`, as the command line has it.

import { type Command, Option } from 'commander';
import { SUPPRESSION_KINDS } from '../../domain/suppression/suppression.ts';
import { liveLine } from '../terminal/live-line.ts';
import type { CommandLine } from '../world-commands.ts';
import type { Progress } from './import.ts';
import type { ImportOptions } from './send.ts';

const kindOption = () =>
  new Option('--kind <kind>', 'what the values are').choices(SUPPRESSION_KINDS);

type AddOptions = Pick<ImportOptions, 'kind' | 'list' | 'campaign' | 'expires' | 'origin'>;

/** Gives `sluice suppress` its commands. */
export function addSuppress(command: Command, line: CommandLine): void {
  addImport(command.command('import <file>'), line);
  addAdd(command.command('add <values...>'), line);
  const { run, out, env } = line;
  command
    .command('check <value>')
    .description('say on which lists a value stands')
    .addOption(kindOption().makeOptionMandatory())
    .action(
      run(async (config, value: string, { kind }: { kind: string }) => {
        const { checkValue } = await import('./values.ts');
        out(await checkValue(value, kind, { config, env }));
      }),
    );
  command
    .command('remove <list> [value]')
    .description('take a value off a list, or with --all remove the list')
    .addOption(kindOption())
    .option('--all', 'the list with all that stands on it', false)
    .action(
      run(
        async (config, ...asked: [string, string | undefined, { kind?: string; all: boolean }]) => {
          const [list, value, options] = asked;
          const { removeFrom } = await import('./values.ts');
          out(await removeFrom(list, value, { ...options, caller: { config, env } }));
        },
      ),
    );
  command
    .command('lists')
    .description('list them, with how many entries each has')
    .action(
      run(async (config) => {
        const { showLists } = await import('./values.ts');
        out(await showLists({ config, env }));
      }),
    );
  command
    .command('log')
    .description('who added and removed what, newest first')
    .action(
      run(async (config) => {
        const { showLog } = await import('./values.ts');
        out(await showLog({ config, env }));
      }),
    );
}

function addImport(command: Command, { run, out, env }: CommandLine): void {
  command
    .description('add a file of values to a list: CSV, or one on each line; of any size')
    .addOption(kindOption().makeOptionMandatory())
    .requiredOption('--list <id>', 'the list, which comes into being with its first value')
    .option('--campaign <id>', 'the only campaign in which the list holds')
    .option('--expires <day>', 'until when: YYYY-MM-DD (UTC), or a time with its offset')
    .option('--column <name>', 'the column of the values; by its name, or the first, unless told')
    .option('--origin <text>', 'where they came from; the name of the file unless told')
    .option('--hashed', 'every value must be a SHA-256 in hex', false)
    .option('--result <file>', 'where bad rows are written; <file>.bad-rows.csv unless told')
    .option('--dry-run', 'say what would come of it, and add nothing', false)
    .addHelpText('after', '\nExample: sluice suppress import dnc.csv --kind phone --list dnc')
    .action(
      run(async (config, file: string, options: ImportOptions) => {
        const { importFile } = await import('./import.ts');
        const live = process.stderr.isTTY;
        const write = liveLine(process.stderr);
        const say = (text: string) => (live ? write(text) : process.stderr.write(`${text}\n`));
        const onProgress = ({ doing, rows, rowsPerSecond, percent }: Progress) => {
          say(`${doing}: ${rows} rows, ${rowsPerSecond} a second, ${percent} %`);
        };
        const from = { config, env, onProgress, now: Date.now };
        const told = await importFile(file, options, from);
        if (live) say('');
        out(told);
      }),
    );
}

function addAdd(command: Command, { run, out, env }: CommandLine): void {
  command
    .description('add values to a list')
    .addOption(kindOption().makeOptionMandatory())
    .requiredOption('--list <id>', 'the list, which comes into being with its first value')
    .option('--campaign <id>', 'the only campaign in which the list holds')
    .option('--expires <day>', 'until when: YYYY-MM-DD (UTC), or a time with its offset')
    .option('--origin <text>', 'where they came from')
    .addHelpText('after', '\nExample: sluice suppress add "(512) 555-0142" --kind phone --list dnc')
    .action(
      run(async (config, values: string[], options: AddOptions) => {
        const { addValues } = await import('./values.ts');
        out(await addValues(values, options, { config, env }));
      }),
    );
}
