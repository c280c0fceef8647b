// What lookups need of this process: the client, the cache and the counter in PostgreSQL, breakers;
// counted and logged.

import type { Logger } from 'pino';

import type { CaseBook } from '../../activities/cases.ts';
import type { Send } from '../../activities/http.ts';
import { createLookupDesk, type LookupCall } from '../../activities/lookups/desk.ts';
import { createRetainer } from '../../activities/lookups/retain.ts';
import type { ReadSecret } from '../../activities/parcel.ts';
import { createBreaker } from '../../activities/scoring/breaker.ts';
import { countCall, findAnswer, storeAnswer } from '../../db/lookups/answers.ts';
import type { Pool } from '../../db/pool.ts';
import type { Metrics } from '../metrics.ts';

/** One desk per process. */
export function openLookupDesk(deps: {
  readonly pool: Pool;
  readonly cases: CaseBook;
  readonly metrics: Pick<Metrics, 'lookups' | 'lookupCalls' | 'lookupSeconds' | 'lookupCents'>;
  readonly log: Logger;
  readonly http: { readonly send: Send };
  readonly readSecret: ReadSecret;
  readonly onError: (error: unknown) => void;
}) {
  const { pool, metrics } = deps;
  const now = () => performance.now();
  const desk = createLookupDesk({
    ...deps,
    send: deps.http.send,
    now,
    createBreaker: () => createBreaker(now),
    findAnswer: (hash) => findAnswer(pool, hash),
    storeAnswer: (answer) => storeAnswer(pool, answer),
    countCall: (call) => countCall(pool, call),
    onCall: (call) => told(deps, call),
    onAnswer: ({ service, outcome, cached }) =>
      metrics.lookups.inc({ service, outcome, cached: String(cached) }),
  });
  return { ...desk, sweep: createRetainer({ ...deps, lookups: desk }).sweep };
}

function told(
  { metrics, log }: Pick<Parameters<typeof openLookupDesk>[0], 'metrics' | 'log'>,
  call: LookupCall,
): void {
  const { service, outcome, ms, millicents, stopped } = call;
  metrics.lookupCalls.inc({ service, outcome });
  metrics.lookupSeconds.observe({ service }, ms / 1_000);
  metrics.lookupCents.inc({ service }, millicents / 1_000);
  const about = { lookup: service, outcome, ms };
  if (stopped) {
    log.error(about, 'a service is not asked any more: mend it, then restart or apply a world');
  } else if (['clear', 'bad', 'unsure'].includes(outcome))
    log.debug(about, 'a lookup was answered');
  else log.warn(about, 'a lookup was not answered');
}
