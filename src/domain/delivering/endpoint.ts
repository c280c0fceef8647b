// The health of an endpoint, which is one target of one contract:
//
//   healthy -> failing            a push failed
//   failing -> open               so many in a row: nothing goes out but one probe per interval
//   failing, open -> healthy      a push arrived, or was answered with a reason about its lead
//   healthy, failing, open -> disabled   the receiver said stop, it failed for days, or an operator
//   disabled -> healthy           an operator only
//
// Kept in PostgreSQL, by src/db/delivering/endpoints.ts, so that all processes agree.

import type { ContractId } from '../ids.ts';

export const ENDPOINT_STATES = ['healthy', 'failing', 'open', 'disabled'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

export interface EndpointKey {
  readonly contractId: ContractId;
  readonly target: string;
}

/** When pushes to an endpoint are held back. */
export interface BreakerPolicy {
  /** Failures in a row after which only probes go out. */
  readonly after: number;
  readonly probeEveryMs: number;
  /** Failing for so long disables it. */
  readonly disableAfterMs: number;
}

/** How much this process pushes to a host; null = no limit. */
export interface HostLimits {
  readonly atOnce: number | null;
  readonly perSecond: number | null;
}

/** Pushes that wait for a probe look again after at most so many intervals. */
const MOST_INTERVALS = 5;

/**
 * How long a push waits that an open breaker holds back: until the probe is due, and from then on
 * spread, the wider the more often it was held, so that a receiver that is back is not run over.
 */
export function heldMs(
  { probeEveryMs }: BreakerPolicy,
  of: { readonly toProbeMs: number; readonly looks: number; readonly random: number },
): number {
  const spreadMs = probeEveryMs * Math.min(Math.max(of.looks, 1), MOST_INTERVALS);
  return Math.round(Math.max(of.toProbeMs, 0) + spreadMs * of.random);
}

/** `contract/target`, as people and keys have it. */
export function endpointName({ contractId, target }: EndpointKey): string {
  return `${contractId}/${target}`;
}
