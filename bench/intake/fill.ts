// Millions of people for the scenario of intake, made by PostgreSQL itself: those who stand on a
// suppression list, and the leads of those who came before.

import type { Client } from 'pg';
import type { Pool } from '../../src/db/pool.ts';
import type { Workbench } from '../stand/workbench.ts';

const AT_ONCE = 500_000;
const LISTED_AREA = 512;
const AREA = 702;

export interface Filling {
  /** Phone numbers on the list. */
  readonly suppressed: number;
  /** Earlier leads, each with a phone number and an e-mail address of its own. */
  readonly past: number;
  readonly worldVersion: number;
  readonly campaign: string;
}

/** The phone number of an entry of the list. */
export function listedPhone(no: number): string {
  return phoneNo(no, LISTED_AREA);
}

/** The person of an earlier lead, or of one that is still to come. */
export function personNo(no: number): { readonly phone: string; readonly email: string } {
  return { phone: phoneNo(no, AREA), email: `p${no}@example.com` };
}

// 5.6 million to an area code: exchanges x20 to x99, of which none is a service number.
function phoneNo(no: number, area: number): string {
  const place = Math.floor(no / 10_000) % 560;
  const exchange = 220 + (place % 80) + 100 * Math.floor(place / 80);
  const line = String(no % 10_000).padStart(4, '0');
  return `+1${area + Math.floor(no / 5_600_000)}${exchange}${line}`;
}

const phoneSql = (area: number) => `('+1' || (${area} + n / 5600000)
  || (220 + (n / 10000) % 560 % 80 + 100 * ((n / 10000) % 560 / 80))
  || lpad((n % 10000)::text, 4, '0'))`;
const sha256 = (text: string) => `sha256(convert_to(${text}, 'UTF8'))`;

/** Fills the tables and lets PostgreSQL look at them. */
export async function fill(pool: Pool, filling: Filling, bench: Workbench): Promise<void> {
  const { suppressed, past } = filling;
  const client = await pool.connect();
  try {
    // Neither the time limit of a lead's statements nor a look at each foreign key.
    await client.query(`set statement_timeout = 0; set session_replication_role = replica`);
    await client.query(`insert into suppression_lists (id, created_by) values ('dnc', 'bench')`);
    await inSteps({ count: suppressed, what: 'on the list', bench }, (from, to) =>
      client.query(
        `insert into suppressions (kind, hash, list_no, addition)
         select 'phone', substring(${sha256(phoneSql(LISTED_AREA))} for 16) as hash, 1, 1
         from generate_series($1::int, $2::int) n order by hash`,
        [from, to],
      ),
    );
    await inSteps({ count: past, what: 'came before', bench }, (from, to) =>
      addLeads(client, filling, { from, to }),
    );
    bench.say('vacuum …');
    await client.query('vacuum analyze suppressions, leads, fingerprints');
  } finally {
    client.release(true);
  }
}

async function addLeads(
  client: Pick<Client, 'query'>,
  { worldVersion, campaign }: Filling,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const fields = `jsonb_build_object('first_name', 'Ann', 'last_name', 'Lee', 'zip', '78704',
    'phone', ${phoneSql(AREA)}, 'email', 'p' || n || '@example.com', 'state', 'TX',
    'date_of_birth', '1985-04-12', 'currently_insured', true)`;
  await client.query(
    `insert into leads (id, campaign_id, source_id, world_version, test, raw, fields, problems,
       unknown_fields, behaviour, status, outcome, received_at, settled_at)
     select 'lead_p' || lpad(n::text, 25, '0'), $3, 'acme', $4, false, ${fields}, ${fields},
       '[]', '{}', '{}', 'sold', '{"kind":"sold","payoutCents":800}',
       now() - interval '20 days' + n * interval '100 ms',
       now() - interval '20 days' + n * interval '100 ms'
     from generate_series($1::int, $2::int) n`,
    [from, to, campaign, worldVersion],
  );
  for (const [field, value] of [
    ['phone', phoneSql(AREA)],
    ['email', `('p' || n || '@example.com')`],
  ] as const) {
    await client.query(
      `insert into fingerprints (scope, hash, lead_id, seen_at)
       select 'campaign/' || $3, ${sha256(`'[["${field}"],["' || ${value} || '"]]'`)} as hash,
         'lead_p' || lpad(n::text, 25, '0'), now() - interval '20 days' + n * interval '100 ms'
       from generate_series($1::int, $2::int) n order by hash`,
      [from, to, campaign],
    );
  }
}

async function inSteps(
  of: { readonly count: number; readonly what: string; readonly bench: Workbench },
  step: (from: number, to: number) => Promise<unknown>,
): Promise<void> {
  const { count, what, bench } = of;
  const { say, signal } = bench;
  for (let from = 0; from < count; from += AT_ONCE) {
    signal.throwIfAborted();
    const to = Math.min(count, from + AT_ONCE);
    await step(from, to - 1);
    say(`${to.toLocaleString('en')} of ${count.toLocaleString('en')} ${what}`);
  }
}
