// What history teaches, in the memory of this process: looked for every minute, learned anew every
// six hours by whichever process is first.

import type { Logger } from 'pino';
import { type FitReport, fitScores } from '../../activities/scoring/fit-scores.ts';
import type { Pool } from '../../db/pool.ts';
import { findLastFit, findPublished, loadModel } from '../../db/scoring/models.ts';
import type { ScoreModel } from '../../domain/scoring/history-score.ts';
import type { World } from '../../domain/world/world.ts';

const LOOK_EVERY_MS = 60_000;
const FIT_EVERY_MS = 6 * 60 * 60_000;

/** Opens it at once; the version in force is known within moments. */
export function openHistory(deps: {
  readonly pool: Pool;
  readonly log: Logger;
  currentWorld(): World;
  readonly onError: (error: unknown) => void;
}) {
  const { pool, log } = deps;
  let model: ScoreModel | undefined;
  /** When this process tried last: what was too little is not stored. */
  let triedAt = -Infinity;
  let stopped = false;

  async function look(): Promise<void> {
    const published = await findPublished(pool);
    if (published === undefined || published === model?.version) return;
    model = await loadModel(pool, published);
    log.info({ version: published }, 'leads are scored by a new version of history');
  }

  async function fitIfDue(): Promise<void> {
    const nowMs = Date.now();
    const last = Math.max((await findLastFit(pool))?.getTime() ?? -Infinity, triedAt);
    if (nowMs - last < FIT_EVERY_MS) return;
    triedAt = nowMs;
    const fitted = await fitScores(pool, { world: deps.currentWorld(), nowMs });
    log.info(told(fitted), 'history was looked through for scores');
  }

  async function run(): Promise<void> {
    await look();
    await fitIfDue();
    await look();
  }

  let running = Promise.resolve();
  const turn = () => {
    if (!stopped) running = running.then(run).catch(deps.onError);
  };
  turn();
  const timer = setInterval(turn, LOOK_EVERY_MS).unref();
  return {
    current: () => model,
    async close() {
      stopped = true;
      clearInterval(timer);
      await Promise.race([running, new Promise((done) => setTimeout(done, 2_000).unref())]);
    },
  };
}

function told(fitted: FitReport): object {
  if (fitted.kind === 'busy' || fitted.kind === 'too_little') return fitted;
  const { kind, version, leads, candidate, rules } = fitted;
  return { kind, version, leads, brier: candidate.brier, brierOfRules: rules.brier };
}
