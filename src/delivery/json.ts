// Sluice's own JSON protocol for buyers; docs/reference/buyer-protocol.md shows it.
//
// Only the buyer's words count: a status code, an id or a price alone never makes a sale, and a
// word is compared whole ("Unmatched" does not hold "matched").

import { z } from 'zod';
import { holdIdOf } from '../domain/ids.ts';
import type { Leg } from '../domain/lead.ts';
import { type Cents, cents, highest, parseDollars } from '../domain/money.ts';
import type { JsonStep } from '../domain/world/contract.ts';
import type {
  Bid,
  IncomingReply,
  OutgoingRequest,
  Parcel,
  PostReply,
  PostTerms,
  StatusQuestion,
  StatusReply,
} from './adapter.ts';
import { plainText, withoutMark } from './answers/plain.ts';

// Words beside the status may be of any form: what cannot be read counts as not said, since it must
// not spoil an answer that is clear.
const text = z
  .union([z.string(), z.number()])
  .transform((value) => plainText(value, 100))
  .optional()
  .catch(undefined);
const money = {
  bid_cents: z.unknown().optional(),
  bid: z.unknown().optional(),
  price_cents: z.unknown().optional(),
  price: z.unknown().optional(),
};

const pingReply = z.object({
  status: z.string(),
  bid_id: text,
  reason: text,
  bids: z.array(z.unknown()).optional().catch(undefined),
  ...money,
});
// One price of several. `shared` decides about money, so a word in its place spoils the price.
const leg = z.object({ bid_id: text, shared: z.boolean().optional(), ...money });
const MOST_LEGS = 10;
const postReply = z.object({
  status: z.string(),
  reference: text,
  id: text,
  reason: text,
  ...money,
});

/** What a push tells of the sale. */
interface Agreed {
  readonly priceCents: Cents;
  readonly reference: string | null;
}

/** Reads and writes the JSON protocol. */
export const jsonAdapter = {
  buildPing(parcel: Parcel, step: JsonStep): OutgoingRequest {
    const { leadId, campaign, contractId: contract, round, fields } = parcel;
    return request(step, { ping_id: `${leadId}/${round}`, contract, campaign, fields });
  },

  parsePing(reply: IncomingReply): Bid {
    if (reply.status >= 400) {
      return { kind: 'no_bid', reason: 'http_status', detail: `HTTP ${reply.status}` };
    }
    const said = pingReply.safeParse(parseJson(reply));
    if (!said.success) return unreadable('no object with a "status"');
    const { status, bid_id: bidId, reason } = said.data;
    if (same(status, 'no_bid')) return { kind: 'no_bid', reason: 'no_bid', detail: reason ?? '' };
    if (!same(status, 'bid')) return unreadable('"status" is neither "bid" nor "no_bid"');
    if (said.data.bids) return readLegs(said.data.bids);
    const priceCents = readMoney(said.data.bid_cents, said.data.bid);
    if (priceCents === undefined) return unreadable('"bid_cents" is not a whole number of cents');
    // Nothing is what a buyer bids that does not want the lead.
    if (priceCents === 0) return { kind: 'no_bid', reason: 'no_bid', detail: 'a bid of $0.00' };
    return { kind: 'bid', priceCents, ...(bidId !== undefined && { bidId }) };
  },

  buildPost(parcel: Parcel, step: JsonStep, terms: PostTerms): OutgoingRequest {
    const { priceCents, bidId } = terms;
    const { leadId, campaign, contractId: contract, member, fields } = parcel;
    const body = {
      lead_id: leadId,
      contract,
      member,
      campaign,
      price_cents: priceCents,
      bid_id: bidId,
      fields,
    };
    const built = request(step, body);
    const headers = { ...built.headers, 'idempotency-key': holdIdOf(parcel) };
    return { ...built, headers };
  },

  parsePost(reply: IncomingReply): PostReply {
    const said = readAnswer(reply);
    // A buyer that was just sent the lead and does not know it has said nothing.
    return said.kind === 'unknown' ? unclear(reply) : said;
  },

  buildStatus(question: StatusQuestion, step: JsonStep): OutgoingRequest {
    const { leadId, contractId: contract, key, reference, method } = question;
    const asked = { lead_id: leadId, contract, idempotency_key: key, reference };
    if (method === 'POST') return request(step, asked);
    const url = new URL(step.url);
    for (const [name, value] of Object.entries(asked)) {
      if (value !== null) url.searchParams.set(name, value);
    }
    return { method, url: url.href, headers: { accept: 'application/json' }, body: null };
  },

  parseStatus: readAnswer,

  buildDelivery(parcel: Parcel, step: JsonStep, sale: Agreed): OutgoingRequest {
    const { priceCents, reference } = sale;
    const { leadId, campaign, contractId: contract, member, fields } = parcel;
    const built = request(step, {
      event: 'lead.sold',
      lead_id: leadId,
      contract,
      member,
      campaign,
      price_cents: priceCents,
      reference,
      fields,
    });
    return { ...built, headers: { ...built.headers, 'idempotency-key': `${leadId}/${contract}` } };
  },
};

