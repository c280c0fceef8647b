// Buyers in their own words: requests built by the settings of the contract, answers read by its
// rules.

import type { AnswerVerdict, ReadAnswer } from '../domain/delivery/answer.ts';
import type { HttpStep } from '../domain/world/contract.ts';
import type { Adapter, Bid, IncomingReply, PostReply } from './adapter.ts';
import { readAnswer } from './answers/read.ts';
import { secretRefsOf } from './requests/authorise.ts';
import { buildRequest } from './requests/build.ts';
import type { Terms } from './requests/values.ts';

/** Reads and writes by the settings of a step. */
export const httpAdapter: Adapter<HttpStep> = {
  secretRefs: ({ request }) => secretRefsOf(request),

  buildPing(parcel, { url, request }, { secrets, nowMs, timeZone }) {
    const moment = { nowMs, timeZone };
    return buildRequest(url, request, { parcel, terms: {}, secrets, moment });
  },

  parsePing(reply, { answer }): Bid {
    const read = readAnswer(reply, answer, 'ping');
    const detail = detailOf(read, reply);
    if (read.verdict !== 'accepted') return noBid(read.verdict, reply, detail);
    const { priceCents, bidId, captures, legs } = read;
    if (priceCents === undefined) return { kind: 'no_bid', reason: 'bid_unreadable', detail };
    return {
      kind: 'bid',
      priceCents,
      ...(bidId !== undefined && { bidId }),
      ...(captures && { captures }),
      ...(legs && { legs: legs.map(({ seller: _, ...leg }) => leg) }),
    };
  },

  buildPost(parcel, { url, request }, { secrets, nowMs, timeZone, ...agreed }) {
    const terms: Terms = agreed;
    return buildRequest(url, request, { parcel, terms, secrets, moment: { nowMs, timeZone } });
  },

  parsePost: (reply, { answer }) => readPost(reply, answer),
};

/** What a buyer's answer to a lead says by the rules. */
export function readPost(reply: IncomingReply, rules: HttpStep['answer']): PostReply {
  const read = readAnswer(reply, rules, 'post');
  const detail = detailOf(read, reply);
  switch (read.verdict) {
    case 'accepted': {
      const { reference = null, priceCents, redirectUrl } = read;
      return {
        ...{ kind: 'accepted', reference },
        ...(priceCents !== undefined && { priceCents }),
        ...(redirectUrl !== undefined && { redirectUrl }),
      };
    }
    case 'rejected':
    case 'invalid':
    case 'no_bid':
      return { kind: 'rejected', reason: 'buyer_rejected', detail };
    case 'duplicate':
      return { kind: 'rejected', reason: 'buyer_duplicate', detail };
    case 'error':
      if (read.definite) return { kind: 'rejected', reason: 'buyer_error', detail };
      return { kind: 'unclear', detail };
    case 'pending':
      return { kind: 'pending', reference: read.reference ?? null, detail };
    case 'unknown':
      return { kind: 'unclear', detail };
  }
}

function noBid(verdict: AnswerVerdict, { status }: IncomingReply, detail: string): Bid {
  if (verdict === 'error' || verdict === 'unknown') {
    return { kind: 'no_bid', reason: status >= 400 ? 'http_status' : 'bid_unreadable', detail };
  }
  return { kind: 'no_bid', reason: 'no_bid', detail };
}

/** The buyer's reason, or else what decided. */
function detailOf({ reason, by, priceFault }: ReadAnswer, { status }: IncomingReply): string {
  if (reason !== undefined) return reason;
  if (priceFault !== undefined) return `the price is ${priceFault.replaceAll('_', ' ')}`;
  return by.startsWith('HTTP') ? by : `${by}, HTTP ${status}`;
}
