#!/usr/bin/env node
// The `sluice` command. Reads the environment, and hands each command its options.

import { Command, InvalidArgumentError } from 'commander';
import pino from 'pino';
import { addEvents } from './cli/events/commands.ts';
import { addBalance, addCaps, addDeposit } from './cli/money-commands.ts';
import { addDeliveries, addEndpoints } from './cli/deliveries/commands.ts';
import { addTry } from './cli/asking/try-command.ts';
import { addWhatIf } from './cli/asking/what-if-command.ts';
import { addLeads } from './cli/leads/commands.ts';
import { addFeedback, addScore } from './cli/scoring/commands.ts';
import { addSuppress } from './cli/suppress/commands.ts';
import { addSwitch, addWorldCommands } from './cli/world-commands.ts';
import type { ExplainOptions } from './cli/explain.ts';
import type { Config } from './config.ts';
import { programVersion } from './db/migrate.ts';

const env = process.env;
const out = (text: string) => void process.stdout.write(`${text}\n`);

/** Runs a command and turns what it throws into a message, a next step and an exit code. */
function run<A extends unknown[]>(work: (config: Config, ...args: A) => Promise<void>) {
  return async (...args: A): Promise<void> => {
    try {
      const { readConfig } = await import('./config.ts');
      await work(readConfig(env), ...args);
    } catch (error) {
      const { message, hint } = error as { message?: string; hint?: string };
      process.stderr.write(`sluice: ${message ?? String(error)}\n${hint ? `  ${hint}\n` : ''}`);
      if (env['SLUICE_LOG_LEVEL'] === 'debug') process.stderr.write(`${(error as Error).stack}\n`);
      process.exitCode = 1;
    }
  };
}

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('wants a number above 0');
  return value;
};

const collect = (text: string, before: readonly string[]): string[] => [...before, text];

function createLog(config: Config) {
  // Access keys never reach a log, wherever an object holds them.
  const paths = ['authorization', '*.authorization', 'req.headers.authorization', '*.password'];
  return pino({ level: config.logLevel, redact: { paths, censor: '[redacted]' } });
}

