// The embedded stack without its servers: which port, program and folder is chosen, how children
// are stopped, what is deleted. Programs are played by shell scripts in a folder of their own.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { confirmFresh } from '../../src/stack/fresh.ts';
import { startGuard } from '../../src/stack/guard.ts';
import { awaitLeftover, findLeftover } from '../../src/stack/leftovers.ts';
import { assertPortFree, findFreePort } from '../../src/stack/ports.ts';
import {
  choosePostgresHome,
  clusterIn,
  fallbackHomes,
  isFallbackHome,
} from '../../src/stack/postgres/home.ts';
import { startProcess } from '../../src/stack/processes.ts';
import type { ProcessExit, ProcessSpec } from '../../src/stack/processes.ts';
import { StackError } from '../../src/stack/stack-error.ts';
import { temporalArgs } from '../../src/stack/temporal/flags.ts';
import { findTemporal } from '../../src/stack/temporal/ladder.ts';

const NOWHERE = 'http://127.0.0.1:1/temporal.tar.gz';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function script(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

const speaks = (server: string): string => `echo "temporal version 9 (Server ${server}, UI 2)"`;

test('a free port passes, a taken one is an error that names its variable', async () => {
  const port = await findFreePort();
  const claim = { port, variable: 'SLUICE_POSTGRES_PORT', host: '127.0.0.1' };
  await expect(assertPortFree(claim)).resolves.toBeUndefined();

  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await expect(assertPortFree(claim)).rejects.toMatchObject({
    name: 'StackError',
    message: `port ${port} is taken; set SLUICE_POSTGRES_PORT to a free one`,
    hint: expect.stringContaining('SLUICE_POSTGRES_PORT='),
  });
});

function ladder() {
  const root = folder();
  const at = (name: string): string => join(root, name);
  const said: string[] = [];
  const options = {
    dataDir: at('data'),
    cacheDirs: [at('cache')],
    env: { PATH: `${at('path')}:/usr/bin:/bin` },
    downloadUrl: NOWHERE,
    say: (text: string) => void said.push(text),
  };
  return { at, said, options };
}

test('the Temporal program is sought on PATH, in the data folder, then in the cache', async () => {
  const { at, options } = ladder();
  script(at('cache/bin/temporal'), speaks('1.31.2'));
  expect(await findTemporal(options)).toBe(at('cache/bin/temporal'));
  script(at('data/bin/temporal'), speaks('1.30.0'));
  expect(await findTemporal(options)).toBe(at('data/bin/temporal'));
  script(at('path/temporal'), speaks('1.29.1'));
  expect(await findTemporal(options)).toBe('temporal');
});

test('a Temporal program that is too old or broken is passed over', async () => {
  const { at, options, said } = ladder();
  script(at('path/temporal'), speaks('1.28.4'));
  script(at('data/bin/temporal'), 'exit 3');
  script(at('cache/bin/temporal'), speaks('2.0.0'));
  expect(await findTemporal(options)).toBe(at('cache/bin/temporal'));
  expect(said.join()).toContain('server 2.0.0');
});

test('the Temporal program is downloaded into the cache, through redirects', async () => {
  const { at, options } = ladder();
  script(at('archive/temporal'), speaks('1.29.1'));
  execFileSync('tar', ['-czf', at('temporal.tar.gz'), '-C', at('archive'), 'temporal']);
  const server = createServer(({ url }, res) => {
    if (url === '/latest') res.writeHead(302, { location: '/file' }).end();
    else res.end(readFileSync(at('temporal.tar.gz')));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));

  const { port } = server.address() as AddressInfo;
  const downloadUrl = `http://127.0.0.1:${port}/latest`;
  expect(await findTemporal({ ...options, downloadUrl })).toBe(at('cache/bin/temporal'));
});

test('the Temporal program is built with Go when nothing else gives it', async () => {
  const { at, options, said } = ladder();
  const made = '"$GOBIN/temporal"';
  const build = `printf '#!/bin/sh\\n${speaks('1.29.1')}' > ${made}; chmod +x ${made}`;
  script(at('path/go'), `[ "$1" = version ] || { ${build}; }`);
  expect(await findTemporal(options)).toBe(at('cache/bin/temporal'));
  expect(said.join('\n')).toMatch(/building the server with Go, once, about 3 minutes/);
});

test('when no rung holds, the error tells each one, and the command that helps', async () => {
  const { at, options } = ladder();
  script(at('path/temporal'), speaks('1.20.0'));
  script(at('path/go'), '[ "$1" = version ] || { echo "no module proxy"; exit 1; }');
  const error: unknown = await findTemporal(options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StackError);
  const { message, hint } = error as StackError;
  expect(message.split('\n').slice(1)).toEqual([
    '  - temporal on PATH: Server 1.20.0 is older than 1.29',
    `  - ${at('data/bin/temporal')}: not there`,
    `  - ${at('cache/bin/temporal')}: not there`,
    expect.stringMatching(/download of version 1\.5\.1: .*ECONNREFUSED/),
    expect.stringMatching(/go install .*: no module proxy/),
  ]);
  expect(hint).toMatch(/GOBIN=.* go install .*temporal@v1\.5\.1/);
});

test('the server gets a web interface unless it is headless', () => {
  const server = { host: '127.0.0.1', port: 7233, dbFile: 'a.db', namespace: 'default' };
  expect(temporalArgs(server)).toContain('--headless');
  const args = temporalArgs({ ...server, uiPort: 8233 });
  expect(args).not.toContain('--headless');
  expect(args.join(' ')).toContain('--ui-port 8233');
  expect(args.filter((arg) => arg.endsWith('=Keyword'))).toHaveLength(6);
});

function homes(usable: (home: string) => boolean) {
  const dataDir = folder();
  const fallbacks = [join(folder(), 'first'), join(folder(), 'second')];
  const said: string[] = [];
  const choose = (canUse = usable): Promise<string> =>
    choosePostgresHome({
      dataDir,
      fallbacks,
      canUse: async (home) => canUse(home),
      userName: 'postgres',
      say: (text) => void said.push(text),
    });
  const addCluster = (home: string): void => {
    mkdirSync(clusterIn(home), { recursive: true });
    writeFileSync(join(clusterIn(home), 'PG_VERSION'), '18\n');
  };
  return { dataDir, fallbacks, said, choose, addCluster };
}

test('PostgreSQL lives in the data folder where its user can enter it', async () => {
  const { dataDir, choose, said } = homes(() => true);
  expect(await choose()).toBe(join(dataDir, 'postgres'));
  expect(said).toEqual([]);
});

test('PostgreSQL moves to the first usable folder, says so, and is found there again', async () => {
  const { dataDir, fallbacks, said, choose, addCluster } = homes((home) => home.endsWith('second'));
  const home = await choose();
  expect(home).toBe(fallbacks[1]);
  expect(said.join()).toContain(
    `user postgres cannot enter ${dataDir}; keeping its data in ${home}`,
  );
  addCluster(home);
  expect(await choose(() => true)).toBe(home);
});

test('data that cannot be used now is an error, never an empty database', async () => {
  const { dataDir, choose, addCluster } = homes((home) => home.endsWith('first'));
  addCluster(join(dataDir, 'postgres'));
  await expect(choose()).rejects.toThrow(/cannot be used by user postgres/);
});

test('a database whose data folder was deleted is set aside, not taken for this one', async () => {
  const { fallbacks, said, choose, addCluster } = homes((home) => home.endsWith('first'));
  const [first = ''] = fallbacks;
  addCluster(first);
  expect(await choose()).toBe(first);
  expect(existsSync(join(clusterIn(first), 'PG_VERSION'))).toBe(false);
  expect(said.join()).toMatch(/moved to .*first\.before-/);
});

test('two data folders never share a fallback, and only fallbacks are recognised', () => {
  const [one, other] = [fallbackHomes('/srv/a'), fallbackHomes('/srv/b')];
  expect(new Set([...one, ...other]).size).toBe(4);
  expect(one.every(isFallbackHome)).toBe(true);
  expect(['/', '/var/lib/sluice', '/home/ann', `${one[0]}/../..`].some(isFallbackHome)).toBe(false);
});

function child(text: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  const logFile = join(folder(), 'child.log');
  const args = ['-c', text];
  return { name: 'child', command: '/bin/sh', args, logFile, say: () => undefined, ...more };
}

const FOREVER = 'while :; do sleep 0.1; done';

test('a child that ignores SIGTERM is killed after its grace', async () => {
  const said: string[] = [];
  const spec = child(`trap '' TERM; echo up; ${FOREVER}`, { say: (text) => void said.push(text) });
  const readyWhen = async () => readFileSync(spec.logFile, 'utf8').includes('up');
  const running = await startProcess({ ...spec, readyWhen });
  await running.stop({ graceMs: 100 });
  expect(await running.exited).toMatchObject({ signal: 'SIGKILL' });
  expect(said).toEqual([expect.stringContaining('did not end within 0.1 s of SIGTERM')]);
});

test('a child that ends before it is ready fails its start with its last words', async () => {
  const spec = child('echo out of memory; exit 7', { readyWhen: async () => false });
  await expect(startProcess(spec)).rejects.toMatchObject({
    message: 'child ended (exit code 7) before it was ready\n  | out of memory',
    hint: `See ${spec.logFile}.`,
  });
});

test('an end that nobody asked for is told once; a stop is not', async () => {
  const exits: ProcessExit[] = [];
  const onExit = (exit: ProcessExit) => void exits.push(exit);
  const crashed = await startProcess(child('sleep 0.1; echo oops; exit 2', { onExit }));
  await crashed.exited;
  const stopped = await startProcess(child(FOREVER, { onExit }));
  await stopped.stop();
  expect(exits).toEqual([expect.objectContaining({ code: 2, lastLines: ['oops'] })]);
});

test('the guard stops the whole group when its parent is gone', async () => {
  const running = await startProcess(child(`sleep 600 & ${FOREVER}`));
  onTestFinished(() => running.stop());
  startGuard(running.pid, ['SIGTERM']).abandon(); // The end of its pipe, as our death would be.
  expect(await running.exited).toMatchObject({ signal: 'SIGTERM' });
  await vi.waitUntil(() => !groupLives(running.pid), { timeout: 5_000 });
});

function groupLives(pid: number): boolean {
  try {
    // Zombies of a container that reaps nobody still count as a group.
    const states = execFileSync('sh', ['-c', 'cat /proc/[0-9]*/stat 2>/dev/null || true']);
    const members = states
      .toString()
      .split('\n')
      .map((line) => line.split(') ')[1] ?? '');
    return members.some((stat) => stat.split(' ')[2] === String(pid) && !stat.startsWith('Z'));
  } catch {
    return false;
  }
}

test('a pid file of a running server is told from a number that another program got', async () => {
  const pidFile = join(folder(), 'server.pid');
  const leftover = { name: 'Temporal', pidFile, program: 'node' };
  expect(await findLeftover(leftover)).toEqual({ kind: 'none' });
  writeFileSync(pidFile, `${process.pid}\n`);
  expect(await findLeftover(leftover)).toEqual({ kind: 'running', pid: process.pid });
  const other = { ...leftover, program: 'no-such-program' };
  expect(await awaitLeftover(other, () => undefined)).toMatchObject({ kind: 'reused' });
  expect(existsSync(pidFile)).toBe(false);
});

function yesterday() {
  const dataDir = folder();
  for (const path of ['postgres/data', 'temporal', 'bin', 'logs']) {
    mkdirSync(join(dataDir, path), { recursive: true });
  }
  const fresh = (ask: (() => Promise<string>) | undefined, assumeYes = false) =>
    confirmFresh({ dataDir, say: () => undefined, ask, assumeYes });
  return { fresh, left: (path: string) => existsSync(join(dataDir, path)) };
}

test('beginning anew deletes the databases after a yes, and keeps the programs', async () => {
  const { fresh, left } = yesterday();
  expect(await fresh(async () => 'y')).toBe(false);
  expect(left('postgres')).toBe(true);
  expect(await fresh(async () => 'yes')).toBe(true);
  expect(['postgres', 'temporal', 'bin', 'logs'].map(left)).toEqual([false, false, true, true]);
});

test('beginning anew asks nobody with --yes, and refuses where nobody can be asked', async () => {
  const { fresh, left } = yesterday();
  await expect(fresh(undefined)).rejects.toMatchObject({ hint: expect.stringContaining('--yes') });
  expect(left('postgres')).toBe(true);
  expect(await fresh(undefined, true)).toBe(true);
  expect(left('postgres')).toBe(false);
});
