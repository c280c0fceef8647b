// docker-compose.yml, read by the loader that Docker Compose itself uses (compose-check, a few
// lines of Go). No container is started: the file is shown to be valid and to say what we mean.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readConfig } from '../../src/config.ts';
import { searchAttributes, temporalArgs } from '../../src/stack/temporal/flags.ts';

const root = new URL('../..', import.meta.url).pathname;
const composeFile = join(root, 'docker-compose.yml');
const checker = join(root, 'node_modules/.cache/sluice/compose-check');

const container = z.object({
  image: z.string(),
  command: z.array(z.string()).nullish(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z
    .array(z.looseObject({ published: z.string(), host_ip: z.string().optional() }))
    .default([]),
  volumes: z.array(z.looseObject({ type: z.string(), source: z.string() })).default([]),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ disable: z.boolean().optional() }).optional(),
});
const report = z.object({
  project: z.object({ services: z.record(z.string(), container) }),
  variables: z.record(z.string(), z.unknown()),
});

const filledIn = { POSTGRES_PASSWORD: 'secret1', SLUICE_OPERATOR_KEY_SHA256: 'ab'.repeat(32) };

function check(path: string, variables: Readonly<Record<string, string>> = filledIn) {
  const env = { PATH: process.env['PATH'], ...variables };
  const { status, stdout, stderr } = spawnSync(checker, [path], { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** The project under the names of its containers. */
function loaded() {
  const { stdout, stderr } = check(composeFile);
  if (stdout === '') throw new Error(stderr);
  const { project, variables } = report.parse(JSON.parse(stdout));
  const one = (name: string) => container.parse(project.services[name]);
  return { containers: project.services, one, variables: Object.keys(variables) };
}

beforeAll(() => {
  const found = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (found.error) throw new Error('Go is needed to build test/contract/compose-check: install it');
  const folder = join(root, 'test/contract/compose-check');
  const env = { ...process.env, GOFLAGS: '-buildvcs=false -mod=readonly' };
  execFileSync('go', ['build', '-o', checker, '.'], { cwd: folder, env, stdio: 'pipe' });
}, 300_000); // The first build fetches the modules and compiles them.

describe('docker-compose.yml', () => {
  test('holds the database, Temporal with its set-up, two serve and one caps', () => {
    const { containers } = loaded();
    expect(Object.keys(containers).toSorted()).toEqual([
      'caps',
      'migrate',
      'postgres',
      'serve-1',
      'serve-2',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
    ]);
  });

  test('starts each part after what it needs is there', () => {
    const { containers } = loaded();
    const needs = Object.entries(containers).flatMap(([name, { depends_on: needed }]) =>
      Object.entries(needed).map(([other, { condition }]) => `${name} < ${other} ${condition}`),
    );
    const afterSetUp = ['caps', 'serve-1', 'serve-2'].flatMap((name) => [
      `${name} < migrate service_completed_successfully`,
      `${name} < temporal-namespace service_completed_successfully`,
    ]);
    expect(needs.toSorted()).toEqual(
      [
        ...afterSetUp,
        'migrate < postgres service_healthy',
        'temporal-schema < postgres service_healthy',
        'temporal < temporal-schema service_completed_successfully',
        'temporal-namespace < temporal service_healthy',
        'temporal-ui < temporal service_healthy',
      ].toSorted(),
    );
  });

  test('works on the caps in one process of their own', () => {
    const commands = Object.values(loaded().containers).map(({ command }) => command?.join(' '));
    expect(commands.filter((command) => command === 'caps-worker')).toHaveLength(1);
    expect(commands.filter((command) => command === 'serve')).toHaveLength(2);
  });

  test.for(['serve-1', 'serve-2', 'caps'])('tells %s what Sluice understands', (name) => {
    const { one } = loaded();
    const config = readConfig(one(name).environment);
    expect(config).toMatchObject({
      databaseUrl: 'postgres://sluice:secret1@postgres/sluice',
      temporal: { address: 'temporal:7233', namespace: 'sluice', uiUrl: 'http://localhost:8233' },
      host: '0.0.0.0',
      port: 3000,
      capsInside: false,
      operatorKeySha256: filledIn.SLUICE_OPERATOR_KEY_SHA256,
    });
    expect(Object.keys(one(name).environment)).toHaveLength(8); // Each of them seen above.
    expect(one('migrate').environment).toEqual({ DATABASE_URL: config.databaseUrl });
    expect(one('temporal-namespace').environment).toEqual({
      TEMPORAL_ADDRESS: config.temporal.address,
      TEMPORAL_NAMESPACE: config.temporal.namespace,
    });
  });

  test('gives Temporal 512 shards and our dynamic configuration', () => {
    const { environment, volumes } = loaded().one('temporal');
    expect(environment['NUM_HISTORY_SHARDS']).toBe('512');
    expect(volumes).toContainEqual(
      expect.objectContaining({
        source: join(root, 'deploy/temporal-dynamic-config.yaml'),
        target: environment['DYNAMIC_CONFIG_FILE_PATH'],
      }),
    );
  });

  test('mounts only files that exist', () => {
    const mounts = Object.values(loaded().containers)
      .flatMap(({ volumes }) => volumes)
      .filter(({ type }) => type === 'bind')
      .map(({ source }) => source);
    expect(mounts.length).toBeGreaterThanOrEqual(3);
    expect(mounts.filter((path) => !existsSync(path))).toEqual([]);
  });

  test('opens the API to the network, the Temporal UI to this machine, and nothing else', () => {
    const open = Object.entries(loaded().containers).flatMap(([name, { ports }]) =>
      ports.map(({ host_ip: ip, published }) => `${name} ${ip ?? '*'}:${published}`),
    );
    expect(open.toSorted()).toEqual([
      'serve-1 *:3000',
      'serve-2 *:3001',
      'temporal-ui 127.0.0.1:8233',
    ]);
  });

  test('asks for no variable that .env.example leaves out, and for each that it lists', () => {
    const listed = readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^([A-Z0-9_]+)=/gm);
    expect(loaded().variables.toSorted()).toEqual([...listed].map(([, name]) => name).toSorted());
  });

  test('keeps every password out of the file', () => {
    expect(readFileSync(composeFile, 'utf8')).not.toMatch(/(PASSWORD|PWD|SHA256): (?!\$\{)/);
  });
});

describe('deploy/', () => {
  const read = (name: string) => readFileSync(join(root, 'deploy', name), 'utf8');

  test('sets at least what the development server is told', () => {
    const setting = z.tuple([z.looseObject({ value: z.union([z.number(), z.boolean()]) })]);
    const dynamic = z
      .record(z.string(), setting)
      .parse(parse(read('temporal-dynamic-config.yaml')));
    const server = { host: '127.0.0.1', port: 1, dbFile: '', namespace: '' };
    const args = temporalArgs(server);
    const told = args.filter((_, at) => args[at - 1] === '--dynamic-config-value');
    expect(told.length).toBeGreaterThan(5);
    const set = Object.entries(dynamic).map(([key, [{ value }]]) => `${key}=${value}`);
    expect(set).toEqual(expect.arrayContaining(told));
  });

  test('creates the search attributes that the development server has', () => {
    const created = /^attributes='(.*)'$/m.exec(read('temporal-namespace.sh'))?.[1];
    expect(created?.split(' ')).toEqual(searchAttributes);
  });
});

describe('Dockerfile', () => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

  test('copies only what exists and .dockerignore lets in', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) =>
      (paths ?? '').split(' '),
    );
    expect(copied).toContain('package-lock.json');
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const letIn = readFileSync(join(root, '.dockerignore'), 'utf8').match(/(?<=^!).+$/gm);
    expect(
      copied.filter((path) => !letIn?.some((one) => `${path}/`.startsWith(`${one}/`))),
    ).toEqual([]);
  });

  test('runs on glibc, without root, and says when it is healthy', () => {
    const stages = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(stages).toEqual(['node:20-bookworm-slim', 'node:20-bookworm-slim']);
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM'));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK [^]*\/health\/ready/m);
  });
});

