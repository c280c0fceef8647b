// `sluice caps`, as the command line has it.

import type { Command } from 'commander';
import type { CommandLine } from './world-commands.ts';

/** Gives `sluice caps` what it takes and does. */
export function addCaps(command: Command, { run, out, env }: CommandLine): void {
  command
    .option('--buyer <id>', 'one buyer only')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample: sluice caps --buyer apex')
    .action(
      run(async (config, options: { buyer?: string; json: boolean }) => {
        const { readCapsTable } = await import('./caps.ts');
        out(await readCapsTable(options, { config, env }));
      }),
    );
}
