// Whose turn it is in a rotating stage. A draw and the verdict that holds it are one transaction,
// so a re-run finds its turn and never draws a second one.

import type { CampaignId, ContractId, LeadId } from '../domain/ids.ts';
import type { StageRoute } from '../domain/lead.ts';
import { inTransaction, type Pool, type Tx } from './pool.ts';

type Credits = Readonly<Record<ContractId, number>>;

/**
 * Draws a turn and stores the route that `decide` makes of it; or returns the stored route, without
 * a draw. Leads of one stage draw one after the other.
 */
export async function drawStoredTurn(
  pool: Pool,
  place: {
    readonly campaignId: CampaignId;
    /** Whose credits: a stage, or a tier of one. */
    readonly rotation: string;
    readonly leadId: LeadId;
    readonly round: number;
    /** The verdict's name. */
    readonly step: string;
  },
  decide: (credits: Credits, turn: number) => { route: StageRoute; credits: Credits },
): Promise<StageRoute> {
  const { campaignId, rotation, leadId, round, step } = place;
  return inTransaction(pool, async (tx) => {
    await tx.query({
      name: 'rotations.begin',
      text: `insert into rotations (campaign_id, stage, turns, credits) values ($1, $2, 0, '{}')
             on conflict do nothing`,
      values: [campaignId, rotation],
    });
    const locked = await tx.query<{ turns: number; credits: Credits }>({
      name: 'rotations.lock',
      text: `select turns, credits from rotations where campaign_id = $1 and stage = $2 for update`,
      values: [campaignId, rotation],
    });
    const stored = await tx.query<{ verdict: StageRoute }>({
      name: 'rotations.find_route',
      text: `select verdict from verdicts where lead_id = $1 and round = $2 and step = $3`,
      values: [leadId, round, step],
    });
    if (stored.rows[0]) return stored.rows[0].verdict;
    const { turns, credits } = locked.rows[0] ?? { turns: 0, credits: {} };
    const { route, credits: next } = decide(credits, turns + 1);
    await tx.query({
      name: 'rotations.store',
      text: `with drawn as (
               update rotations set turns = turns + 1, credits = $3
               where campaign_id = $1 and stage = $2 and $7::int > 0
             )
             insert into verdicts (lead_id, round, step, verdict) values ($4, $5, $6, $8)`,
      values: [
        campaignId,
        rotation,
        JSON.stringify(next),
        leadId,
        round,
        step,
        route.order.length,
        JSON.stringify(route),
      ],
    });
    return route;
  });
}

/** The rotations of a campaign as they stand, by stage; `turn` is the draw that comes. */
export async function listRotations(
  db: Tx,
  campaignId: CampaignId,
): Promise<ReadonlyMap<string, { readonly credits: Credits; readonly turn: number }>> {
  const found = await db.query<{ stage: string; turns: number; credits: Credits }>({
    name: 'rotations.list',
    text: `select stage, turns, credits from rotations where campaign_id = $1`,
    values: [campaignId],
  });
  return new Map(
    found.rows.map(({ stage, turns, credits }) => [stage, { credits, turn: turns + 1 }]),
  );
}
