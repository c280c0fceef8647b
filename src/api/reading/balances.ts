// The routes of balances: what buyers that pay ahead have paid in, used and left, by their entities
// and by PostgreSQL.

import { balanceKeyOf } from '../../domain/caps/keys.ts';
import type { BuyerId } from '../../domain/ids.ts';
import type { ApiDeps } from '../deps.ts';
import { loadPayer, warnOf } from '../deposits.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import {
  type BalanceAnswer,
  type BalanceLine,
  type BalancesPage,
  balancesQuery,
} from '../wire/deposits.ts';
import type { CapSight } from './cap-lines.ts';
import { readSight } from './caps.ts';

const PAGE = 50;

export function createBalanceRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/buyers/:id/balance',
      access: 'operator',
      handle: async (req, res) => {
        const { buyerId, buyer } = loadPayer(deps, req.params['id']);
        const sight = await readSight(deps, [buyerId], true);
        const balance = buildBalance(buyerId, sight);
        const answer = { ...balance, temporal: stateOf(sight), warnings: warnOf(buyerId, buyer) };
        res.json(answer satisfies BalanceAnswer);
      },
    },
    {
      method: 'get',
      path: '/v1/balances',
      access: 'operator',
      handle: async (req, res) => {
        const { cursor = '', limit = PAGE } = expectShape(balancesQuery, req.query);
        const buyers = Object.entries(deps.currentWorld().world.buyers);
        const ids = buyers.filter(([id, { balance }]) => balance && id > cursor).map(([id]) => id);
        const page = ids.sort().slice(0, limit);
        const sight = await readSight(deps, page, true);
        const balances = page.map((id) => buildBalance(id, sight));
        const next = ids.length > limit ? (page.at(-1) ?? null) : null;
        res.json({ balances, temporal: stateOf(sight), next } satisfies BalancesPage);
      },
    },
  ];
}

function stateOf({ states }: Pick<CapSight, 'states'>): 'up' | 'away' {
  return states ? 'up' : 'away';
}

/** One buyer's balance from what is known. */
function buildBalance(buyerId: BuyerId, sight: Omit<CapSight, 'nowMs'>): BalanceLine {
  const { world, states, counts, paidIn } = sight;
  const key = balanceKeyOf(buyerId);
  const window = states?.get(buyerId)?.windows[key];
  const paid = paidIn.find((each) => each.buyerId === buyerId);
  const deposited = paid?.totalCents ?? 0;
  const told = states ? (window?.deposited?.cents ?? 0) : deposited;
  const used = states ? (window?.used ?? 0) + told : null;
  const counted = counts.find((count) => count.key === key)?.counted ?? 0;
  const credit = world.buyers[buyerId]?.balance?.creditCents ?? null;
  return {
    buyer: buyerId,
    deposited_cents: deposited,
    credit_cents: credit,
    used_cents: used,
    counted_cents: counted,
    left_cents: credit === null ? null : told + credit - (used ?? counted),
    uncounted_cents: deposited - (states ? told : (paid?.toldCents ?? 0)),
    agrees: used === null ? null : used === counted,
  };
}
