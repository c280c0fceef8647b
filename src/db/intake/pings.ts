// Pings of sources: stored once they are answered, read by their posts and by the runs of those.

import type { LeadId } from '../../domain/ids.ts';
import type { PingResult } from '../../domain/lead.ts';
import type { Cents } from '../../domain/money.ts';
import type { Pinged, Quote } from '../../domain/ping.ts';
import type { UnsoldReason } from '../../domain/reasons.ts';
import { msOf, type Tx } from '../pool.ts';

interface Row {
  readonly lead_id: LeadId;
  readonly source_id: string;
  readonly campaign_id: string;
  readonly test: boolean;
  readonly fields: Pinged['fields'];
  readonly bids: readonly PingResult[];
  readonly payout_cents: Cents | null;
  readonly reason: UnsoldReason | null;
  readonly expires_ms: number;
}

const COLUMNS = `lead_id, source_id, campaign_id, test, fields, bids, payout_cents, reason,
  ${msOf('expires_at')} as expires_ms`;

/** Stores an answered ping. `fingerprint`: of all that it said. */
export async function storePing(db: Tx, ping: Pinged, fingerprint: Buffer): Promise<void> {
  const { quote } = ping;
  await db.query({
    name: 'pings.store',
    text: `insert into pings (lead_id, source_id, campaign_id, fingerprint, fields, bids,
             payout_cents, reason, expires_at, test)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      ping.leadId,
      ping.sourceId,
      ping.campaignId,
      fingerprint,
      JSON.stringify(ping.fields),
      JSON.stringify(ping.bids),
      quote.kind === 'bid' ? quote.payoutCents : null,
      quote.kind === 'bid' ? null : quote.reason,
      new Date(ping.expiresAtMs),
      ping.test,
    ],
  });
}

/** The latest ping that said the same, is not over and was not used. */
export async function findSamePing(
  db: Tx,
  fingerprint: Buffer,
  now: Date,
): Promise<Pinged | undefined> {
  const found = await db.query<Row>({
    name: 'pings.find_same',
    text: `select ${COLUMNS} from pings p
           where fingerprint = $1 and expires_at > $2
             and not exists (select from leads l where l.id = p.lead_id)
           order by expires_at desc limit 1`,
    values: [fingerprint, now],
  });
  return found.rows[0] && toPinged(found.rows[0]);
}

/** The ping of a lead, used or not. */
export async function findPing(db: Tx, leadId: LeadId): Promise<Pinged | undefined> {
  const found = await db.query<Row>({
    name: 'pings.find',
    text: `select ${COLUMNS} from pings where lead_id = $1`,
    values: [leadId],
  });
  return found.rows[0] && toPinged(found.rows[0]);
}

/** Forgets pings a day after they were made, but for those that became a lead. */
export async function deleteOldPings(db: Tx): Promise<void> {
  await db.query({
    name: 'pings.delete_old',
    text: `delete from pings where lead_id in (
             select lead_id from pings p where made_at < now() - interval '1 day'
               and not exists (select from leads l where l.id = p.lead_id)
             order by made_at limit 5000)`,
  });
}

function toPinged(row: Row): Pinged {
  const { payout_cents: payoutCents, reason } = row;
  const quote: Quote =
    payoutCents === null
      ? { kind: 'no_bid', reason: reason ?? 'no_bids' }
      : { kind: 'bid', payoutCents };
  return {
    ...{ leadId: row.lead_id, sourceId: row.source_id, campaignId: row.campaign_id },
    ...{ test: row.test, fields: row.fields, bids: row.bids, quote, expiresAtMs: row.expires_ms },
  };
}
