// What was pushed after a sale, and pushing it again; for operators.

import type { DeliveryFilter, ListedDelivery } from '../../db/delivering/list.ts';
import { type DeliveryKey, isLeadId, pushIdOf } from '../../domain/ids.ts';
import type { ApiDeps } from '../deps.ts';
import { expectBody, expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { Problem } from '../problems.ts';
import { toMoment } from '../reading/moments.ts';
import {
  type DeliveryLine,
  type DeliveryPageBody,
  deliveryQuery,
  MOST_AGAIN,
  type RedeliverAnswer,
  redeliverBody,
} from './wire.ts';

const PAGE = 50;
const MAX_BODY_BYTES = MOST_AGAIN * 310;

export function createDeliveryRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/deliveries',
      access: 'operator',
      handle: async (req, res) => {
        const { state, cursor, limit = PAGE, ...range } = expectShape(deliveryQuery, req.query);
        const after = cursor === undefined ? undefined : readCursor(cursor);
        const page = await deps.deliveries.list({
          filter: { ...rangeOf(deps, range), ...(state && { states: [state] }) },
          limit,
          ...(after && { after }),
        });
        const next = page.next ? Buffer.from(pushIdOf(page.next)).toString('base64url') : null;
        res.json({ deliveries: page.deliveries.map(toLine), next } satisfies DeliveryPageBody);
      },
    },
    {
      method: 'post',
      path: '/v1/deliveries/redeliver',
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res, caller) => {
        const { ids, filter, dry_run } = expectBody(redeliverBody, req);
        const { state, ...range } = filter ?? { state: 'failed' as const };
        const done = await deps.deliveries.redeliver({
          which: ids
            ? { kind: 'named', deliveries: ids.map(readId) }
            : { kind: 'filter', filter: { ...rangeOf(deps, range), states: [state] } },
          by: `operator ${caller.id}`,
          mode: dry_run ? 'dry_run' : 'ask',
          limit: MOST_AGAIN,
        });
        const { chosen, more, disabled } = done;
        const asked = { dry_run, count: chosen.length, ids: chosen.map(pushIdOf) };
        res.json({ ...asked, more, disabled } satisfies RedeliverAnswer);
      },
    },
  ];
}

interface Range {
  readonly contract?: string | undefined;
  readonly target?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

function rangeOf(deps: ApiDeps, { contract, target, from, to }: Range): DeliveryFilter {
  const { timeZone } = deps.currentWorld().world;
  return {
    ...(contract !== undefined && { contractId: contract }),
    ...(target !== undefined && { target }),
    ...(from !== undefined && { from: toMoment(from, timeZone) }),
    ...(to !== undefined && { to: toMoment(to, timeZone) }),
  };
}

function parseId(id: string): DeliveryKey | undefined {
  const [leadId = '', contractId, target, ...rest] = id.split('/');
  if (!isLeadId(leadId) || !contractId || !target || rest.length > 0) return undefined;
  return { leadId, contractId, target };
}

function readId(id: string, index: number): DeliveryKey {
  const key = parseId(id);
  if (key) return key;
  const fix = 'lead/contract/target, as GET /v1/deliveries lists them';
  throw new Problem('invalid_request', {
    errors: [{ field: `ids.${index}`, says: 'not the id of a delivery', fix }],
  });
}

function readCursor(cursor: string): DeliveryKey {
  const key = parseId(Buffer.from(cursor, 'base64url').toString());
  if (key && !pushIdOf(key).includes('\0')) return key;
  throw new Problem('invalid_request', {
    errors: [{ field: 'cursor', says: 'not a cursor of ours', fix: 'send `next` as it came' }],
  });
}

function toLine(delivery: ListedDelivery): DeliveryLine {
  const { leadId, contractId, target, state, tries, detail, redeliveries } = delivery;
  const { begunAtMs, atMs, nextTryAtMs } = delivery;
  return {
    id: pushIdOf(delivery),
    ...{ lead: leadId, contract: contractId, target, state, tries, detail },
    begun_at: new Date(begunAtMs).toISOString(),
    at: new Date(atMs).toISOString(),
    next_try_at: nextTryAtMs === null ? null : new Date(nextTryAtMs).toISOString(),
    redeliveries,
  };
}
