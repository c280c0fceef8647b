// The environment, parsed once into a Config. Every fault is listed with what would be right.

import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);
const count = (fallback: number, max: number) =>
  z.coerce.number().int().min(1).max(max).default(fallback);
const flag = z.enum(['true', 'false', '1', '0', '']).default('false');
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );

const schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^:/\s]+:\d+$/, 'wants host:port')
    .optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  TEMPORAL_TLS_CERT: z.string().min(1).optional(),
  TEMPORAL_TLS_KEY: z.string().min(1).optional(),
  TEMPORAL_TLS_CA: z.string().min(1).optional(),
  SLUICE_HOST: z.string().min(1).default('127.0.0.1'),
  SLUICE_PORT: port(3000),
  SLUICE_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine((text) => !/[?#@]/.test(text), 'wants no user, query or fragment')
    .optional(),
  SLUICE_DATA_DIR: z.string().min(1).default('.sluice'),
  SLUICE_POSTGRES_PORT: port(5433),
  SLUICE_TEMPORAL_PORT: port(7233),
  SLUICE_TEMPORAL_UI_PORT: port(8233),
  SLUICE_TEMPORAL_UI_URL: z.url().optional(),
  SLUICE_DEMO_PORT: port(3100),
  SLUICE_CAPS: z.enum(['inside', 'apart']).default('inside'),
  // More would not fit into the time of an offer (src/workflows/steps.ts).
  SLUICE_CAPS_WAIT_MS: count(1_000, 2_500),
  SLUICE_OPERATOR_KEY_SHA256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'wants 64 hex digits; `sluice key` makes one')
    .optional(),
  SLUICE_DATABASE_CONNECTIONS: count(20, 500),
  SLUICE_MAX_CACHED_WORKFLOWS: count(1_000, 50_000),
  SLUICE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  ANTHROPIC_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.anthropic.com'),
  SLUICE_CLAUDE_MODEL: z.string().min(1).max(200).default('claude-haiku-5-5'),
  SLUICE_CLAUDE_TOKENS_PER_DAY: z.coerce.number().int().min(0).default(5_000_000),
  SLUICE_META_GRAPH_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://graph.facebook.com/v25.0'),
  OUTBOUND_ALLOW_PRIVATE: list,
  OUTBOUND_ALLOW_HTTP: flag,
});

export type Config = ReturnType<typeof readConfig>;

/** Thrown with every fault of the environment, one per line. */
export class ConfigError extends Error {}

/** Reads the environment. Empty variables count as not set. Throws `ConfigError`. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `  ${path.join('.')}: ${message}`,
    );
    throw new ConfigError(`the environment is not right:\n${faults.join('\n')}`);
  }
  const e = parsed.data;
  return {
    databaseUrl: e.DATABASE_URL,
    databaseConnections: e.SLUICE_DATABASE_CONNECTIONS,
    temporal: {
      address: e.TEMPORAL_ADDRESS,
      namespace: e.TEMPORAL_NAMESPACE,
      apiKey: e.TEMPORAL_API_KEY,
      tls: { cert: e.TEMPORAL_TLS_CERT, key: e.TEMPORAL_TLS_KEY, ca: e.TEMPORAL_TLS_CA },
      uiUrl: e.SLUICE_TEMPORAL_UI_URL?.replace(/\/$/, ''),
      maxCachedWorkflows: e.SLUICE_MAX_CACHED_WORKFLOWS,
    },
    host: e.SLUICE_HOST,
    port: e.SLUICE_PORT,
    publicUrl: e.SLUICE_PUBLIC_URL?.replace(/\/+$/, ''),
    dataDir: e.SLUICE_DATA_DIR,
    postgresPort: e.SLUICE_POSTGRES_PORT,
    temporalPort: e.SLUICE_TEMPORAL_PORT,
    temporalUiPort: e.SLUICE_TEMPORAL_UI_PORT,
    demoPort: e.SLUICE_DEMO_PORT,
    capsWaitMs: e.SLUICE_CAPS_WAIT_MS,
    capsInside: e.SLUICE_CAPS === 'inside',
    operatorKeySha256: e.SLUICE_OPERATOR_KEY_SHA256,
    logLevel: e.SLUICE_LOG_LEVEL,
    claude: {
      apiKey: e.ANTHROPIC_API_KEY,
      baseUrl: e.ANTHROPIC_BASE_URL.replace(/\/$/, ''),
      model: e.SLUICE_CLAUDE_MODEL,
      tokensPerDay: e.SLUICE_CLAUDE_TOKENS_PER_DAY,
    },
    metaGraphUrl: e.SLUICE_META_GRAPH_URL.replace(/\/$/, ''),
    outbound: {
      allowPrivate: new Set(e.OUTBOUND_ALLOW_PRIVATE),
      allowHttp: e.OUTBOUND_ALLOW_HTTP === 'true' || e.OUTBOUND_ALLOW_HTTP === '1',
    },
  };
}
