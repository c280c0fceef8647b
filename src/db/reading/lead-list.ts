// Pages of leads, newest first, for operators and sources. No personal data: that is in the trace.

import type { BuyerId, CampaignId, ContractId, LeadId, SourceId } from '../../domain/ids.ts';
import type { LeadOutcome, LeadStatus } from '../../domain/lead.ts';
import type { Cents } from '../../domain/money.ts';
import type { Tx } from '../pool.ts';

/** A point in time: an instant, or the start of a day in a zone. */
export type Moment =
  | { readonly kind: 'instant'; readonly at: Date }
  | { readonly kind: 'day'; readonly day: string; readonly timeZone: string };

/** All that is given must hold. */
export interface LeadFilter {
  readonly statuses?: readonly LeadStatus[];
  readonly campaignId?: CampaignId;
  readonly sourceId?: SourceId;
  /** A buyer that has the lead, or may have it. */
  readonly buyerId?: BuyerId;
  /** The reason of the outcome. */
  readonly reason?: string;
  readonly test?: boolean;
  readonly from?: Moment;
  /** Where it is a day, that day is included; an instant is not. */
  readonly to?: Moment;
}

/** The last lead of the page before. Microseconds, because PostgreSQL counts in them. */
export interface LeadCursor {
  readonly receivedAtMicros: number;
  readonly id: LeadId;
}

export interface ListedLead {
  readonly id: LeadId;
  readonly campaignId: CampaignId;
  readonly sourceId: SourceId;
  readonly subSource: string | null;
  readonly externalId: string | null;
  readonly test: boolean;
  readonly status: LeadStatus;
  readonly outcome: LeadOutcome | null;
  readonly receivedAt: Date;
  readonly settledAt: Date | null;
  readonly sales: readonly ListedSale[];
}

export interface ListedSale {
  readonly contractId: ContractId;
  readonly buyerId: BuyerId;
  readonly priceCents: Cents;
}

export interface LeadPage {
  readonly leads: readonly ListedLead[];
  /** Undefined on the last page. */
  readonly next?: LeadCursor;
}

export interface LeadQuery {
  readonly filter: LeadFilter;
  readonly after?: LeadCursor;
  readonly limit: number;
}

type Listed = ListedLead & { readonly micros: number };

/**
 * One page. The cursor holds its place while new leads arrive: none is shown twice or left out. Not
 * a prepared statement: the plan for one source differs from the plan for all of them.
 */
export async function listLeads(db: Tx, query: LeadQuery): Promise<LeadPage> {
  const { conditions, values, value } = conditionsOf(query);
  const found = await db.query<Listed>({
    text: `/* lead_list.list_page */
      select l.id, l.campaign_id as "campaignId", l.source_id as "sourceId",
        l.sub_source as "subSource", l.external_id as "externalId", l.test, l.status, l.outcome,
        l.received_at as "receivedAt", l.settled_at as "settledAt",
        (extract(epoch from l.received_at) * 1000000)::bigint as micros,
        (select coalesce(jsonb_agg(jsonb_build_object('contractId', s.contract_id,
           'buyerId', s.buyer_id, 'priceCents', s.price_cents)
           order by s.sold_at, s.contract_id), '[]')
         from sales s where s.lead_id = l.id) as sales
      from leads l where ${['true', ...conditions].join('\n        and ')}
      order by l.received_at desc, l.id desc limit ${value(query.limit + 1)}`,
    values,
  });
  const shown = found.rows.slice(0, query.limit);
  const last = shown.at(-1);
  const more = found.rows.length > query.limit;
  const leads = shown.map(({ micros: _, ...lead }) => lead);
  if (!more || !last) return { leads };
  return { leads, next: { receivedAtMicros: last.micros, id: last.id } };
}

function conditionsOf({ filter, after }: LeadQuery) {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const start = (moment: Moment, plusDays = 0) => {
    if (moment.kind === 'instant') return `${value(moment.at)}::timestamptz`;
    const { day, timeZone } = moment;
    return `(${value(day)}::date + ${plusDays})::timestamp at time zone ${value(timeZone)}`;
  };
  const { statuses, campaignId, sourceId, buyerId, reason, test, from, to } = filter;

  const conditions: string[] = [];
  if (statuses) conditions.push(`l.status = any(${value(statuses)})`);
  if (campaignId !== undefined) conditions.push(`l.campaign_id = ${value(campaignId)}`);
  if (sourceId !== undefined) conditions.push(`l.source_id = ${value(sourceId)}`);
  if (reason !== undefined) conditions.push(`l.outcome ->> 'reason' = ${value(reason)}`);
  if (test !== undefined) conditions.push(`l.test = ${value(test)}`);
  if (from) conditions.push(`l.received_at >= ${start(from)}`);
  if (to) conditions.push(`l.received_at < ${start(to, 1)}`);
  if (buyerId !== undefined) {
    conditions.push(`exists (select from attempts a where a.lead_id = l.id
          and ${value(buyerId)} in (a.buyer_id, split_part(a.buyer_id, '.', 1))
          and a.state in ('sending', 'accepted', 'pending', 'in_doubt', 'returned'))`);
  }
  if (after) {
    const { receivedAtMicros, id } = after;
    conditions.push(`(l.received_at, l.id) < (timestamptz 'epoch'
          + ${value(receivedAtMicros)}::bigint * interval '1 microsecond', ${value(id)})`);
  }
  return { conditions, values, value };
}
