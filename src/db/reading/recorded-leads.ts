// The leads of a period as they were distributed, in pages, oldest first: for running them again
// under another world. Test leads are left out: they are never sold.

import type { LeadId } from '../../domain/ids.ts';
import type { Lead } from '../../domain/lead.ts';
import type { RecordedLead } from '../../domain/recorded.ts';
import { learnedOf, type LeadRow } from '../leads.ts';
import { msOf, type Tx } from '../pool.ts';

/** From an instant on, up to another one, which is not included. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** The last lead of the page before. Microseconds, because PostgreSQL counts in them. */
export interface RecordedCursor {
  readonly receivedAtMicros: number;
  readonly id: LeadId;
}

export interface RecordedPage {
  readonly leads: readonly RecordedLead[];
  /** Undefined on the last page. */
  readonly next?: RecordedCursor;
}

/** How many leads a period has; test leads do not count. */
export async function countRecorded(db: Tx, { from, to }: Period): Promise<number> {
  const found = await db.query<{ leads: number }>({
    name: 'recorded_leads.count',
    text: `select count(*) as leads from leads
           where not test and received_at >= $1 and received_at < $2`,
    values: [from, to],
  });
  return found.rows[0]?.leads ?? 0;
}

const PAGE = `
  with page as (
    select id, campaign_id, source_id, sub_source, world_version, fields, asking_cents,
      received_at, status, round
    from leads
    where not test and received_at >= $1 and received_at < $2
      and ($3::bigint is null or (received_at, id) >
        (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4))
    order by received_at, id limit $5
  )
  select l.id, l.campaign_id as "campaignId", l.source_id as "sourceId",
    l.sub_source as "subSource", l.world_version as "worldVersion", l.fields,
    l.asking_cents as "askingCents", ${msOf('l.received_at')} as "receivedAtMs", l.status,
    l.round as rounds,
    (extract(epoch from l.received_at) * 1000000)::bigint as micros,
    (select jsonb_build_object('lineType', v.verdict->'lineType', 'flags', v.verdict->'flags')
     from verdicts v
     where v.lead_id = l.id and v.round = 1 and v.step = 'validation') as learned,
    coalesce((select json_object_agg(v.round || ' ' || v.step, v.verdict)
     from verdicts v where v.lead_id = l.id and v.step <> 'validation'), '{}') as verdicts,
    coalesce((select json_agg(json_build_object('contractId', a.contract_id,
       'buyerId', a.buyer_id, 'round', a.round, 'state', a.state, 'priceCents', a.price_cents,
       'result', a.result, 'capWindows', a.cap_windows, 'plannedAtMs', ${msOf('a.planned_at')})
       order by a.round, a.planned_at, a.position, a.contract_id)
     from attempts a where a.lead_id = l.id), '[]') as attempts,
    coalesce((select json_agg(json_build_object('contractId', s.contract_id,
       'buyerId', s.buyer_id, 'priceCents', s.price_cents, 'payoutCents', s.payout_cents)
       order by s.sold_at, s.contract_id)
     from sales s where s.lead_id = l.id), '[]') as sales
  from page l order by l.received_at, l.id`;

type Row = Pick<RecordedLead, 'status' | 'rounds' | 'verdicts' | 'attempts' | 'sales'> &
  Pick<
    Lead,
    | 'id'
    | 'campaignId'
    | 'sourceId'
    | 'subSource'
    | 'worldVersion'
    | 'fields'
    | 'askingCents'
    | 'receivedAtMs'
  > & { readonly micros: number; readonly learned: LeadRow['learned'] };

/** One page of a period's leads. The cursor holds its place while new leads arrive. */
export async function listRecorded(
  db: Tx,
  { from, to }: Period,
  page: { readonly after: RecordedCursor | undefined; readonly limit: number },
): Promise<RecordedPage> {
  const { after, limit } = page;
  const found = await db.query<Row>({
    name: 'recorded_leads.list_page',
    text: PAGE,
    values: [from, to, after?.receivedAtMicros ?? null, after?.id ?? null, limit],
  });
  const leads = found.rows.map(toRecorded);
  const last = found.rows.at(-1);
  if (!last || found.rows.length < limit) return { leads };
  return { leads, next: { receivedAtMicros: last.micros, id: last.id } };
}

function toRecorded(row: Row): RecordedLead {
  const { id, campaignId, sourceId, subSource, worldVersion, fields, askingCents, receivedAtMs } =
    row;
  const { status, rounds, verdicts, attempts, sales } = row;
  const scored = verdicts['1 score'] as { readonly score: number } | undefined;
  return {
    lead: {
      ...{ id, campaignId, sourceId, subSource, worldVersion, fields, askingCents, receivedAtMs },
      ...learnedOf(row.learned),
      ...{ externalId: null, test: false, problems: [], behaviour: {}, consent: null },
    },
    score: scored?.score ?? null,
    ...{ status, rounds, verdicts, attempts, sales },
  };
}