describe('the loader goes red', () => {
  const text = readFileSync(composeFile, 'utf8');

  /** The checker's verdict on the file with one thing in it made wrong. */
  function afterReplacing(part: string, wrong: string) {
    expect(text).toContain(part);
    const folder = mkdtempSync(join(tmpdir(), 'sluice-compose-'));
    try {
      const path = join(folder, 'docker-compose.yml');
      writeFileSync(path, text.replace(part, wrong));
      return check(path);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const faults: [says: string, part: string, wrong: string, complaint: RegExp][] = [
    ['a misspelt key', 'image: postgres:16', 'imagee: postgres:16', /imagee/],
    ['a part that does not exist', '      temporal-schema:\n', '      tempo:\n', /tempo/],
    ['an unknown condition', 'condition: service_healthy', 'condition: service_fine', /condition/],
    ['a port out of range', '3001:3000', '3001:300000', /300000/],
    ['broken YAML', 'services:\n', 'services: [\n', /yaml/i],
  ];

  test.for(faults)('at %s', ([, part, wrong, complaint]) => {
    const { status, stderr } = afterReplacing(part, wrong);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(complaint) });
  });

  test.for(Object.keys(filledIn))('at a missing %s, saying where to set it', (name) => {
    const { status, stderr } = check(composeFile, { ...filledIn, [name]: '' });
    expect(status).toBe(1);
    expect(stderr).toContain(`${name} is missing a value: set it in .env`);
  });
});
