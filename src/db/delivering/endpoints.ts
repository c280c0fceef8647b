// The health of endpoints: what src/domain/delivering/endpoint.ts describes, decided by one
// statement each, so that processes that push to one receiver at once agree.

import type {
  BreakerPolicy,
  EndpointKey,
  EndpointState,
} from '../../domain/delivering/endpoint.ts';
import type { ContractId, LeadId } from '../../domain/ids.ts';
import { msOf, type Tx } from '../pool.ts';

/** An endpoint that may not be pushed to as usual. */
export interface Unwell extends EndpointKey {
  readonly state: 'open' | 'disabled';
  readonly probeAtMs: number | null;
  readonly lastError: string | null;
}

/** Those that are open or disabled: few, as a rule none. */
export async function listUnwell(db: Tx): Promise<readonly Unwell[]> {
  const found = await db.query<Unwell>({
    name: 'endpoints.list_unwell',
    text: `select contract_id as "contractId", target, state, ${msOf('probe_at')} as "probeAtMs",
             last_error as "lastError"
           from endpoints where state in ('open', 'disabled')`,
  });
  return found.rows;
}

/** Takes the right to probe an open endpoint, once per interval; false if it is not due. */
export async function claimProbe(
  db: Tx,
  { contractId, target }: EndpointKey,
  { probeEveryMs }: Pick<BreakerPolicy, 'probeEveryMs'>,
): Promise<boolean> {
  const claimed = await db.query({
    name: 'endpoints.claim_probe',
    text: `update endpoints set probe_at = now() + $3 * interval '1 millisecond'
           where contract_id = $1 and target = $2 and state = 'open' and probe_at <= now()`,
    values: [contractId, target, probeEveryMs],
  });
  return claimed.rowCount === 1;
}

export interface Failure {
  /** The lead whose push failed. */
  readonly leadId: LeadId;
  /** Without personal data and secrets. */
  readonly detail: string;
  /** The receiver refuses everything, not this lead. */
  readonly stops: boolean;
}

export interface Counted {
  readonly state: EndpointState;
  /** This failure brought it into the state. */
  readonly isNew: boolean;
}

/**
 * Counts a failure. One that disables the endpoint leaves an event for whoever listens, in the same
 * statement.
 */
export async function recordFailure(
  db: Tx,
  { contractId, target }: EndpointKey,
  { failure, breaker }: { readonly failure: Failure; readonly breaker: BreakerPolicy },
): Promise<Counted> {
  const { leadId, detail, stops } = failure;
  const counted = await db.query<Counted>({
    name: 'endpoints.record_failure',
    text: RECORD_FAILURE,
    values: [
      ...[contractId, target, leadId, detail, stops],
      ...[breaker.after, breaker.probeEveryMs, breaker.disableAfterMs],
    ],
  });
  const [row] = counted.rows;
  if (!row) throw new Error(`the failure of ${contractId}/${target} was not counted`);
  return row;
}

// The next state after a failure, from the row as it is after any wait.
const NEXT = `case
  when e.state = 'disabled' or $5 then 'disabled'
  when e.failures + 1 < $6 then 'failing'
  when coalesce(e.failing_since, now()) < now() - $8 * interval '1 millisecond' then 'disabled'
  else 'open' end`;

const RECORD_FAILURE = `
  with counted as (
    insert into endpoints as e (contract_id, target, state, failures, failing_since, last_error,
      last_error_at, probe_at)
    values ($1, $2, case when $5 then 'disabled' when 1 >= $6 then 'open' else 'failing' end, 1,
      now(), $4, now(), now() + $7 * interval '1 millisecond')
    on conflict (contract_id, target) do update set
      state = ${NEXT},
      since = case when ${NEXT} = e.state then e.since else now() end,
      failures = e.failures + 1,
      failing_since = coalesce(e.failing_since, now()),
      last_error = $4, last_error_at = now(),
      -- A probe that failed was given its next time when it was claimed.
      probe_at = case when e.state = 'open' then e.probe_at
        else now() + $7 * interval '1 millisecond' end
    returning state, since = now() as is_new, failures, failing_since
  ), told as (
    insert into outbox (kind, lead_id, name, payload)
    select 'event', $3, 'endpoint.disabled', jsonb_build_object('endpoint', $1 || '/' || $2,
      'contract', $1::text, 'target', $2::text, 'why', $4::text, 'failures', failures,
      'failing_since', failing_since, 'buyer', (select buyer_id from sales
        where lead_id = $3 and contract_id = $1))
    from counted where state = 'disabled' and is_new
  )
  select state, is_new as "isNew" from counted`;

/** An operator's switch. Enabling forgets the failures; both may be repeated. */
export async function switchEndpoint(
  db: Tx,
  { contractId, target }: EndpointKey,
  to: { readonly state: 'healthy' | 'disabled'; readonly by: string },
): Promise<void> {
  await db.query({
    name: 'endpoints.switch',
    text: `insert into endpoints as e (contract_id, target, state, switched_by)
           values ($1, $2, $3, $4)
           on conflict (contract_id, target) do update set
             since = case when e.state = $3 then e.since else now() end,
             state = $3, switched_by = $4, failures = 0, failing_since = null, probe_at = null`,
    values: [contractId, target, to.state, to.by],
  });
}

export interface Endpoint extends EndpointKey {
  readonly state: EndpointState;
  readonly sinceMs: number | null;
  readonly failures: number;
  readonly failingSinceMs: number | null;
  readonly lastError: string | null;
  readonly lastErrorAtMs: number | null;
  readonly probeAtMs: number | null;
  readonly switchedBy: string | null;
}

/** What is written about endpoints; all that have a row, or one. */
export async function listEndpoints(db: Tx, one?: EndpointKey): Promise<readonly Endpoint[]> {
  const found = await db.query<Endpoint>({
    name: 'endpoints.list',
    text: `select contract_id as "contractId", target, state, ${msOf('since')} as "sinceMs",
             failures, ${msOf('failing_since')} as "failingSinceMs", last_error as "lastError",
             ${msOf('last_error_at')} as "lastErrorAtMs", ${msOf('probe_at')} as "probeAtMs",
             switched_by as "switchedBy"
           from endpoints where $1::text is null or (contract_id = $1 and target = $2)
           order by contract_id, target`,
    values: [one?.contractId ?? null, one?.target ?? null],
  });
  return found.rows;
}

export interface OpenCount extends EndpointKey {
  readonly state: 'trying' | 'failed' | 'unclear';
  readonly count: number;
}

/** How many pushes are not delivered, by endpoint and state. */
export async function countOpen(db: Tx): Promise<readonly OpenCount[]> {
  const found = await db.query<OpenCount & { contractId: ContractId }>({
    name: 'endpoints.count_open',
    text: `select contract_id as "contractId", target, state, count(*) from deliveries
           where state <> 'delivered' group by contract_id, target, state`,
  });
  return found.rows;
}

/** How many endpoints are in each state; those without a row are healthy and not among them. */
export async function countStates(
  db: Tx,
): Promise<readonly { readonly state: EndpointState; readonly count: number }[]> {
  const found = await db.query<{ state: EndpointState; count: number }>({
    name: 'endpoints.count_states',
    text: `select state, count(*) from endpoints group by state`,
  });
  return found.rows;
}
