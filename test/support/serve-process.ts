// One real `sluice serve`, as operators run it: built, in a process of its own, with a log file.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sluiceArgs } from '../../src/cli/serve-args.ts';
import { findFreePort } from '../../src/stack/ports.ts';
import { type RunningProcess, startProcess } from '../../src/stack/processes.ts';

export interface ServeProcess {
  readonly url: string;
  /** As operators stop it. Resolves when it has ended. */
  stop(): Promise<void>;
  /** As an accident stops it: SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port; resolves when it is ready. */
  start(): Promise<void>;
  /** The last lines of its log. */
  logTail(): string;
}

export interface ServeSettings {
  readonly name: string;
  /** Where its log goes. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts it and resolves when leads are worked on. Throws with its last words if it cannot. */
export async function startServe({ name, folder, env }: ServeSettings): Promise<ServeProcess> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(folder, `${name}.log`);
  const run = () =>
    startProcess({
      name,
      command: process.execPath,
      args: sluiceArgs('serve'),
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, ...env, SLUICE_PORT: String(port) },
      logFile,
      say: () => undefined,
      readyWhen: async () =>
        (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok === true,
    });
  let running: RunningProcess = await run();
  return {
    url,
    stop: () => running.stop({ graceMs: 30_000 }),
    async kill() {
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
    },
    async start() {
      running = await run();
    },
    logTail() {
      // That it is not ready at once is known.
      const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
      const told = lines.filter((line) => !line.includes('/health/ready'));
      return `log of ${name}:\n${told.slice(-30).join('\n')}`;
    },
  };
}
