// Pages of pushes, those of the newest leads first, for operators. No personal data: details were
// written without it.

import type { ContractId, DeliveryKey } from '../../domain/ids.ts';
import type { DeliveryState } from '../../domain/outcome.ts';
import { msOf, type Tx } from '../pool.ts';
import type { Moment } from '../reading/lead-list.ts';

/** All that is given must hold. */
export interface DeliveryFilter {
  readonly states?: readonly DeliveryState[];
  readonly contractId?: ContractId;
  readonly target?: string;
  /** By the first try. */
  readonly from?: Moment;
  /** Where it is a day, that day is included; an instant is not. */
  readonly to?: Moment;
}

export interface ListedDelivery extends DeliveryKey {
  readonly state: DeliveryState;
  readonly tries: number;
  readonly detail: string;
  readonly begunAtMs: number;
  readonly atMs: number;
  readonly nextTryAtMs: number | null;
  /** How often operators asked for it again. */
  readonly redeliveries: number;
}

export interface DeliveryQuery {
  readonly filter: DeliveryFilter;
  /** The last one of the page before. */
  readonly after?: DeliveryKey;
  readonly limit: number;
}

export interface DeliveryPage {
  readonly deliveries: readonly ListedDelivery[];
  /** Undefined on the last page. */
  readonly next?: DeliveryKey;
}

/** One page. A lead's id begins with its time, so the key's own order is that of the leads. */
export async function listDeliveries(db: Tx, query: DeliveryQuery): Promise<DeliveryPage> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = conditionsOf(query.filter, value);
  if (query.after) {
    const { leadId, contractId, target } = query.after;
    const before = [leadId, contractId, target].map(value).join(', ');
    conditions.push(`(d.lead_id, d.contract_id, d.target) < (${before})`);
  }
  const found = await db.query<ListedDelivery>({
    text: `/* deliveries.list_page */
      select d.lead_id as "leadId", d.contract_id as "contractId", d.target, d.state, d.tries,
        d.detail, ${msOf('d.begun_at')} as "begunAtMs", ${msOf('d.at')} as "atMs",
        ${msOf('d.next_try_at')} as "nextTryAtMs",
        (select count(*) from redeliveries r where r.lead_id = d.lead_id
           and r.contract_id = d.contract_id and r.target = d.target) as redeliveries
      from deliveries d where ${['true', ...conditions].join('\n        and ')}
      order by d.lead_id desc, d.contract_id desc, d.target desc
      limit ${value(query.limit + 1)}`,
    values,
  });
  const deliveries = found.rows.slice(0, query.limit);
  const last = deliveries.at(-1);
  if (found.rows.length <= query.limit || !last) return { deliveries };
  const { leadId, contractId, target } = last;
  return { deliveries, next: { leadId, contractId, target } };
}

/** The filter in SQL, for deliveries as `d`; `value` makes a parameter. */
export function conditionsOf(filter: DeliveryFilter, value: (given: unknown) => string): string[] {
  const { states, contractId, target, from, to } = filter;
  const start = (moment: Moment, plusDays = 0) => {
    if (moment.kind === 'instant') return `${value(moment.at)}::timestamptz`;
    const { day, timeZone } = moment;
    return `(${value(day)}::date + ${plusDays})::timestamp at time zone ${value(timeZone)}`;
  };
  const conditions: string[] = [];
  if (states) {
    conditions.push(`d.state = any(${value(states)})`);
    // Said apart for the index of what is open: the planner does not read it out of a parameter.
    if (!states.includes('delivered')) conditions.push(`d.state <> 'delivered'`);
  }
  if (contractId !== undefined) conditions.push(`d.contract_id = ${value(contractId)}`);
  if (target !== undefined) conditions.push(`d.target = ${value(target)}`);
  if (from) conditions.push(`d.begun_at >= ${start(from)}`);
  if (to) conditions.push(`d.begun_at < ${start(to, 1)}`);
  return conditions;
}
