// The environment: defaults that run on a laptop, every fault in one message, and no secret in it.

import { describe, expect, test } from 'vitest';

import { ConfigError, readConfig } from '../../src/config.ts';

test('nothing set is a laptop', () => {
  expect(readConfig({})).toEqual({
    databaseUrl: undefined,
    databaseConnections: 20,
    temporal: {
      address: undefined,
      namespace: 'default',
      apiKey: undefined,
      tls: { cert: undefined, key: undefined, ca: undefined },
      uiUrl: undefined,
      maxCachedWorkflows: 1_000,
    },
    host: '127.0.0.1',
    port: 3000,
    dataDir: '.sluice',
    postgresPort: 5433,
    temporalPort: 7233,
    temporalUiPort: 8233,
    demoPort: 3100,
    metaGraphUrl: 'https://graph.facebook.com/v25.0',
    capsWaitMs: 1_000,
    capsInside: true,
    claude: {
      apiKey: undefined,
      baseUrl: 'https://api.anthropic.com',
      model: 'claude-haiku-5-5',
      tokensPerDay: 5_000_000,
    },
    operatorKeySha256: undefined,
    logLevel: 'info',
    outbound: { allowPrivate: new Set(), allowHttp: false },
  });
});

test('a variable that is empty is not set', () => {
  const names = [
    ...['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY'],
    ...['TEMPORAL_TLS_CERT', 'TEMPORAL_TLS_KEY', 'TEMPORAL_TLS_CA', 'SLUICE_HOST', 'SLUICE_PORT'],
    ...['SLUICE_DATA_DIR', 'SLUICE_CAPS', 'SLUICE_OPERATOR_KEY_SHA256', 'SLUICE_LOG_LEVEL'],
    ...['SLUICE_TEMPORAL_UI_URL', 'OUTBOUND_ALLOW_PRIVATE', 'OUTBOUND_ALLOW_HTTP'],
  ];
  expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}));
});

test('what is set is taken over, and what is not ours is left alone', () => {
  const config = readConfig({
    DATABASE_URL: 'postgres://me:secret@db.example:5432/sluice?sslmode=require',
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    TEMPORAL_API_KEY: 'key',
    SLUICE_PORT: '8080',
    SLUICE_CAPS: 'apart',
    SLUICE_TEMPORAL_UI_URL: 'https://temporal.example/',
    OUTBOUND_ALLOW_PRIVATE: ' 127.0.0.1:3100, crm.internal:8443 ,,',
    OUTBOUND_ALLOW_HTTP: '1',
    PATH: '/usr/bin',
    SLUICE_UNHEARD_OF: 'x',
  });
  expect(config).toMatchObject({
    databaseUrl: 'postgres://me:secret@db.example:5432/sluice?sslmode=require',
    temporal: {
      address: 'temporal.example:7233',
      apiKey: 'key',
      uiUrl: 'https://temporal.example',
    },
    port: 8080,
    capsInside: false,
    outbound: {
      allowPrivate: new Set(['127.0.0.1:3100', 'crm.internal:8443']),
      allowHttp: true,
    },
  });
});

describe('a fault', () => {
  /** The lines of the complaint about this environment. */
  function complaint(env: Record<string, string>): string[] {
    try {
      readConfig(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.message.split('\n');
      throw error;
    }
    throw new Error('the environment was taken');
  }

  test('is told with every other one, each by its name', () => {
    const lines = complaint({
      DATABASE_URL: 'mysql://db.example/x',
      TEMPORAL_ADDRESS: 'https://temporal.example',
      SLUICE_PORT: '70000',
      SLUICE_POSTGRES_PORT: '0',
      SLUICE_CAPS: 'elsewhere',
      SLUICE_OPERATOR_KEY_SHA256: 'ok_demo_operator',
      SLUICE_LOG_LEVEL: 'loud',
      OUTBOUND_ALLOW_HTTP: 'yes',
    });
    expect(lines[0]).toBe('the environment is not right:');
    expect(lines.slice(1).map((line) => line.split(':')[0]?.trim())).toEqual([
      'DATABASE_URL',
      'TEMPORAL_ADDRESS',
      'SLUICE_PORT',
      'SLUICE_POSTGRES_PORT',
      'SLUICE_CAPS',
      'SLUICE_OPERATOR_KEY_SHA256',
      'SLUICE_LOG_LEVEL',
      'OUTBOUND_ALLOW_HTTP',
    ]);
    expect(lines[2]).toContain('wants host:port');
    expect(lines[6]).toContain('wants 64 hex digits; `sluice key` makes one');
  });

  test('S11: never repeats what was set: it may be a secret', () => {
    const env = {
      DATABASE_URL: 'mysql://me:hunter2@db.example/x',
      SLUICE_OPERATOR_KEY_SHA256: 'ok_hunter2',
      SLUICE_LOG_LEVEL: 'hunter2',
    };
    expect(complaint(env).join('\n')).not.toContain('hunter2');
  });

  const edges: [name: string, good: string[], bad: string[]][] = [
    ['SLUICE_PORT', ['1', '65535'], ['0', '65536', '-1', '80.5', 'http', ' ', 'NaN']],
    ['SLUICE_DATABASE_CONNECTIONS', ['1', '500'], ['0', '501']],
    ['SLUICE_MAX_CACHED_WORKFLOWS', ['1', '50000'], ['0', '50001']],
    ['SLUICE_CAPS_WAIT_MS', ['1', '2500'], ['0', '2501']],
    ['TEMPORAL_ADDRESS', ['localhost:7233'], ['localhost', 'a b:1', 'a:b', 'http://a:1', ':1']],
    ['DATABASE_URL', ['postgresql://x/y', 'postgres:///y'], ['x/y', 'http://x', 'postgresx://y']],
    ['OUTBOUND_ALLOW_HTTP', ['true', 'false', '0', '1'], ['TRUE', 'on', '2']],
    [
      'SLUICE_OPERATOR_KEY_SHA256',
      ['0'.repeat(64)],
      ['0'.repeat(63), '0'.repeat(65), 'g'.repeat(64)],
    ],
  ];
  test.for(edges)('in %s lies on the one side of its edges', ([name, good, bad]) => {
    for (const value of good) expect(() => readConfig({ [name]: value }), value).not.toThrow();
    for (const value of bad) expect(complaint({ [name]: value }), value).toHaveLength(2);
  });
});
