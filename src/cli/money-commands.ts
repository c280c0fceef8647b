// `sluice caps`, `sluice deposit` and `sluice balance`, as the command line has them.

import type { Command } from 'commander';
import type { DepositOptions } from './money/deposit.ts';
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

/** Gives `sluice deposit` what it takes and does. */
export function addDeposit(command: Command, { run, out, env }: CommandLine): void {
  command
    .argument('<buyer>', 'who paid')
    .argument('<dollars>', 'how much: 250, 250.00 or 1,250.00')
    .option('--id <id>', 'your own name for the payment: the same one is never recorded twice')
    .option('--note <text>', 'for people')
    .option('--refund', 'take the amount back instead', false)
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample: sluice deposit apex 250.00 --id wire-20261124-0007')
    .action(
      run(async (config, ...paid: [buyer: string, dollars: string, DepositOptions]) => {
        const [buyer, amount, options] = paid;
        const { sendDeposit } = await import('./money/deposit.ts');
        out(await sendDeposit({ buyer, amount }, options, { config, env }));
      }),
    );
}

/** Gives `sluice balance` what it takes and does. */
export function addBalance(command: Command, { run, out, env }: CommandLine): void {
  command
    .argument('[buyer]', 'with its latest deposits; without one, all buyers that pay ahead')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample: sluice balance apex')
    .action(
      run(async (config, buyer: string | undefined, options: { json: boolean }) => {
        const { readBalances } = await import('./money/balance.ts');
        out(await readBalances(buyer, options, { config, env }));
      }),
    );
}
