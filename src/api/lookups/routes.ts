// What outside services were asked and what it cost, for operators.

import type { LookupDay } from '../../db/lookups/answers.ts';
import type { ApiDeps } from '../deps.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { lookupQuery, type LookupReport } from './wire.ts';

export function createLookupRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/reports/lookups',
      access: 'operator',
      handle: async (req, res) => {
        const { from = null, to = null } = expectShape(lookupQuery, req.query);
        const days = await deps.listLookupDays({ from, to });
        const report: LookupReport = {
          ...{ from, to },
          rows: days.map((one) => ({ day: one.day, service: one.service, ...sumsOf([one]) })),
          total: sumsOf(days),
        };
        res.json(report);
      },
    },
  ];
}

function sumsOf(days: readonly LookupDay[]): LookupReport['total'] {
  const sum = (of: (day: LookupDay) => number) => days.reduce((all, day) => all + of(day), 0);
  return {
    calls: sum(({ calls }) => calls),
    failed: sum(({ failed }) => failed),
    cost_cents: Math.ceil(sum(({ millicents }) => millicents) / 1_000),
  };
}
