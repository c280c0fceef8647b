// The routes of deposits: record one, list them.

import { type BuyerId, teamOf } from '../domain/ids.ts';
import { dollars } from '../domain/money.ts';
import type { Buyer } from '../domain/world/world.ts';
import type { Deposit } from '../db/deposits.ts';
import { didYouMean, issueAt, type WorldIssue } from '../world/issues.ts';
import type { ApiDeps } from './deps.ts';
import { expectBody, expectShape } from './http/expect.ts';
import type { Route } from './http/routes.ts';
import { Problem } from './problems.ts';
import {
  type DepositAnswer,
  depositBody,
  type DepositLine,
  type DepositsPage,
  depositsQuery,
} from './wire/deposits.ts';

const PAGE = 50;
const MAX_BODY_BYTES = 4 * 1024;

export function createDepositRoutes(deps: ApiDeps): readonly Route[] {
  const path = '/v1/buyers/:id/deposits';
  return [
    {
      method: 'post',
      path,
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res, caller) => {
        const { buyerId, buyer } = loadPayer(deps, req.params['id']);
        const { id, cents, note = '' } = expectBody(depositBody, req);
        const said = { id, buyerId, cents, note: note === '' ? null : note, by: caller.id };
        const { kind, deposit } = await deps.recordDeposit(said);
        if (kind === 'conflict') throw reused(deposit);
        const answer: DepositAnswer = { ...toLine(deposit), warnings: warnOf(buyerId, buyer) };
        res.json(answer);
      },
    },
    {
      method: 'get',
      path,
      access: 'operator',
      handle: async (req, res) => {
        const { buyerId } = loadPayer(deps, req.params['id']);
        const { before = null, limit = PAGE } = expectShape(depositsQuery, req.query);
        // One more than asked tells whether there is another page.
        const found = await deps.listDeposits(buyerId, { before, limit: limit + 1 });
        const deposits = found.slice(0, limit).map(toLine);
        const next = found.length > limit ? (deposits.at(-1)?.number ?? null) : null;
        res.json({ deposits, next } satisfies DepositsPage);
      },
    },
  ];
}

/** A buyer that pays for leads. Throws the problem of any other. */
export function loadPayer(
  deps: Pick<ApiDeps, 'currentWorld'>,
  id: unknown,
): { readonly buyerId: BuyerId; readonly buyer: Buyer } {
  const { buyers } = deps.currentWorld().world;
  const buyerId = String(id);
  const buyer = Object.hasOwn(buyers, buyerId) ? buyers[buyerId] : undefined;
  const isInHouse = buyer?.inHouse ?? Object.keys(buyers).some((each) => teamOf(each) === buyerId);
  if (isInHouse) {
    const says = 'is in-house: its leads cost nothing';
    const errors = [{ field: 'buyer', says, fix: 'name a buyer that pays for its leads' }];
    throw new Problem('invalid_request', { errors });
  }
  if (buyer) return { buyerId, buyer };
  const fix = didYouMean(buyerId, Object.keys(buyers)) ?? '`GET /v1/buyers` lists them';
  const errors = [{ field: 'buyer', says: 'there is no such buyer', fix }];
  throw new Problem('no_such_entry', { errors });
}

/** What an operator should know who takes money of a buyer that no balance limits. */
export function warnOf(buyerId: BuyerId, { balance }: Buyer): WorldIssue[] {
  if (balance) return [];
  const says = 'is not set: the deposits are kept, and limit nothing it buys';
  return [issueAt(['buyers', buyerId, 'balance'], says, 'set balance: { credit_cents: 0 }')];
}

function reused({ buyerId, cents }: Deposit): Problem {
  const says = `names a deposit of ${dollars(cents)} of buyer ${buyerId} already`;
  const fix = 'give every payment an id of its own; to correct one, send the difference';
  return new Problem('deposit_id_reused', { errors: [{ field: 'id', says, fix }] });
}

function toLine({ buyerId, totalCents, toldAt, at, ...deposit }: Deposit): DepositLine {
  const { id, number, cents, note, by } = deposit;
  return {
    ...{ id, buyer: buyerId, number, cents, total_cents: totalCents, note, by },
    at: at.toISOString(),
    counted: toldAt !== null,
  };
}
