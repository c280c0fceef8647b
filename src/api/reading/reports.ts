// Reports for operators.

import type { Request, Response } from 'express';

import type { PnlRow } from '../../db/reading/pnl.ts';
import type { ApiDeps } from '../deps.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { renderPnlCsv } from './pnl-table.ts';
import type { PnlReport } from '../wire/report.ts';
import { pnlQuery } from '../wire/queries.ts';

export function createReportRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/reports/pnl',
      access: 'operator',
      handle: (req, res) => sendPnl(deps, req, res),
    },
  ];
}

async function sendPnl(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { by: asked, from, to, campaign, source, buyer } = expectShape(pnlQuery, req.query);
  const by = [...new Set(asked)];
  const { timeZone } = deps.currentWorld().world;
  const rows = await deps.readPnl({
    by,
    timeZone,
    ...(from !== undefined && { fromDay: from }),
    ...(to !== undefined && { toDay: to }),
    ...(campaign !== undefined && { campaignId: campaign }),
    ...(source !== undefined && { sourceId: source }),
    ...(buyer !== undefined && { buyerId: buyer }),
  });
  res.vary('Accept');
  if (req.accepts(['application/json', 'text/csv']) === 'text/csv') {
    res.type('text/csv').attachment('pnl.csv').send(renderPnlCsv(by, rows));
    return;
  }
  const report: PnlReport = {
    by,
    time_zone: timeZone,
    from: from ?? null,
    to: to ?? null,
    rows: rows.filter(({ total }) => !total).map(toLine),
    total: sumsOf(rows.find(({ total }) => total)),
  };
  res.json(report);
}

function toLine(row: PnlRow): PnlReport['rows'][number] {
  const { campaign, source, buyer, day } = row;
  return {
    ...(campaign !== null && { campaign }),
    ...(source !== null && { source }),
    ...(buyer !== null && { buyer }),
    ...(day !== null && { day }),
    ...sumsOf(row),
  };
}

function sumsOf(row: PnlRow | undefined): PnlReport['total'] {
  return {
    received: row?.received ?? null,
    sold: row?.sold ?? 0,
    revenue_cents: row?.revenueCents ?? 0,
    payout_cents: row?.payoutCents ?? 0,
    margin_cents: row?.marginCents ?? 0,
  };
}
