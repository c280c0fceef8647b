// Pushes after a sale as this process has them: what they count and say, the repeats that operators
// asked for, and what the API asks about them.

import type { Logger } from 'pino';
import type { PushWatch } from '../../activities/deps.ts';
import type { Deliveries } from '../../api/deps.ts';
import {
  countOpen,
  countStates,
  listEndpoints,
  switchEndpoint,
} from '../../db/delivering/endpoints.ts';
import { listDeliveries } from '../../db/delivering/list.ts';
import { askRedeliveries, startRedeliveries } from '../../db/delivering/redeliveries.ts';
import type { Pool } from '../../db/pool.ts';
import type { TemporalCalls } from '../../temporal.ts';
import type { Metrics } from '../metrics.ts';

export interface DeliveryDesk {
  readonly watch: PushWatch;
  /** Starts the repeats that operators asked for. */
  sweep(): Promise<void>;
  readonly api: Deliveries;
}

export function openDeliveryDesk(deps: {
  readonly pool: Pool;
  readonly metrics: Metrics;
  readonly log: Logger;
  temporal(): TemporalCalls | undefined;
}): DeliveryDesk {
  const { pool, metrics, log, temporal } = deps;
  metrics.endpoints.readBy(() => countStates(pool));
  return {
    watch: {
      random: Math.random,
      count: (outcome) => metrics.pushes.inc({ outcome }),
      onUnwell({ contractId, target, state, detail }) {
        const says =
          state === 'open'
            ? 'an endpoint fails: only probes go out until it is back'
            : 'an endpoint is disabled: its deliveries fail until an operator enables it';
        log.warn({ contract: contractId, target, state, detail }, says);
      },
    },
    async sweep() {
      const calls = temporal();
      if (calls) await startRedeliveries(pool, calls.startRedelivery);
    },
    api: {
      list: (query) => listDeliveries(pool, query),
      redeliver: (wish) => askRedeliveries(pool, wish),
      endpoints: () => listEndpoints(pool),
      countOpen: () => countOpen(pool),
      switchEndpoint: (endpoint, to) => switchEndpoint(pool, endpoint, to),
    },
  };
}
