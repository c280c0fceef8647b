// `sluice leads import` as tests run it: a file of the test's, the application on a free port, and
// what came of each row.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type Imported,
  type ImportCaller,
  importLeads,
  type ImportOptions,
} from '../../src/cli/leads/import.ts';
import { readConfig } from '../../src/config.ts';
import { keys } from './intake-world.ts';

export const folder = mkdtempSync(join(tmpdir(), 'sluice-leads-'));
let files = 0;

export const OPTIONS: ImportOptions = {
  ...{ campaign: 'auto_insurance', map: [], header: true, test: false, wait: 20 },
  ...{ preview: false, dryRun: false, concurrency: 4 },
};

/** A file of its own for each call. */
export function write(content: string | Uint8Array, name = `leads-${(files += 1)}.csv`): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

export interface Ran extends Imported {
  readonly said: readonly string[];
  readonly resultFile: string;
  /** The lines of the result file by row: status, reason and problems. */
  readonly results: ReadonlyMap<number, { status: string; lead: string; says: string }>;
}

/** Runs the command on a file against a server. */
export async function runImport(
  file: string,
  url: string,
  more: { options?: Partial<ImportOptions>; from?: Partial<ImportCaller> } = {},
): Promise<Ran> {
  const said: string[] = [];
  const caller: ImportCaller = {
    config: readConfig({ SLUICE_DATA_DIR: '/nowhere' }),
    env: { SLUICE_URL: url },
    sourceKey: keys.acme,
    signal: new AbortController().signal,
    now: Date.now,
    onProgress: () => undefined,
    say: (text) => void said.push(text),
    ...more.from,
  };
  const options = { ...OPTIONS, ...more.options };
  const ended = await importLeads(file, options, caller);
  const resultFile = options.result ?? `${file}.${options.dryRun ? 'check' : 'result'}.csv`;
  return { ...ended, said, resultFile, results: readResults(resultFile, options.preview) };
}

function readResults(file: string, none: boolean) {
  const lines = none ? [] : readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
  return new Map(
    lines.map((line) => {
      const [row = '', lead = '', status = '', ...says] = line.split(',');
      return [Number(row), { lead, status, says: says.slice(0, -1).join(',') }] as const;
    }),
  );
}
