// `sluice what-if`, as the command line has it.

import type { Command } from 'commander';
import { liveLine } from '../terminal/live-line.ts';
import type { CommandLine } from '../world-commands.ts';
import type { WhatIfOptions } from './what-if.ts';

/** Gives `sluice what-if` what it takes and does. */
export function addWhatIf(command: Command, { run, out, env }: CommandLine): void {
  command
    .description('run the leads of a period again in a changed world, and show the difference')
    .option('--since <time>', 'a time with its offset, or a span before now: 90m, 24h, 7d', '24h')
    .option('--until <time>', 'the same; now unless told')
    .option('--campaign <id>', 'tell one campaign only')
    .option('--leads', 'list the leads that come to something else', false)
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample: sluice what-if changed.yaml --since 24h')
    .action(
      run(async (config, file: string, options: WhatIfOptions) => {
        const { askWhatIf } = await import('./what-if.ts');
        const onProgress = process.stderr.isTTY ? liveLine(process.stderr) : () => undefined;
        out(await askWhatIf(file, options, { config, env, onProgress }));
      }),
    );
}
