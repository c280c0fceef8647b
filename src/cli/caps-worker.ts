// `sluice caps-worker`: the Worker of the buyers' caps alone, for installations that run it apart.

import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { startTemporalHost } from '../serving/temporal-host.ts';

/** Runs until stopped. */
export function runCaps(config: Config, log: Logger): { stop(): Promise<void> } {
  const { temporal } = config;
  const say = (level: 'info' | 'warn', message: string, error?: unknown) =>
    log[level]({ err: error }, message);
  return startTemporalHost({ temporal, activities: undefined, caps: true, say });
}
