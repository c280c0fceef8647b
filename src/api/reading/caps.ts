// The route of the table of caps. Reads the buyers' entities where they answer, and PostgreSQL.

import { type BuyerId, teamOf } from '../../domain/ids.ts';
import { listCapped } from '../../eligibility/present-caps.ts';
import type { ApiDeps } from '../deps.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { Problem } from '../problems.ts';
import { type CapLine, type CapsPage, capsQuery } from '../wire/caps.ts';
import { buildCapLines, type CapSight } from './cap-lines.ts';

const PAGE = 50;
/** Buyers that are read at a time, until a page is full. */
const BUYERS_AT_ONCE = 20;

export function createCapsRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/caps',
      access: 'operator',
      handle: async (req, res) => {
        const { buyer, cursor, limit = PAGE } = expectShape(capsQuery, req.query);
        const after = cursor === undefined ? undefined : readCursor(cursor);
        res.json(await readPage(deps, { buyer: buyer && teamOf(buyer), after, limit }));
      },
    },
  ];
}

interface Place {
  readonly buyer: string;
  readonly key: string;
}

async function readPage(
  deps: ApiDeps,
  asked: { buyer: BuyerId | undefined; after: Place | undefined; limit: number },
): Promise<CapsPage> {
  const { world } = deps.currentWorld();
  const { buyer, after, limit } = asked;
  const teams = new Set(Object.keys(world.buyers).map(teamOf));
  if (buyer !== undefined && !teams.has(buyer)) throw new Problem('no_such_entry');
  const buyers = buyer === undefined ? listCapped(world).sort() : [buyer];
  const waiting = buyers.filter((id) => !after || id >= after.buyer);
  const lines: CapLine[] = [];
  let isUp = true;
  while (waiting.length > 0 && lines.length <= limit) {
    const some = waiting.splice(0, BUYERS_AT_ONCE);
    // Away once is away for this page: each attempt takes seconds.
    const sight: Omit<CapSight, 'nowMs'> = await readSight(deps, some, isUp);
    isUp = sight.states !== undefined;
    const read = buildCapLines(some, { ...sight, nowMs: Date.now() });
    lines.push(...read.filter((line) => !after || isAfter(line, after)));
  }
  const caps = lines.slice(0, limit);
  const last = caps.at(-1);
  const next = lines.length > limit && last ? writeCursor(last) : null;
  return { caps, temporal: isUp ? 'up' : 'away', next };
}

/** What is known of these buyers' caps; the entities are asked unless they are known as away. */
export async function readSight(
  deps: ApiDeps,
  buyerIds: readonly BuyerId[],
  isUp: boolean,
): Promise<Omit<CapSight, 'nowMs'>> {
  const [states, counts, paidIn] = await Promise.all([
    isUp ? deps.readCaps(buyerIds) : undefined,
    deps.countCaps(buyerIds),
    deps.readPaidIn(buyerIds),
  ]);
  return { world: deps.currentWorld().world, states, counts, paidIn };
}

function isAfter({ buyer, key }: Place, after: Place): boolean {
  return buyer > after.buyer || (buyer === after.buyer && key > after.key);
}

function writeCursor({ buyer, key }: Place): string {
  return Buffer.from(`${buyer} ${key}`).toString('base64url');
}

function readCursor(cursor: string): Place {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, buyer, key] = /^(\S+) (\S+)$/.exec(text) ?? [];
  if (buyer !== undefined && key !== undefined) return { buyer, key };
  throw new Problem('invalid_request', {
    errors: [{ field: 'cursor', says: 'not a cursor of ours', fix: 'send `next` as it came' }],
  });
}
