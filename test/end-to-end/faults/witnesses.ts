// What the witnesses of a run say, held against the database: what the source was told, what the
// proxy did to each post, and what the buyers wrote down.

import { expect } from 'vitest';
import type { LeadId } from '../../../src/domain/ids.ts';
import { postsPerLeadAndContract } from '../../../src/demo/buyer-journal.ts';
import type { Asked } from '../../support/fault-script.ts';
import { until } from '../../support/until.ts';
import type { World } from '../../support/world.ts';
import type { Mortal } from './mortal.ts';

export const isPost = ({ path }: Asked): boolean => path.endsWith('/post');

/** What the source was told of one lead, and in which lives of the process it sent and heard. */
export interface Told {
  readonly leadId: LeadId;
  readonly status: unknown;
  readonly sentIn: number;
  readonly toldIn: number;
}

export interface Found {
  /** `lead/contract/round`. */
  readonly key: string;
  readonly lead: LeadId;
  readonly reason: string | null;
}

/** Every attempt in this state, oldest first. */
export function attemptsIn(world: World, state: string): Promise<Found[]> {
  return world.rows(
    `select lead_id || '/' || contract_id || '/' || round as key, lead_id as lead,
       result ->> 'reason' as reason
     from attempts where state = $1 order by planned_at`,
    [state],
  );
}

/** When the source heard how a lead ended; pending is no end. */
const heardIn = ({ status, toldIn }: Told) => (status === 'pending' ? Infinity : toldIn);

/**
 * By what the witnesses know: the posts whose answers may not have arrived (harmed, left alone, or
 * not told on before a kill), and the leads that a kill met between their arrival and their answer.
 */
function listHit(world: World, told: readonly Told[], serve: Mortal) {
  const toldOf = new Map<string, Told>(told.map((each) => [each.leadId, each]));
  const passages = world.faults.passages().filter(isPost);
  const posts = passages.filter(({ key, end }) => {
    const life = serve.lifeOf.get(key ?? '') ?? 0;
    const lead = toldOf.get(key?.split('/')[0] ?? '');
    const isTold = lead !== undefined && heardIn(lead) <= life;
    return end !== 'whole' || (life < serve.now() && !isTold);
  });
  const killed = told.filter((lead) => lead.sentIn < Math.min(heardIn(lead), serve.now()));
  return {
    seen: new Set(passages.map(({ key }) => key)),
    posts: new Set(posts.map(({ key }) => key)),
    leads: new Set(killed.map(({ leadId }) => leadId)),
  };
}

/** Throws for every doubt that no witness accounts for; returns how many posts were hit. */
export async function expectCauses(
  world: World,
  told: readonly Told[],
  serve: Mortal,
): Promise<string> {
  const doubts = await attemptsIn(world, 'in_doubt');
  const hit = listHit(world, told, serve);
  // Claimed, and killed before the first byte was out: what no network has seen may not be repeated
  // either, since only the dead process knew that it had not sent it.
  const unsent = doubts.filter(({ key }) => !hit.seen.has(key));
  const causeless = doubts.filter(({ key, lead }) =>
    hit.seen.has(key) ? !hit.posts.has(key) : !hit.leads.has(lead),
  );
  const shown = causeless.map((doubt) => ({
    ...doubt,
    passage: world.faults.passages().find(({ key }) => key === doubt.key),
    life: serve.lifeOf.get(doubt.key),
    told: told.find(({ leadId }) => leadId === doubt.lead),
  }));
  expect(shown, 'in doubt, although nothing happened to the post').toEqual([]);
  expect(doubts.length).toBeGreaterThan(0);
  expect(doubts.length - unsent.length).toBeLessThanOrEqual(hit.posts.size);
  const all = `${doubts.length} in doubt, ${unsent.length} of them never sent`;
  return `${all}; ${hit.posts.size} posts hit`;
}

/** What the buyers accepted, by their journal and by the ledger, without what is in doubt. */
export async function accepted(world: World) {
  const doubts = new Set((await attemptsIn(world, 'in_doubt')).map(({ key }) => key));
  const posts = world.buyers.lines().filter(({ kind }) => kind === 'post');
  const lines = posts.filter(({ decision }) => decision === 'accepted');
  const journal = lines.filter(({ key }) => !doubts.has(key ?? ''));
  const sales = await world.rows<{ key: string; price: number; charges: number[] }>(
    `select lead_id || '/' || contract_id || '/' || round as key, price_cents as price,
       (select jsonb_agg(amount_cents) from transfers t where t.lead_id = s.lead_id
         and t.kind = 'charge' and t.from_account = 'buyer/' || s.buyer_id) as charges
     from sales s`,
  );
  const byKey = (a: readonly unknown[], b: readonly unknown[]) => (String(a) < String(b) ? -1 : 1);
  return {
    journal: journal.map((line) => [line.key, line.amountCents, [line.amountCents]]).sort(byKey),
    ledger: sales.map(({ key, price, charges }) => [key, price, charges]).sort(byKey),
  };
}

/** Throws unless nobody was posted a lead twice, and none was bought by more than may have it. */
export function expectNoneTwice(world: World, alone: ReadonlySet<string>): void {
  const lines = world.buyers.lines();
  const twice = [...postsPerLeadAndContract(lines)].filter(([, posts]) => posts > 1);
  expect(twice, 'posted twice').toEqual([]);
  const buyersOf = new Map<string, number>();
  for (const { leadId, kind, decision } of lines) {
    if (kind !== 'post' || decision !== 'accepted') continue;
    buyersOf.set(leadId, (buyersOf.get(leadId) ?? 0) + 1);
  }
  const tooOften = [...buyersOf].filter(([id, buyers]) => buyers > (alone.has(id) ? 1 : 2));
  expect(tooOften, 'bought too often').toEqual([]);
}

/** Throws with the doubts that are left, unless all resolve by themselves. */
export async function expectNoDoubt(world: World): Promise<void> {
  let left: readonly Found[] = [];
  const look = async () => {
    left = await attemptsIn(world, 'in_doubt');
    return left.length === 0;
  };
  await until('every doubt resolves by itself', look, 120_000).catch((cause: unknown) => {
    throw new Error(`still in doubt: ${JSON.stringify(left)}`, { cause });
  });
}
