// What became of leads, for the rates by which others are scored. A lead counts once buyers judged
// it: it was sold, or it was unsold because those who were asked did not want it. One that met
// closed hours and full caps says nothing about leads like it.

import { type Facets, PACES } from '../../domain/scoring/facets.ts';
import type { Judged } from '../../domain/scoring/fit.ts';
import { type Count, HALF_LIFE_DAYS } from '../../domain/scoring/rates.ts';
import { msOf, type Tx } from '../pool.ts';

/** A campaign’s vertical, and the field that holds the state of its leads. */
export interface CampaignFacts {
  readonly campaign: string;
  readonly vertical: string;
  readonly state_field: string | null;
}

/** Leads received from one instant on, up to another one, which is not included. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
  readonly campaigns: readonly CampaignFacts[];
}

const PACE = [
  `case when jsonb_typeof(l.behaviour -> 'form_seconds') is distinct from 'number' then 'unknown'`,
  ...PACES.map(([name, below]) =>
    below === Infinity
      ? `else '${name}' end`
      : `when (l.behaviour ->> 'form_seconds')::float8 < ${below} then '${name}'`,
  ),
].join(' ');

/** $1 the campaigns, $2 and $3 the window. */
const JUDGED = `
  select l.id, l.received_at, c.vertical, l.source_id, l.sub_source,
    nullif(l.fields ->> c.state_field, '') as state,
    extract(hour from l.received_at at time zone 'UTC')::int as hour,
    ${PACE} as pace,
    l.status = 'sold' as accepted
  from leads l
  join jsonb_to_recordset($1::jsonb) as c (campaign text, vertical text, state_field text)
    on c.campaign = l.campaign_id
  where not l.test and l.received_at >= $2 and l.received_at < $3
    and (l.status = 'sold'
      or (l.status = 'unsold' and l.outcome ->> 'reason' in ('all_rejected', 'no_bids')))`;

const COUNTS = `
  with judged as (${JUDGED}), told as (
    select j.*,
      power(0.5, extract(epoch from $3::timestamptz - received_at)::float8
        / 86400 / ${HALF_LIFE_DAYS}) as weight,
      case when accepted then
        exists (select from attempts a where a.lead_id = j.id and a.state = 'returned')
        or exists (select from feedback f where f.lead_id = j.id and f.what = 'bad')
      end as returned,
      case when accepted then
        (select bool_or(f.what = 'converted') from feedback f where f.lead_id = j.id)
      end as converted
    from judged j
  )
  select label, dimension, key, sum(weight) as n,
    coalesce(sum(weight) filter (where hit), 0) as hits
  from told,
    lateral (values ('accepted', accepted), ('returned', returned), ('converted', converted))
      as labels (label, hit),
    lateral (values ('all', ''), ('vertical', vertical), ('source', vertical || '/' || source_id),
      ('sub_source', vertical || '/' || source_id || '/' || sub_source),
      ('state', vertical || '/' || state), ('hour', vertical || '/' || hour),
      ('pace', vertical || '/' || pace)) as dimensions (dimension, key)
  where hit is not null and key is not null
  group by label, dimension, key
  order by label, dimension, key`;

/** How many leads there are under each key, weighed by their age at the end of the window. */
export async function countOutcomes(
  db: Tx,
  { from, to, campaigns }: Window,
): Promise<readonly Count[]> {
  const found = await db.query<Count>({
    name: 'outcomes.count',
    text: COUNTS,
    values: [JSON.stringify(campaigns), from, to],
  });
  return found.rows;
}

interface JudgedRow {
  readonly vertical: string;
  readonly source_id: string;
  readonly sub_source: string | null;
  readonly state: string | null;
  readonly hour: number;
  readonly pace: Facets['pace'];
  readonly accepted: boolean;
  readonly at_ms: number;
  readonly rules: number;
  readonly score: number;
}

/** The newest judged leads that have a score, at most `limit`, oldest first. */
export async function listJudged(
  db: Tx,
  { from, to, campaigns }: Window,
  limit: number,
): Promise<readonly Judged[]> {
  const found = await db.query<JudgedRow>({
    name: 'outcomes.list_judged',
    text: `select j.vertical, j.source_id, j.sub_source, j.state, j.hour, j.pace, j.accepted,
             ${msOf('j.received_at')} as at_ms, (v.verdict ->> 'score')::float8 as score,
             coalesce(v.verdict ->> 'rules', v.verdict ->> 'score')::float8 as rules
           from (${JUDGED}) j
           join verdicts v on v.lead_id = j.id and v.round = 1 and v.step = 'score'
           order by j.received_at desc, j.id desc limit $4`,
    values: [JSON.stringify(campaigns), from, to, limit],
  });
  return found.rows.toReversed().map((row) => ({
    facets: {
      vertical: row.vertical,
      source: row.source_id,
      subSource: row.sub_source ?? undefined,
      state: row.state ?? undefined,
      hour: row.hour,
      pace: row.pace,
    },
    ...{ rules: row.rules, score: row.score, accepted: row.accepted, atMs: row.at_ms },
  }));
}