/** Stops once on SIGINT or SIGTERM, and ends the process when that is done. */
function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const end = () => {
    if (stopping) return;
    stopping = true;
    process.stderr.write('stopping …\n');
    void stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

async function installTemporalLog(log: pino.Logger): Promise<void> {
  const { installRuntime } = await import('./workers.ts');
  installRuntime((level, message) => {
    if (level === 'error') log.error(message);
    else log.warn(message);
  });
}

const program = new Command('sluice')
  .description('Sluice, the open lead-distribution server. Begin with: sluice start')
  .version(programVersion())
  .showHelpAfterError('(sluice --help shows the commands)');

program
  .command('start')
  .description('run everything on this machine: PostgreSQL, Temporal, a demo world, the server')
  .option('--fresh', 'delete all data first (asks)', false)
  .option('--yes', 'answer yes to the question of --fresh', false)
  .addHelpText(
    'after',
    `
Ports: SLUICE_PORT (3000), SLUICE_POSTGRES_PORT (5433), SLUICE_TEMPORAL_PORT (7233),
SLUICE_TEMPORAL_UI_PORT (8233), SLUICE_DEMO_PORT (3100). Data: SLUICE_DATA_DIR (.sluice).
DATABASE_URL and TEMPORAL_ADDRESS replace the embedded servers, one by one.`,
  )
  .action(
    run(async (config, options: { fresh: boolean; yes: boolean }) => {
      const { startAll } = await import('./cli/start.ts');
      const parts: { stop(): Promise<void> }[] = [];
      // During the start nothing is there to stop in order: guards end the children.
      stopOnSignal(async () => void (await Promise.all(parts.map((part) => part.stop()))));
      parts.push(await startAll(config, { ...options, say: out, env }));
    }),
  );

program
  .command('serve')
  .description('serve the API and work on leads (needs DATABASE_URL and TEMPORAL_ADDRESS)')
  .action(
    run(async (config) => {
      const { loadDatabaseUrl } = await import('./cli/running.ts');
      const { serve } = await import('./serving/serve.ts');
      const log = createLog(config);
      await installTemporalLog(log);
      const databaseUrl = await loadDatabaseUrl(config, env);
      const serving = await serve({ ...config, databaseUrl }, { log, env });
      log.info({ url: serving.url }, 'serving');
      stopOnSignal(serving.stop);
    }),
  );

program
  .command('caps-worker')
  .description('work on buyer caps only, beside `serve` with SLUICE_CAPS=apart')
  .action(
    run(async (config) => {
      const { runCaps } = await import('./cli/caps-worker.ts');
      const log = createLog(config);
      await installTemporalLog(log);
      stopOnSignal(runCaps(config, log).stop);
    }),
  );

program
  .command('migrate')
  .description('bring the database to the schema of this version')
  .action(
    run(async (config) => {
      const { loadDatabaseUrl } = await import('./cli/running.ts');
      const { migrate } = await import('./db/migrate.ts');
      const applied = await migrate(await loadDatabaseUrl(config, env), out);
      out(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply');
    }),
  );

program
  .command('apply <world>')
  .description('validate a world (YAML or JSON) and apply it as a new version')
  .option('--dry-run', 'say what would change, and change nothing', false)
  .addHelpText('after', '\nExample: sluice apply examples/worlds/home-services.yaml --dry-run')
  .action(
    run(async (config, file: string, { dryRun }: { dryRun: boolean }) => {
      const { applyFile, describeApplied } = await import('./cli/apply.ts');
      const { loadDatabaseUrl } = await import('./cli/running.ts');
      const databaseUrl = await loadDatabaseUrl(config, env);
      const by = `cli ${env['USER'] ?? ''}`.trim();
      const applied = await applyFile(file, {
        ...{ databaseUrl, by, dryRun, publicUrl: config.publicUrl },
      });
      out(describeApplied(applied));
      if (applied.kind === 'invalid') process.exitCode = 1;
    }),
  );

const line = { run, out, env };
const pause = program.command('pause').description('stop sending leads to it, at once');
addSwitch(pause, true, line);
const resume = program.command('resume').description('take a pause back');
addSwitch(resume, false, line);
const world = program.command('world').description('versions: list, show, compare, go back');
addWorldCommands(world, line);

program
  .command('lead <id>')
  .description('tell the story of one lead')
  .action(
    run(async (config, id: string) => {
      const { getJson } = await import('./cli/client.ts');
      const { renderStory } = await import('./api/reading/story.ts');
      const trace = await getJson(`/v1/leads/${encodeURIComponent(id)}`, { config, env });
      out(renderStory(trace as Parameters<typeof renderStory>[0]));
    }),
  );

program
  .command('explain [lead]')
  .description('say who may buy a lead, in which order, and why the others may not')
  .option('--campaign <id>', 'for a lead that does not exist: its campaign')
  .option('--source <id>', 'the source that would send it')
  .option('--field <name=value>', 'a field, as often as needed', collect, [])
  .option('--sub-source <name>', 'a part of the source')
  .option('--score <points>', 'a score, instead of the one by the rules', Number)
  .option('--flag <lookup>', 'a lookup that would flag it, as often as needed', collect, [])
  .option('--at <time>', 'now, or a time with its offset, by the world in force')
  .option('--json', 'print JSON', false)
  .addHelpText(
    'after',
    '\nExample: sluice explain --campaign auto_insurance --source quotewell --field state=TX',
  )
  .action(
    run(async (config, lead: string | undefined, options: ExplainOptions) => {
      const { explainLead } = await import('./cli/explain.ts');
      out(await explainLead(lead, options, { config, env }));
    }),
  );

program
  .command('pnl')
  .description('received, sold, revenue, payout and margin, from the ledger')
  .option('--by <dimensions>', 'campaign, source, buyer, day; comma-separated', 'campaign')
  .option('--from <date>', 'first day, YYYY-MM-DD')
  .option('--to <date>', 'last day, YYYY-MM-DD')
  .action(
    run(async (config, options: { by: string; from?: string; to?: string }) => {
      const { readPnlTable } = await import('./cli/pnl.ts');
      const { loadDatabaseUrl } = await import('./cli/running.ts');
      out(await readPnlTable(await loadDatabaseUrl(config, env), options));
    }),
  );

const whatIf = program.command('what-if <world>');
addWhatIf(whatIf, line);
addTry(program.command('try <contract>'), line);

const caps = program.command('caps').description('what is used and left of each cap');
addCaps(caps, line);
const deposit = program.command('deposit').description('record what a buyer has paid in');
addDeposit(deposit, line);
const balance = program.command('balance').description('what buyers have paid in, used and left');
addBalance(balance, line);
const events = program.command('events').description('what sources, buyers and you are told');
addEvents(events, line);
const feedback = program.command('feedback').description('what became of sold leads');
addFeedback(feedback, line);
const score = program
  .command('score')
  .description('learn from outcomes, and hold scores against them');
addScore(score, line);

const suppress = program.command('suppress').description('people who must not be contacted');
addSuppress(suppress, line);
addDeliveries(program.command('deliveries').description('pushes after a sale'), line);
addEndpoints(program.command('endpoints').description('the health of whom is pushed to'), line);
addLeads(program.command('leads').description('leads from files'), line);

program
  .command('demo')
  .description('post a stream of invented leads and show what becomes of them')
  .option('--rate <leads>', 'leads per second', positive, 5)
  .option('--seconds <seconds>', 'for how long', positive, 20)
  .option('--campaign <id>', 'the campaign to post to', 'auto_insurance')
  .option('--seed <number>', 'the same people for the same number', positive)
  .action(
    run(
      async (
        config,
        options: { rate: number; seconds: number; campaign: string; seed?: number },
      ) => {
        const { runDemo } = await import('./cli/demo.ts');
        const { DEMO_SOURCE_KEY } = await import('./cli/demo-lead.ts');
        const { findRunning } = await import('./cli/running.ts');
        const { url = `http://127.0.0.1:${config.port}` } = await findRunning(config, env);
        const live = process.stdout.isTTY;
        const write = (text: string) => void process.stdout.write(text);
        const sourceKey = env['SLUICE_SOURCE_KEY'] ?? DEMO_SOURCE_KEY;
        const seed = options.seed ?? Math.floor(Date.now() / 1000) % 1_000_003;
        const table = await runDemo({ ...options, seed, url, sourceKey, live, write });
        if (!live) out(table);
      },
    ),
  );

program
  .command('key <kind>')
  .description('make a key for a source, an operator or a buyer, and the hash for the world')
  .action(
    run(async (_config, kind: string) => {
      if (kind !== 'source' && kind !== 'operator' && kind !== 'buyer') {
        throw new InvalidArgumentError('kind is `source`, `operator` or `buyer`');
      }
      const { makeKey } = await import('./cli/key.ts');
      const { key, sha256 } = makeKey(kind);
      out(`key (shown once)  ${key}\nfor the world     keys: [{ sha256: ${sha256} }]`);
    }),
  );

program
  .command('schema')
  .description('print the JSON Schema of a world document')
  .action(
    run(async () => {
      const { worldJsonSchema } = await import('./world/json-schema.ts');
      out(JSON.stringify(worldJsonSchema(), null, 2));
    }),
  );

await program.parseAsync();
