// Profit and loss: money from the posted transfers of the ledger, received leads from the leads.
// Days are the operator's; a lead is received on one day and may be sold on the next. Test leads
// count nowhere.

import type { BuyerId, CampaignId, SourceId } from '../../domain/ids.ts';
import type { Tx } from '../pool.ts';

export const PNL_DIMENSIONS = ['campaign', 'source', 'buyer', 'day'] as const;
export type PnlDimension = (typeof PNL_DIMENSIONS)[number];

export interface PnlQuery {
  readonly by: readonly PnlDimension[];
  /** The zone in which days are counted. */
  readonly timeZone: string;
  /** First and last day, `YYYY-MM-DD`, both included. */
  readonly fromDay?: string;
  readonly toDay?: string;
  readonly campaignId?: CampaignId;
  readonly sourceId?: SourceId;
  readonly buyerId?: BuyerId;
}

/** One line; `total` is the line over all others, computed by the database and not by adding up. */
export interface PnlRow {
  readonly total: boolean;
  /** Null where the report is not by that dimension, and in the total. */
  readonly campaign: CampaignId | null;
  readonly source: SourceId | null;
  readonly buyer: BuyerId | null;
  readonly day: string | null;
  /** Leads taken in. Null where a buyer is in question: a lead is not received for a buyer. */
  readonly received: number | null;
  /** Leads sold at least once. A lead that two buyers share is one here, and one for each. */
  readonly sold: number;
  readonly revenueCents: number;
  readonly payoutCents: number;
  /** What is left to the house; may be negative. */
  readonly marginCents: number;
}

// An unused dimension is '' on every row, so that the two halves join on plain equality.
const PNL = `with asked as (
    select ($5::date)::timestamp at time zone $1 as since,
      ($6::date + 1)::timestamp at time zone $1 as until
  ), moved as (
    select case when $2 then t.campaign_id else '' end as campaign,
      case when $3 then t.source_id else '' end as source,
      case when $4 then t.buyer_id else '' end as buyer,
      case when $7 then (t.posted_at at time zone $1)::date::text else '' end as day,
      t.lead_id, t.kind,
      -- A correction that gives back moves the other way.
      case when t.kind = 'charge_change' and t.from_account = 'house'
        or t.kind = 'payout_change' and t.to_account = 'house'
        then -t.amount_cents else t.amount_cents end as cents
    from transfers t join leads l on l.id = t.lead_id, asked
    where t.state = 'posted' and not l.test
      and (since is null or t.posted_at >= since) and (until is null or t.posted_at < until)
      and ($8::text is null or t.campaign_id = $8) and ($9::text is null or t.source_id = $9)
      and ($10::text is null or $10 in (t.buyer_id, split_part(t.buyer_id, '.', 1)))
  ), money as (
    select grouping(day) = 1 as total, campaign, source, buyer, day,
      count(distinct lead_id) filter (where kind = 'charge') as sold,
      coalesce(sum(cents) filter (where kind in ('charge', 'charge_change')), 0)::bigint
        as revenue,
      coalesce(sum(cents) filter (where kind in ('payout', 'payout_change')), 0)::bigint
        as payout
    from moved group by grouping sets ((campaign, source, buyer, day), ())
  ), taken as (
    select case when $2 then l.campaign_id else '' end as campaign,
      case when $3 then l.source_id else '' end as source,
      case when $7 then (l.received_at at time zone $1)::date::text else '' end as day
    from leads l, asked
    where not l.test and $10::text is null
      and (since is null or l.received_at >= since) and (until is null or l.received_at < until)
      and ($8::text is null or l.campaign_id = $8) and ($9::text is null or l.source_id = $9)
  ), arrived as (
    select grouping(day) = 1 as total, campaign, source, day, count(*) as received
    from taken group by grouping sets ((campaign, source, day), ())
  ), lines as (
    select * from money
    full join (select total, campaign, source, '' as buyer, day, received
               from arrived where total or not $4) leads_in
      using (total, campaign, source, buyer, day)
    where not total
    union all
    select m.total, '', '', '', '', m.sold, m.revenue, m.payout, a.received
    from money m, arrived a where m.total and a.total
  )
  select total, nullif(campaign, '') as campaign, nullif(source, '') as source,
    nullif(buyer, '') as buyer, nullif(day, '') as day,
    case when $10::text is null and (total or not $4) then coalesce(received, 0) end as received,
    coalesce(sold, 0) as sold, coalesce(revenue, 0) as "revenueCents",
    coalesce(payout, 0) as "payoutCents",
    coalesce(revenue, 0) - coalesce(payout, 0) as "marginCents"
  from lines order by total, day, campaign, source, buyer`;

/**
 * The report: a line for each combination that occurs, in order of day, campaign, source, buyer,
 * and the total last, also when there is nothing else. Not a prepared statement: the plan for a day
 * differs from the plan for a year.
 */
export async function readPnl(db: Tx, query: PnlQuery): Promise<readonly PnlRow[]> {
  const by = new Set(query.by);
  const read = await db.query<PnlRow>({
    text: `/* pnl.read_report */ ${PNL}`,
    values: [
      query.timeZone,
      by.has('campaign'),
      by.has('source'),
      by.has('buyer'),
      query.fromDay ?? null,
      query.toDay ?? null,
      by.has('day'),
      query.campaignId ?? null,
      query.sourceId ?? null,
      query.buyerId ?? null,
    ],
  });
  return read.rows;
}
