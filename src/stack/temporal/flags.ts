// How the Temporal development server is told to run, and why each setting is there.

/** What operators filter leads and buyers by in Temporal; all of type Keyword. */
export const searchAttributes = [
  'LeadStatus',
  'Campaign',
  'Source',
  'Buyer',
  'ReasonCode',
  'CapState',
] as const;

/** Where one development server listens and keeps its histories. */
export interface TemporalServer {
  readonly host: string;
  readonly port: number;
  /** Absent: no web interface. */
  readonly uiPort?: number | undefined;
  readonly dbFile: string;
  readonly namespace: string;
}

const dynamicConfig: Readonly<Record<string, number | boolean>> = {
  // Both default to 20 polls per second and shard, and there is one shard: each hop of a task then
  // waits up to 50 ms (p50 49 ms measured, 17 ms with these).
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 500,
  // Off by default in server 1.31 and older: a worker's next activity comes with its task.
  'system.enableActivityEagerExecution': true,
  // Ten by default. One buyer's entity takes one update in flight from each process.
  'history.maxInFlightUpdates': 200,
  // 2,400 by default, and a client that meets the limit backs off for more than a second.
  'frontend.namespaceRPS': 20_000,
  'frontend.rps': 20_000,
  // Four partitions pay off beyond a thousand tasks a second; below they cost a forward.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  // 20 and 100. The list that operators search lags by up to a second, and in exchange most leads
  // are written there once, when they end, instead of three times: a quarter of the server's CPU.
  'history.visibilityProcessorMaxPollRPS': 1,
  'history.visibilityTaskBatchSize': 1000,
  // The development server's own default reads them from the database at each use.
  'system.forceSearchAttributesCacheRefreshOnRead': false,
};

/** The arguments of `temporal` that start this server. */
export function temporalArgs({ host, port, uiPort, dbFile, namespace }: TemporalServer): string[] {
  const each = (flag: string, values: readonly string[]): string[] =>
    values.flatMap((value) => [flag, value]);
  return [
    ...['server', 'start-dev', '--ip', host, '--port', String(port)],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...['--namespace', namespace, '--db-filename', dbFile, '--log-level', 'warn'],
    // Without the write-ahead log a file database is many times slower.
    ...each('--sqlite-pragma', ['journal_mode=WAL', 'synchronous=NORMAL']),
    ...each(
      '--dynamic-config-value',
      Object.entries(dynamicConfig).map(([key, value]) => `${key}=${value}`),
    ),
    ...each(
      '--search-attribute',
      searchAttributes.map((name) => `${name}=Keyword`),
    ),
  ];
}
