// `sluice pause`, `sluice resume` and `sluice world …`, as the command line has them.

import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../config.ts';
import type { WorldApplied } from '../api/deps.ts';

/** What the entry lends: how a command runs, where it prints, who runs it. */
export interface CommandLine {
  run<A extends unknown[]>(
    work: (config: Config, ...args: A) => Promise<void>,
  ): (...args: A) => Promise<void>;
  out(text: string): void;
  readonly env: NodeJS.ProcessEnv;
}

type DryRun = { readonly dryRun: boolean };
const DRY_RUN = ['--dry-run', 'say what would change, and change nothing', false] as const;

const versionNumber = (text: string): number => {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('wants the number of a version');
};

/** Gives the command `pause` or `resume` what it takes and does. */
export function addSwitch(command: Command, paused: boolean, line: CommandLine): void {
  const name = command.name();
  command
    .argument('<kind>', 'campaign, contract, buyer or source; or world, for everything')
    .argument('[id]', 'which one')
    .option(...DRY_RUN)
    .addHelpText('after', `\nExamples: sluice ${name} contract apex_auto; sluice ${name} world`)
    .action(
      line.run(async (config, ...named: [kind: string, id: string | undefined, DryRun]) => {
        const [kind, id, { dryRun }] = named;
        const { setPaused } = await import('./editing.ts');
        const desk = await openDesk(config, line, dryRun);
        await tell(await setPaused({ kind, id }, paused, desk), line);
      }),
    );
}

/** Gives `sluice world` its commands. */
export function addWorldCommands(world: Command, line: CommandLine): void {
  world
    .command('versions')
    .description('list the versions, newest first: when, who, what changed')
    .option('--limit <count>', 'how many', versionNumber, 20)
    .action(
      line.run(async (config, { limit }: { limit: number }) => {
        const { versionsText } = await import('./editing.ts');
        line.out(await versionsText(await loadUrl(config, line), limit));
      }),
    );
  world
    .command('show')
    .description('print a version as YAML; the one in force unless told')
    .argument('[version]', 'its number', versionNumber)
    .action(
      line.run(async (config, version: number | undefined) => {
        const { versionYaml } = await import('./editing.ts');
        line.out(await versionYaml(await loadUrl(config, line), version));
      }),
    );
  world
    .command('diff')
    .description('say what changes from one version to another')
    .argument('<from>', 'the version before', versionNumber)
    .argument('[to]', 'the version after; the one in force unless told', versionNumber)
    .action(
      line.run(async (config, from: number, to: number | undefined) => {
        const { diffText } = await import('./editing.ts');
        line.out(await diffText(await loadUrl(config, line), { from, to }));
      }),
    );
  world
    .command('rollback')
    .description('apply the document of an old version again, as a new one')
    .argument('<version>', 'its number', versionNumber)
    .option(...DRY_RUN)
    .action(
      line.run(async (config, version: number, { dryRun }: DryRun) => {
        const { rollBack } = await import('./editing.ts');
        await tell(await rollBack(version, await openDesk(config, line, dryRun)), line);
      }),
    );
}

async function loadUrl(config: Config, { env }: CommandLine): Promise<string> {
  const { loadDatabaseUrl } = await import('./running.ts');
  return loadDatabaseUrl(config, env);
}

async function openDesk(config: Config, line: CommandLine, dryRun: boolean) {
  const by = `cli ${line.env['USER'] ?? ''}`.trim();
  return { databaseUrl: await loadUrl(config, line), by, dryRun };
}

async function tell(applied: WorldApplied, { out }: CommandLine): Promise<void> {
  const { describeApplied } = await import('./apply.ts');
  out(describeApplied(applied));
  if (applied.kind === 'invalid') process.exitCode = 1;
}
