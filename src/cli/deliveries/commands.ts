// `sluice deliveries` and `sluice endpoints`, as the command line has them.

import { type Command, InvalidArgumentError } from 'commander';
import type { CommandLine } from '../world-commands.ts';
import type { ListOptions, RetryOptions } from './deliveries.ts';

const RANGE = [
  ['--contract <id>', 'one contract only'],
  ['--target <name>', 'one delivery of the contracts only'],
  ['--from <time>', 'first tried then or later: a day, or a time with its offset'],
  ['--to <time>', 'first tried before: a day, which is included, or a time'],
] as const;

/** Gives `sluice deliveries` its commands. */
export function addDeliveries(command: Command, { run, out, env }: CommandLine): void {
  const list = command
    .command('list')
    .description('what was pushed after a sale, newest leads first')
    .option('--state <state>', 'failed, unclear, trying or delivered', 'failed')
    .option('--json', 'print JSON', false);
  const retry = command
    .command('retry')
    .description('push again what failed')
    .argument('[ids...]', 'lead/contract/target, as the list names them')
    .option('--state <state>', 'failed or unclear')
    .option('--dry-run', 'say what would be pushed, and push nothing', false)
    .addHelpText(
      'after',
      '\nExample: sluice deliveries retry --contract apex_auto --from 2026-11-26 --dry-run',
    );
  for (const [flags, says] of RANGE) {
    list.option(flags, says);
    retry.option(flags, says);
  }
  list.action(
    run(async (config, options: ListOptions) => {
      const { listDeliveries } = await import('./deliveries.ts');
      out(await listDeliveries(options, { config, env }));
    }),
  );
  retry.action(
    run(async (config, ids: readonly string[], options: RetryOptions) => {
      const { retryDeliveries } = await import('./deliveries.ts');
      out(await retryDeliveries(ids, options, { config, env }));
    }),
  );
}

/** Gives `sluice endpoints` what it takes and does. */
export function addEndpoints(command: Command, { run, out, env }: CommandLine): void {
  command
    .argument('[verb]', 'enable or disable; without it the list')
    .argument('[endpoint]', 'contract/target')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExamples: sluice endpoints; sluice endpoints enable apex_auto/crm')
    .action(
      run(
        async (config, ...asked: [verb?: string, endpoint?: string, rest?: { json: boolean }]) => {
          const [verb, endpoint, options] = asked;
          const { listEndpoints, switchEndpoint } = await import('./endpoints.ts');
          const caller = { config, env };
          if (verb === undefined) return out(await listEndpoints(options?.json === true, caller));
          if ((verb !== 'enable' && verb !== 'disable') || endpoint === undefined) {
            throw new InvalidArgumentError('wants enable or disable, and contract/target');
          }
          out(await switchEndpoint(verb, endpoint, caller));
        },
      ),
    );
}
