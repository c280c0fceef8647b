// What the answer of an outside service comes to: a finding, or why there is none and whether to go
// on asking. What every service has in common is judged here, the rest by its adapter.

import type { Finding } from '../../domain/lookups/finding.ts';
import type { UnansweredReason } from '../../domain/reasons.ts';
import type { Reply } from '../../delivery/adapter.ts';
import type { LookupReply } from '../../lookups/adapter.ts';
import { pauseOf } from '../scoring/breaker.ts';

export type Judged =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | {
      readonly kind: 'none';
      readonly why: UnansweredReason;
      /** Only a person can mend it. */
      readonly forGood?: true;
      /** The service asked to be left alone for so long. */
      readonly pauseMs?: number;
    };

/** Judges what a call came to; `read` is the adapter's. */
export function judgeReply(came: Reply, read: (reply: LookupReply) => Finding | undefined): Judged {
  const kind = 'none';
  if (came.kind !== 'answer') {
    return { kind, why: came.reason === 'late' ? 'timed_out' : 'unreachable' };
  }
  const { reply } = came;
  const pause = () => pauseOf(reply.headers?.['retry-after']);
  switch (reply.status) {
    case 401:
    case 403:
      return { kind, why: 'not_authorised', forGood: true };
    case 402:
      return { kind, why: 'no_credit', forGood: true };
    case 429:
      return { kind, why: 'rate_limited', ...pause() };
    default:
  }
  if (reply.status >= 500) return { kind, why: 'service_error', ...pause() };
  const finding = read(reply);
  return finding ? { kind: 'finding', finding } : { kind, why: 'malformed' };
}
