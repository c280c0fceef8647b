// Certificates that wait for their lead to be sold, to be retained then.

import type { LeadId } from '../../domain/ids.ts';
import type { Tx } from '../pool.ts';

export interface CertificateClaim {
  readonly leadId: LeadId;
  /** The name of the lookup in the lead's campaign. */
  readonly lookup: string;
}

/** One whose turn it is. */
export interface DueCertificate extends CertificateClaim {
  /** This one included. */
  readonly tries: number;
}

/** Notes that a certificate is to be retained once the lead is sold. Safe to repeat. */
export async function noteCertificate(db: Tx, claim: CertificateClaim): Promise<void> {
  await db.query({
    name: 'certificates.note',
    text: `insert into certificate_claims (lead_id, lookup) values ($1, $2)
           on conflict do nothing`,
    values: [claim.leadId, claim.lookup],
  });
}

/**
 * Those of sold leads whose turn it is, each handed to one process; the next turn is set ahead
 * before the caller acts, later with every try. Those of leads that ended otherwise are dropped,
 * and those of open leads looked at again, later with the lead's age.
 */
export async function claimCertificates(db: Tx, limit: number): Promise<readonly DueCertificate[]> {
  const found = await db.query<{ lead_id: LeadId; lookup: string; tries: number }>({
    name: 'certificates.claim',
    text: `with due as (
             select c.lead_id, c.lookup, l.outcome is null as open, l.status = 'sold' as sold,
               l.received_at
             from certificate_claims c join leads l on l.id = c.lead_id
             where c.sweep_at <= now() order by c.sweep_at limit $1
             for update of c skip locked
           ), dropped as (
             delete from certificate_claims c using due
             where c.lead_id = due.lead_id and c.lookup = due.lookup and not open and not sold
           ), later as (
             update certificate_claims c set sweep_at = now() + greatest(interval '2 seconds',
               least(interval '10 minutes', (now() - due.received_at) / 2)) from due
             where c.lead_id = due.lead_id and c.lookup = due.lookup and open and not sold
           )
           update certificate_claims c set tries = tries + 1,
             sweep_at = now() + least(interval '1 hour', interval '10 seconds' * 4 ^ tries)
           from due where c.lead_id = due.lead_id and c.lookup = due.lookup and sold
           returning c.lead_id, c.lookup, c.tries`,
    values: [limit],
  });
  return found.rows.map(({ lead_id: leadId, lookup, tries }) => ({ leadId, lookup, tries }));
}

/** Nothing is left to do about it. */
export async function dropCertificate(db: Tx, claim: CertificateClaim): Promise<void> {
  await db.query({
    name: 'certificates.drop',
    text: `delete from certificate_claims where lead_id = $1 and lookup = $2`,
    values: [claim.leadId, claim.lookup],
  });
}
