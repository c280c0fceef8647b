// Leads of persons, offered under a rule against repeats.

import { claimAttempt } from '../../../src/db/attempts.ts';
import type { Pool } from '../../../src/db/pool.ts';
import type { LeadId } from '../../../src/domain/ids.ts';
import type { Lead } from '../../../src/domain/lead.ts';
import { personKeys, type RepeatQuestion } from '../../../src/domain/person.ts';
import { planned, storeLead } from '../../support/lead-rows.ts';

const BY = [['phone'], ['email']];

/** Where a rule looks: by default through the contract itself, 30 days back. */
export interface Scope {
  readonly through?: string | null;
  readonly withinDays?: number;
}

let persons = 0;
/** Somebody whom no lead before was. */
export function somebody(): Lead['fields'] {
  persons += 1;
  return { phone: `+1999555${String(persons).padStart(4, '0')}`, email: `p${persons}@example.com` };
}

/** The questions of a rule by phone or e-mail. The buyer is what stands before the `_`. */
export function ask(
  fields: Lead['fields'],
  contractId: string,
  scope: Scope = {},
): RepeatQuestion[] {
  const { through = contractId, withinDays = 30 } = scope;
  const [buyer = ''] = contractId.split('_');
  return personKeys(BY, fields).map((key) => ({ contractId, buyer, through, withinDays, key }));
}

/** Plans and claims an offer of a new lead of this person. */
export async function claim(
  pool: Pool,
  fields: Lead['fields'],
  { contractId = 'apex_auto', ...scope }: Scope & { readonly contractId?: string } = {},
) {
  const leadId = await storeLead(pool, { fields });
  const key = await planned(pool, leadId, { contractId });
  const repeats = ask(fields, contractId, scope);
  const claimed = await claimAttempt(pool, key, { maxPlaces: 1, switches: [], repeats });
  return { ...claimed, leadId, key };
}

/** All that was sent of this lead was sent so many days earlier. */
export async function moveBack(pool: Pool, leadId: LeadId, days: number): Promise<void> {
  await pool.query(
    `with moved as (
       update attempts set sent_at = sent_at - make_interval(days => $2),
         planned_at = planned_at - make_interval(days => $2) where lead_id = $1)
     update buyer_persons set seen_at = seen_at - make_interval(days => $2),
       keep_until = keep_until - make_interval(days => $2) where lead_id = $1`,
    [leadId, days],
  );
}