/**
 * What a buyer says of one lead. A 5xx may come from a proxy after the buyer took the lead, a 4xx
 * from one that never asked it: those say nothing but no.
 */
function readAnswer(reply: IncomingReply): StatusReply {
  if (reply.status >= 500) return { kind: 'unclear', detail: `HTTP ${reply.status}` };
  const said = postReply.safeParse(parseJson(reply));
  if (!said.success) return { kind: 'unclear', detail: `unreadable, HTTP ${reply.status}` };
  const { status, reason = '' } = said.data;
  const reference = said.data.reference ?? said.data.id ?? null;
  if (same(status, 'rejected')) {
    return { kind: 'rejected', reason: 'buyer_rejected', detail: reason };
  }
  if (same(status, 'duplicate')) {
    return { kind: 'rejected', reason: 'buyer_duplicate', detail: reason };
  }
  if (same(status, 'unknown')) return { kind: 'unknown', detail: reason };
  if (reply.status >= 400) return unclear(reply);
  if (same(status, 'pending')) return { kind: 'pending', reference, detail: reason };
  if (!same(status, 'accepted')) return unclear(reply);
  const priceCents = readMoney(said.data.price_cents, said.data.price);
  return { kind: 'accepted', reference, ...(priceCents !== undefined && { priceCents }) };
}

function unclear({ status }: IncomingReply): PostReply & { kind: 'unclear' } {
  return { kind: 'unclear', detail: `unknown answer, HTTP ${status}` };
}

/**
 * Several prices for one lead. One that cannot be read, or is nothing, does not spoil the others;
 * of two that are the same the first stays.
 */
function readLegs(bids: readonly unknown[]): Bid {
  const legs = new Map<string, Leg>();
  let isReadable = bids.length === 0;
  for (const each of bids.slice(0, MOST_LEGS)) {
    const said = leg.safeParse(each);
    if (!said.success) continue;
    const { shared, bid_id: bidId, bid_cents, price_cents, bid, price } = said.data;
    const priceCents = readMoney(bid_cents ?? price_cents, bid ?? price);
    if (priceCents === undefined) continue;
    isReadable = true;
    if (priceCents === 0) continue;
    const read: Leg = {
      priceCents,
      ...(shared !== undefined && { shared }),
      ...(bidId !== undefined && { bidId }),
    };
    const key = JSON.stringify([priceCents, shared, bidId]);
    if (!legs.has(key)) legs.set(key, read);
  }
  if (!isReadable) return unreadable('"bids" holds no price that can be read');
  const read = [...legs.values()];
  if (read.length === 0) return { kind: 'no_bid', reason: 'no_bid', detail: 'no bid above $0.00' };
  return { kind: 'bid', priceCents: highest(...read.map((each) => each.priceCents)), legs: read };
}

function request(step: JsonStep, body: Parcel | object): OutgoingRequest {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return { method: 'POST', url: step.url, headers, body: JSON.stringify(body) };
}

function same(said: string, word: string): boolean {
  return said.trim().toLowerCase() === word;
}

function parseJson({ body }: IncomingReply): unknown {
  try {
    return JSON.parse(withoutMark(body));
  } catch {
    // Not JSON is an answer like any other that cannot be read; the caller says so.
    return undefined;
  }
}

/**
 * Whole cents, or dollars as text or number with at most two decimals; anything else is no price.
 */
function readMoney(inCents: unknown, inDollars: unknown): Cents | undefined {
  if (inCents !== undefined && inCents !== null) {
    const amount = typeof inCents === 'string' && /^\d{1,12}$/.test(inCents) ? +inCents : inCents;
    const whole = typeof amount === 'number' && Number.isSafeInteger(amount) && amount >= 0;
    return whole ? cents(amount) : undefined;
  }
  if (typeof inDollars === 'string') return parseDollars(inDollars);
  return typeof inDollars === 'number' ? parseDollars(String(inDollars)) : undefined;
}

function unreadable(detail: string): Bid {
  return { kind: 'no_bid', reason: 'bid_unreadable', detail };
}
