// The Temporal program as its makers publish it: one archive per system from temporal.download.

import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Agent, interceptors, request } from 'undici';
import type { Say } from '../processes.ts';
import { runProgram } from '../run-program.ts';
import { reasonOf } from '../stack-error.ts';

/** The version that Sluice is tested with, for downloads and builds alike. */
export const temporalVersion = '1.5.1';

/** Where the program goes, and where it may come from instead. */
export interface DownloadOptions {
  readonly into: string;
  readonly url?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly say: Say;
}

/** Downloads `temporal` into a folder and returns its path. Throws within seconds when offline. */
export async function downloadTemporal(options: DownloadOptions): Promise<string> {
  const { into, url = archiveUrl(), env, say } = options;
  // Beside its place, so that half a download is never taken for the program.
  const folder = await mkdtemp(join(into, 'download-'));
  try {
    const archive = join(folder, 'temporal.tar.gz');
    say(`Temporal: downloading ${url}`);
    await save(url, archive);
    await runProgram('tar', ['-xzf', archive, '-C', folder], { env, timeoutMs: 60_000 });
    const program = join(into, 'temporal');
    await rename(join(folder, 'temporal'), program);
    return program;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function archiveUrl(): string {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const base = 'https://temporal.download/cli/archive';
  return `${base}/v${temporalVersion}?platform=${process.platform}&arch=${arch}`;
}

async function save(url: string, file: string): Promise<void> {
  // Short limits until the first byte and between any two: offline, the next rung shall begin.
  const agent = new Agent({ connectTimeout: 4_000, headersTimeout: 6_000, bodyTimeout: 10_000 });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: 3 }));
  try {
    const signal = AbortSignal.timeout(300_000);
    const { statusCode, body } = await request(url, { dispatcher, signal });
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`the server answered ${statusCode}`);
    }
    await pipeline(body, createWriteStream(file));
  } catch (error) {
    // A refused connection tries each address and says why only in its parts.
    const parts: unknown[] = error instanceof AggregateError ? error.errors : [error];
    throw new Error(parts.map(reasonOf).join(', '), { cause: error });
  } finally {
    await agent.destroy();
  }
}
