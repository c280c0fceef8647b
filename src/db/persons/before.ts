// Whom buyers had before an instant: for a simulation of the leads after it.

import type { BuyerId, ContractId, LeadId } from '../../domain/ids.ts';
import type { PersonKey } from '../../domain/person.ts';
import { msOf, type Tx } from '../pool.ts';
import { hashOf } from '../verdicts.ts';
import { HAS_PERSON } from './seen.ts';

/** A lead of one of the persons that a buyer has, or may have. */
export interface HadBefore {
  readonly key: PersonKey;
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly buyerId: BuyerId;
  readonly atMs: number;
}

/** The leads of these persons received before an instant, with the buyers that have them. */
export async function findHadBefore(
  db: Tx,
  keys: readonly PersonKey[],
  before: Date,
): Promise<readonly HadBefore[]> {
  if (keys.length === 0) return [];
  const found = await db.query<Omit<HadBefore, 'key'> & { no: number }>({
    name: 'buyer_persons.find_before',
    text: `select a.no - 1 as no, p.lead_id as "leadId", p.contract_id as "contractId",
             p.buyer_id as "buyerId", ${msOf('p.seen_at')} as "atMs"
           from unnest($1::bytea[]) with ordinality as a (hash, no)
           join buyer_persons p on p.hash = a.hash
           join leads l on l.id = p.lead_id and l.received_at < $2
           join attempts t on t.lead_id = p.lead_id and t.contract_id = p.contract_id
             and t.round = p.round and t.state in ${HAS_PERSON}`,
    values: [keys.map(hashOf), before],
  });
  return found.rows.flatMap(({ no, ...had }) => {
    const key = keys[no];
    return key ? [{ key, ...had }] : [];
  });
}
