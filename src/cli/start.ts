// `sluice start`: everything on one machine. PostgreSQL, Temporal, the demo world and its buyers,
// one serving process; then one demo lead is sold, and the terminal says where to look.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Config } from '../config.ts';
import { migrate, packageRoot } from '../db/migrate.ts';
import { confirmFresh } from '../stack/fresh.ts';
import { assertPortFree } from '../stack/ports.ts';
import {
  describeExit,
  type OnExit,
  type RunningProcess,
  startProcess,
} from '../stack/processes.ts';
import { type RunningStack, startStack } from '../stack/stack.ts';
import { prepareNamespace } from '../stack/temporal/namespace.ts';
import { applyFile, describeApplied, findAppliedWorld } from './apply.ts';
import { DEMO_OPERATOR_KEY, postDemoLead } from './demo-lead.ts';
import { CommandError, forgetRunning, recordRunning } from './running.ts';
import { isHealthy } from './client.ts';
import { sluiceArgs } from './serve-args.ts';

/** Whose the demo world is, in the list of versions. */
const BY_START = 'sluice start';

/** The example worlds whose buyers are stand-ins. */
const BUYERS_OF = ['demo', 'fifty'];

export interface StartOptions {
  readonly fresh: boolean;
  readonly yes: boolean;
  readonly say: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts it all and returns how to stop it. Throws `StackError` or `CommandError` with a hint. */
export async function startAll(
  config: Config,
  options: StartOptions,
): Promise<{ stop(): Promise<void> }> {
  const { say, env } = options;
  const dataDir = resolve(config.dataDir);
  if (options.fresh && !(await makeFresh(dataDir, options))) {
    throw new CommandError('nothing was deleted', 'Answer `yes`, or run without --fresh.');
  }
  await mkdir(join(dataDir, 'logs'), { recursive: true });
  await assertPortFree({ port: config.port, variable: 'SLUICE_PORT', host: config.host });
  await assertPortFree({ port: config.demoPort, variable: 'SLUICE_DEMO_PORT', host: '127.0.0.1' });

  const parts: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of parts.splice(0).reverse()) await part.stop();
  };
  const onExit: OnExit = (exit) => {
    say(`${describeExit(exit)}; its log is ${exit.logFile}`);
    for (const line of exit.lastLines.slice(-5)) say(`  ${line}`);
  };
  try {
    const stack = await startServers(config, { dataDir, say, env, onExit });
    parts.push(stack);
    say('applying migrations …');
    await migrate(stack.databaseUrl, say);
    const isDemo = await applyDemoWorld(config, stack, say);
    const at = { config, stack, dataDir, say, env, onExit };
    parts.push(await startBuyers(at));
    parts.push(await startServe(at));
    const url = `http://${config.host}:${config.port}`;
    const { databaseUrl } = stack;
    await recordRunning(dataDir, {
      ...{ url, databaseUrl },
      operatorKey: isDemo ? DEMO_OPERATOR_KEY : undefined,
    });
    parts.push({ stop: () => forgetRunning(dataDir) });
    const uiUrl = stack.uiUrl ?? config.temporal.uiUrl;
    const { namespace } = config.temporal;
    if (isDemo) for (const line of await postDemoLead({ url, uiUrl, namespace })) say(line);
    say('Ctrl-C stops everything; the data stays for the next start.');
    return { stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

interface Parts {
  readonly config: Config;
  readonly stack: RunningStack;
  readonly dataDir: string;
  readonly say: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly onExit: OnExit;
}

async function makeFresh(dataDir: string, { yes, say }: StartOptions): Promise<boolean> {
  if (!process.stdin.isTTY) return confirmFresh({ dataDir, say, assumeYes: yes });
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const ask = (question: string) => terminal.question(question);
    return await confirmFresh({ dataDir, say, assumeYes: yes, ask });
  } finally {
    terminal.close();
  }
}

async function startServers(
  config: Config,
  at: Omit<Parts, 'config' | 'stack'>,
): Promise<RunningStack> {
  const { address, namespace } = config.temporal;
  const { postgresPort: postgres, temporalPort: temporal, temporalUiPort: temporalUi } = config;
  const stack = await startStack({
    ...at,
    ports: { postgres, temporal, temporalUi },
    databaseUrl: config.databaseUrl,
    temporalAddress: address,
    namespace,
  });
  if (address) await prepareNamespace({ namespace, connection: { address } });
  return stack;
}

/**
 * Applies the demo world where there is none, or where it is what is applied; a world of your own
 * stays, and false is returned. The demo buyers' usual port is replaced where another is
 * configured.
 */
async function applyDemoWorld(
  config: Config,
  stack: RunningStack,
  say: Parts['say'],
): Promise<boolean> {
  const inForce = await findAppliedWorld(stack.databaseUrl);
  if (inForce && inForce.appliedBy !== BY_START) {
    say(
      `keeping world ${inForce.version}, applied by ${inForce.appliedBy}: no demo lead is posted`,
    );
    return false;
  }
  const applied = await applyFile(join(packageRoot(), 'examples/worlds/demo.yaml'), {
    databaseUrl: stack.databaseUrl,
    by: BY_START,
    dryRun: false,
    publicUrl: config.publicUrl,
    edit: (text) => text.replaceAll('127.0.0.1:3100', `127.0.0.1:${config.demoPort}`),
  });
  if (applied.kind === 'invalid') {
    throw new CommandError(describeApplied(applied), 'Mend examples/worlds/demo.yaml.');
  }
  if (applied.kind === 'applied') say(`the demo world is version ${applied.version}`);
  return true;
}

function startBuyers({ config, dataDir, say, env, onExit }: Parts): Promise<RunningProcess> {
  say('starting the demo buyers …');
  const journal = join(dataDir, 'demo-buyers.journal');
  // Those of all worlds that name them, so that any of them may be applied while this runs.
  const configs = BUYERS_OF.flatMap((world) => [
    '--config',
    join(packageRoot(), `examples/worlds/${world}-buyers.json`),
  ]);
  const program = join(packageRoot(), 'dist/src/demo/buyer-process.js');
  const port = String(config.demoPort);
  return startProcess({
    name: 'demo buyers',
    command: process.execPath,
    args: [program, '--port', port, '--journal', journal, ...configs],
    env,
    logFile: join(dataDir, 'logs/demo-buyers.log'),
    say,
    onExit,
    readyWhen: () => isHealthy(`http://127.0.0.1:${port}/health`),
  });
}

function startServe({ config, stack, dataDir, say, env, onExit }: Parts): Promise<RunningProcess> {
  say('starting sluice serve …');
  const allowed = [...config.outbound.allowPrivate, `127.0.0.1:${config.demoPort}`];
  return startProcess({
    name: 'sluice serve',
    command: process.execPath,
    args: sluiceArgs('serve'),
    env: {
      ...env,
      DATABASE_URL: stack.databaseUrl,
      TEMPORAL_ADDRESS: stack.temporalAddress,
      OUTBOUND_ALLOW_PRIVATE: allowed.join(','),
      ...(stack.uiUrl && { SLUICE_TEMPORAL_UI_URL: stack.uiUrl }),
    },
    logFile: join(dataDir, 'logs/serve.log'),
    say,
    onExit,
    readyWhen: () => isHealthy(`http://${config.host}:${config.port}/health/ready`),
  });
}
