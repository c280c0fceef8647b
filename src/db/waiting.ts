// Leads that wait: kept after a round without a sale, woken by what may have changed, begun anew.

import type { CampaignId, LeadId } from '../domain/ids.ts';
import type { LeadAction, RoundPlan, Wait } from '../domain/waiting.ts';
import { lockLead } from './leads.ts';
import { inTransaction, type Pool, type Tx } from './pool.ts';
import { storeFirst } from './verdicts.ts';

interface RoundKey {
  readonly leadId: LeadId;
  readonly round: number;
}

/**
 * Marks the lead as waiting and stores what for; a repeat returns what was stored first. A deposit
 * that came while the round ran woke those that waited then: this one is woken now.
 */
export async function keepWaiting(tx: Tx, { leadId, round }: RoundKey, wait: Wait): Promise<Wait> {
  await tx.query({
    name: 'waiting.keep',
    text: `with kept as (
             update leads set status = 'waiting'
             where id = $1 and outcome is null and status <> 'waiting'
             returning received_at, campaign_id
           ), paid as (
             select d.id from kept, deposits d
             where d.cents > 0 and campaign_id = any(d.wakes)
               and d.told_at > coalesce((select stored_at from verdicts
                 where lead_id = $1 and round = $2 and step = 'round'),
                 -- By the clock of the process that took it in.
                 received_at - interval '1 second')
             order by told_at desc limit 1
           )
           insert into outbox (kind, lead_id, name, payload)
           select 'signal', $1, 'leadActed',
             jsonb_build_object('action', 'wake', 'by', 'deposit ' || id) from paid`,
    values: [leadId, round],
  });
  return storeFirst(tx, { leadId, round, step: 'wait' }, wait);
}

/**
 * Begins a round by a plan, which is stored before anyone sees it; a repeat returns the plan that
 * was stored first.
 */
export async function beginRound(
  pool: Pool,
  { leadId, round }: RoundKey,
  plan: RoundPlan,
): Promise<RoundPlan> {
  return inTransaction(pool, async (tx) => {
    await lockLead(tx, leadId);
    await tx.query({
      name: 'waiting.begin_round',
      text: `update leads set round = greatest(round, $2),
               status = case when status = 'waiting' then 'received' else status end
             where id = $1 and outcome is null`,
      values: [leadId, round],
    });
    return storeFirst(tx, { leadId, round, step: 'round' }, plan);
  });
}

/** Tells every waiting lead of these campaigns that something may have changed for it. */
export async function wakeWaiting(
  tx: Tx,
  campaignIds: readonly CampaignId[],
  by: string,
): Promise<void> {
  await tx.query({
    name: 'waiting.wake',
    text: `insert into outbox (kind, lead_id, name, payload)
           select 'signal', id, 'leadActed', jsonb_build_object('action', 'wake', 'by', $2::text)
           from leads where status = 'waiting' and campaign_id = any($1)`,
    values: [campaignIds, by],
  });
}

/**
 * Writes down what an operator wants done with a waiting lead, and tells its workflow. False if the
 * lead does not wait.
 */
export async function recordAction(
  pool: Pool,
  leadId: LeadId,
  { action, by, contract }: LeadAction,
): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    await lockLead(tx, leadId);
    const recorded = await tx.query({
      name: 'waiting.record_action',
      text: `with recorded as (
               insert into lead_actions (lead_id, round, action, contract_id, done_by)
               select id, round, $2, $3, $4 from leads where id = $1 and status = 'waiting'
               returning lead_id
             )
             insert into outbox (kind, lead_id, name, payload)
             select 'signal', lead_id, 'leadActed', jsonb_strip_nulls(jsonb_build_object(
               'action', $2::text, 'by', $4::text, 'contract', $3::text)) from recorded`,
      values: [leadId, action, contract ?? null, by],
    });
    return recorded.rowCount === 1;
  });
}
