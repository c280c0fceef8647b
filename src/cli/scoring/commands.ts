// `sluice feedback` and `sluice score`, as the command line has it.

import type { Command } from 'commander';
import type { CommandLine } from '../world-commands.ts';
import type { ScoreOptions } from './score.ts';

/** Gives `sluice feedback` its commands. */
export function addFeedback(command: Command, { run, out, env }: CommandLine): void {
  command
    .command('import')
    .description('record what became of sold leads, from a CSV file')
    .argument('<file>', 'its first line names the columns')
    .option('--result <file>', 'what came of each row; beside the file unless told')
    .addHelpText(
      'after',
      `
Columns: lead (our id) or external_id (the source's, with source where several have it); what
(contacted, qualified, converted, bad); and, where known, id, value or value_cents, at, contract,
reason. A file that is imported twice is recorded once.

Example: sluice feedback import november.csv`,
    )
    .action(
      run(async (config, file: string, { result }: { result?: string }) => {
        const { loadDatabaseUrl } = await import('../running.ts');
        const { importFeedback } = await import('./import-feedback.ts');
        const databaseUrl = await loadDatabaseUrl(config, env);
        const by = `cli ${env['USER'] ?? ''}`.trim();
        const imported = await importFeedback(file, {
          ...{ databaseUrl, by, nowMs: Date.now() },
          ...(result !== undefined && { resultFile: result }),
        });
        const { recorded, repeats, errors, resultFile } = imported;
        out(`${recorded} recorded, ${repeats} known before, ${errors} with errors: ${resultFile}`);
        if (errors > 0) process.exitCode = 1;
      }),
    );
}

/** Gives `sluice score` what it takes and does. */
export function addScore(command: Command, { run, out, env }: CommandLine): void {
  command
    .option('--fit', 'learn from what became of leads, now', false)
    .option('--backtest <days>', 'hold the scores of the last days against what came, such as 30d')
    .option('--svg <file>', 'where the plot of a back-test goes', 'score-backtest.svg')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExamples: sluice score --fit; sluice score --backtest 30d')
    .action(
      run(async (config, options: ScoreOptions) => {
        const { loadDatabaseUrl } = await import('../running.ts');
        const { runScore } = await import('./score.ts');
        out(await runScore(await loadDatabaseUrl(config, env), options, Date.now()));
      }),
    );
}
