// The last line of a test run, taken from real runs of vitest over small suites that are broken in
// each way that a suite can be.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const start = "import { beforeAll, expect, test } from 'vitest';\n";
const passes = "test('passes', () => {});\n";
const config = `
  import { createCountReporter } from '${root}test/support/count-reporter.ts';
  export default { test: { include: ['*.ts'], globalSetup: SETUP,
    reporters: ['default', createCountReporter()] } };`;

interface Run {
  readonly status: number | null;
  readonly lastLine: string | undefined;
}

/** Runs vitest over these files, in a folder from which vitest itself can be found. */
function runSuite(files: Readonly<Record<string, string>>, setup: string[] = []): Run {
  const cache = join(root, 'node_modules/.cache/sluice');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'counting-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'config.mjs'), config.replace('SETUP', JSON.stringify(setup)));
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'config.mjs'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('counts passed and failed tests, and a file or a hook that broke as one failure each', () => {
  const run = runSuite({
    'green.ts': `${start}${passes}test.skip('is skipped', () => {});`,
    'red.ts': `${start}${passes}test('fails', () => expect(1).toBe(2));`,
    'broken.ts': `${start}throw new Error('before any test');`,
    'hook.ts': `${start}beforeAll(() => { throw new Error('hook'); });${passes}`,
    'stray.ts': `${start}${passes}void Promise.reject(new Error('nobody waits'));`,
  });
  expect(run).toEqual({ status: 1, lastLine: '3 passed, 4 failed' });
});

test('reads green when all is green', () => {
  const run = runSuite({ 'green.ts': `${start}${passes}` });
  expect(run).toEqual({ status: 0, lastLine: '1 passed, 0 failed' });
});

test('never reads green when nothing ran', () => {
  expect(runSuite({})).toEqual({ status: 1, lastLine: '0 passed, 1 failed' });
  const setup = { 'green.ts': `${start}${passes}`, 'setup.mjs': "throw new Error('no servers');" };
  expect(runSuite(setup, ['setup.mjs'])).toEqual({ status: 1, lastLine: '0 passed, 1 failed' });
});
