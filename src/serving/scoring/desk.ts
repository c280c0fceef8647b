// What scoring needs of this process: Claude, if there is a key, with its breaker and the budget of
// the day, counted and logged.

import type { Logger } from 'pino';
import { createBreaker } from '../../activities/scoring/breaker.ts';
import { type Claude, createClaude } from '../../activities/scoring/claude.ts';
import { createGrader, type Grader, type GraderCall } from '../../activities/scoring/grader.ts';
import { createTokenBudget } from '../../activities/scoring/token-budget.ts';
import type { Config } from '../../config.ts';
import type { Pool } from '../../db/pool.ts';
import { readTokens, storeGrade } from '../../db/scoring/grades.ts';
import type { ScoreModel } from '../../domain/scoring/history-score.ts';
import type { World } from '../../domain/world/world.ts';
import type { Metrics } from '../metrics.ts';
import { openHistory } from './history.ts';

export interface ScoringDesk {
  readonly grader: Grader;
  scoreModel(): ScoreModel | undefined;
  close(): Promise<void>;
}

/** One desk per process. */
export function openScoringDesk(deps: {
  readonly config: Config;
  readonly pool: Pool;
  readonly metrics: Metrics;
  readonly log: Logger;
  currentWorld(): World;
  readonly onError: (error: unknown) => void;
}): ScoringDesk {
  const { config, pool, metrics, onError } = deps;
  const claude = openClaude(config);
  const budget = createTokenBudget({
    perDay: config.claude.tokensPerDay,
    readUsed: (since) => readTokens(pool, since),
    now: Date.now,
    onError,
  });
  const now = () => performance.now();
  const grader = createGrader({
    ...{ claude, budget, now, onError },
    breaker: createBreaker(now),
    storeGrade: (row) => storeGrade(pool, row),
    onCall: (call) => countCall(deps, call),
    onFallback: (reason) => metrics.scoreFallbacks.inc({ reason }),
  });
  const history = openHistory(deps);
  return {
    ...{ grader, scoreModel: history.current },
    async close() {
      await Promise.all([history.close(), claude?.close()]);
    },
  };
}

function openClaude({ claude, outbound }: Config): Claude | undefined {
  const { apiKey, baseUrl, model } = claude;
  return apiKey === undefined ? undefined : createClaude({ apiKey, baseUrl, model, outbound });
}

function countCall({ metrics, log }: { metrics: Metrics; log: Logger }, call: GraderCall): void {
  const { outcome, ms, tokens, requestId, stopped } = call;
  metrics.aiCalls.inc({ outcome });
  metrics.aiCallSeconds.observe(ms / 1_000);
  metrics.aiTokens.inc(tokens);
  const told = { outcome, ms, tokens, requestId };
  if (stopped) {
    log.error(told, 'Claude is not asked any more: mend it, then restart or apply a world');
  } else if (outcome === 'graded') log.debug(told, 'a lead was graded');
  else log.warn(told, 'a lead was not graded');
}
