// The place where a run happens: a temporary folder, what was started in it, and the promise that
// nothing of it is left behind, however the run ends.

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { confirmFresh } from '../../src/stack/fresh.ts';
import { describeExit, type ProcessExit } from '../../src/stack/processes.ts';

/** What can be taken down again. */
export interface Part {
  stop(): Promise<unknown>;
}

export interface Workbench {
  readonly folder: string;
  /** One line of progress. */
  readonly say: (line: string) => void;
  /** The environment that children get. */
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C, and by a child that ends although nobody stopped it. */
  readonly signal: AbortSignal;
  readonly onExit: (exit: ProcessExit) => void;
  /** Has a part stopped at the end, the last one first; returns it. */
  add<P extends Part>(part: P): P;
}

const CLEAR_MS = 20_000;

/** Works in a new folder, then stops all parts and deletes the folder, also when `work` throws. */
export async function onWorkbench<T>(
  given: Pick<Workbench, 'say' | 'env'> & { readonly abort: AbortController },
  work: (bench: Workbench) => Promise<T>,
): Promise<T> {
  const { say, env, abort } = given;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  // PostgreSQL does not run as root: the user it runs as instead has to get in.
  await chmod(folder, 0o711);
  const parts: Part[] = [];
  const onExit = (exit: ProcessExit) => {
    for (const line of exit.lastLines) say(`| ${line}`);
    abort.abort(new Error(describeExit(exit)));
  };
  const add = <P extends Part>(part: P): P => {
    parts.push(part);
    return part;
  };
  try {
    return await work({ folder, say, env, signal: abort.signal, onExit, add });
  } finally {
    for (const part of parts.reverse()) {
      await part.stop().catch((error: unknown) => say(`while stopping: ${String(error)}`));
    }
    await clear(folder).catch((error: unknown) => say(`${folder} is left: ${String(error)}`));
  }
}

/** Deletes the folder, and PostgreSQL's home where that had to be elsewhere. */
async function clear(folder: string): Promise<void> {
  const deadline = Date.now() + CLEAR_MS;
  for (;;) {
    try {
      await confirmFresh({ dataDir: folder, say: () => undefined, assumeYes: true });
      return await rm(folder, { recursive: true, force: true });
    } catch (error) {
      // A stack that failed to start ends the server that did start in its own time.
      if (Date.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}

/** Waits, but not longer than the run lasts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise((done) => setTimeout(done, ms));
  signal.throwIfAborted();
}
