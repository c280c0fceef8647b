// What machines ask every few seconds: is the process alive, does it work on leads, its metrics.

import type { ApiDeps } from './deps.ts';
import type { Route } from './http/routes.ts';

/** Without a key: what they tell holds no lead, no name and no money. */
export function createHealthRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/health/live',
      access: 'anyone',
      handle: (_, res) => res.json({ status: 'alive', version: deps.version }),
    },
    {
      method: 'get',
      path: '/health/ready',
      access: 'anyone',
      handle: async (_, res) => {
        const { ready, degraded, detail } = await deps.isReady();
        res.status(ready ? 200 : 503).json({
          status: ready ? 'ready' : 'not_ready',
          degraded,
          ...(detail !== undefined && { detail }),
        });
      },
    },
    {
      method: 'get',
      path: '/metrics',
      access: 'anyone',
      handle: async (_, res) => {
        res.type('text/plain; version=0.0.4; charset=utf-8').send(await deps.metrics());
      },
    },
  ];
}
