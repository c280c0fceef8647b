// `sluice events`, as the command line has it.

import type { Command } from 'commander';
import type { CommandLine } from '../world-commands.ts';
import type { ReplayOptions } from './replay.ts';

/** Gives `sluice events` its subcommands. */
export function addEvents(command: Command, { run, out, env }: CommandLine): void {
  command
    .command('replay')
    .summary('send events to a webhook once more')
    .description('Sends events of the last 30 days once more, under the ids that they had.')
    .argument('<webhook>', 'operator/{name}, source/{source}/{name} or buyer/{buyer}/{name}')
    .requiredOption('--from <time>', 'such as 2026-11-22T08:00:00Z')
    .option('--to <time>', 'not included; now unless told')
    .option('--types <types>', 'with commas; those it asks for unless told')
    .option('--dry-run', 'count them, and send nothing', false)
    .addHelpText(
      'after',
      '\nExample: sluice events replay operator/ops --from 2026-11-22T08:00:00Z',
    )
    .action(
      run(async (config, webhook: string, options: ReplayOptions) => {
        const { replayEvents } = await import('./replay.ts');
        out(await replayEvents(webhook, options, { config, env }));
      }),
    );
}
