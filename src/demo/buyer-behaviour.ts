// What a stand-in buyer decides, as pure functions. Chance is a hash of buyer and lead, so the same
// lead meets the same buyer's mood in every run. One rule for all faults: a buyer that misbehaves
// has decided nothing, except `accept_then_…`, which took the lead and never says so.

import type {
  CrmBehaviour,
  Fault,
  PingBehaviour,
  PostBehaviour,
  StatusBehaviour,
} from './buyer-config.ts';
import type { JournalLine } from './buyer-journal.ts';

/** What is enough to know whether a request meets a fault. */
export interface Arrival {
  readonly buyer: string;
  readonly kind: JournalLine['kind'];
  readonly leadId: string;
  /** Its place among all requests to this address, from 1. */
  readonly nth: number;
}

/** One request as the decisions see it. */
export interface Asked extends Arrival {
  /** Names the offer, `lead/contract/round`; the ping id for pings. */
  readonly key: string;
  /** Its place among those of its lead, where that matters; else 1. */
  readonly nthOfLead: number;
  /** The price that a post offers. */
  readonly priceCents: number;
}

/** What the buyer decided, and the body that says so or the fault that keeps it from saying so. */
export interface Verdict {
  readonly decision: JournalLine['decision'];
  readonly amountCents: number | null;
  readonly fault: Fault | null;
  readonly status: number;
  readonly body: string;
}

type Behaviour = PingBehaviour | PostBehaviour | StatusBehaviour | CrmBehaviour;

/** A bid from the configured amount, or none: when no amount is set, or by `noBidShare`. */
export function decidePing(behaviour: PingBehaviour, asked: Asked): Verdict {
  const fault = faultOf(behaviour, asked);
  if (fault) return misbehaved(fault);
  const { bids, bidCents, noBidShare = 0, reason = 'outside_criteria' } = behaviour;
  if (bids?.length) {
    const most = Math.max(...bids.map(({ bid_cents: cents }) => cents));
    return said('bid', most, { status: 'bid', bids });
  }
  if (bidCents === undefined || draw('no_bid', asked) < noBidShare) {
    return said('no_bid', null, { status: 'no_bid', reason });
  }
  const cents = within(bidCents, draw('bid', asked));
  const bidId = `bid_${asked.buyer}_${hash(asked.key).toString(16)}`;
  return said('bid', cents, { status: 'bid', bid_cents: cents, bid_id: bidId });
}

/** Accepted at the offered price, or at the buyer's own; rejected by answer, count or chance. */
export function decidePost(behaviour: PostBehaviour, asked: Asked): Verdict {
  const { answer, rejectEvery, rejectShare = 0, acceptPriceCents } = behaviour;
  const cents = acceptPriceCents ?? asked.priceCents;
  const fault = faultOf(behaviour, asked);
  if (fault === 'accept_then_hang' || fault === 'accept_then_reset') {
    return { ...misbehaved(fault), decision: 'accepted', amountCents: cents };
  }
  if (fault) return misbehaved(fault);

  const rejects =
    answer === 'reject' ||
    (rejectEvery !== undefined && asked.nth % rejectEvery === 0) ||
    draw('reject', asked) < rejectShare;
  if (rejects) {
    return said('rejected', null, {
      status: 'rejected',
      reason: behaviour.reason ?? 'failed_review',
    });
  }
  const reference = referenceOf(asked);
  if (answer === 'pending') return said('pending', null, { status: 'pending', reference });
  const price = acceptPriceCents === undefined ? {} : { price_cents: acceptPriceCents };
  return said('accepted', cents, { status: 'accepted', reference, ...price });
}

/** The buyer's own id of a lead. */
function referenceOf({ buyer, key }: Pick<Asked, 'buyer' | 'key'>): string {
  return `${buyer}_${hash(key).toString(16)}`;
}

/** What became of an offer: as told, else as the buyer's journal says that it decided. */
export function decideStatus(
  behaviour: StatusBehaviour,
  asked: Asked,
  decided: JournalLine['decision'] | undefined,
): Verdict {
  const fault = faultOf(behaviour, asked);
  if (fault) return misbehaved(fault);
  const { answer, pendingFirst = 0 } = behaviour;
  // What it was sent and did nothing with, it does not know.
  const known = decided === undefined || decided === 'none' ? 'unknown' : decided;
  const status = asked.nth <= pendingFirst ? 'pending' : (answer ?? known);
  const decision = status === 'accepted' || status === 'rejected' ? status : 'none';
  const reference = status === 'unknown' ? {} : { reference: referenceOf(asked) };
  return said(decision, null, { status, ...reference });
}

/** Taken, or 500 for the first deliveries of each lead. */
export function decideCrm(behaviour: CrmBehaviour, asked: Asked): Verdict {
  const fault = faultOf(behaviour, asked);
  if (fault) return misbehaved(fault);
  if (asked.nthOfLead <= (behaviour.failFirst ?? 0)) {
    const body = JSON.stringify({ error: 'try again later' });
    return { ...misbehaved('status'), status: 500, body };
  }
  return said('accepted', null, { status: 'ok' });
}

/** The fault that this request meets, if any. */
export function faultOf(behaviour: Behaviour, asked: Arrival): Fault | undefined {
  if (asked.nth <= (behaviour.hangFirst ?? 0)) return 'hang';
  const meets = behaviour.fault && draw('fault', asked) < (behaviour.faultShare ?? 1);
  return meets ? behaviour.fault : undefined;
}

/** How long this buyer thinks about this lead. */
export function delayOf({ delayMs }: Behaviour, asked: Asked): number {
  return delayMs === undefined ? 0 : within(delayMs, draw('delay', asked));
}

function said(decision: Verdict['decision'], amountCents: number | null, body: object): Verdict {
  return { decision, amountCents, fault: null, status: 200, body: JSON.stringify(body) };
}

function misbehaved(fault: Fault): Verdict {
  return { decision: 'none', amountCents: null, fault, status: 200, body: '' };
}

function within(amount: number | [number, number], chance: number): number {
  if (typeof amount === 'number') return amount;
  const [least, most] = amount;
  return least + Math.floor(chance * (most - least + 1));
}

/**
 * From 0 to just under 1. `what` and the kind keep one draw from deciding another: were they the
 * same, no lead whose ping passed could ever meet a fault at the post.
 */
function draw(what: string, { buyer, kind, leadId }: Arrival): number {
  return hash(`${what}/${kind}/${buyer}/${leadId}`) / 2 ** 32;
}

/** FNV-1a, then murmur3's last step: without it, ids that differ in their last letter cluster. */
function hash(text: string): number {
  let mixed = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
