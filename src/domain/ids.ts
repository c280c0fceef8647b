// Names of things. A lead's id is ours and nominal; ids of the world (campaign, source, buyer,
// contract) are the keys under which the world document holds them.

declare const kind: unique symbol;

/** `lead_` and a time-ordered ULID, so that new rows land at the end of their index. */
export type LeadId = string & { readonly [kind]: 'lead' };
export type CampaignId = string;
export type SourceId = string;
export type BuyerId = string;
export type ContractId = string;

/** One offer of one lead to one contract in one pass over the routing: `lead/contract/round`. */
export type HoldId = string;

const LEAD_ID = /^lead_[0-9A-HJKMNP-TV-Z]{26}$/;

/** True for the shape of a lead id; says nothing about whether the lead exists. */
export function isLeadId(text: string): text is LeadId {
  return LEAD_ID.test(text);
}

/** The lead id that carries this ULID. Throws on anything else: only intake makes ids. */
export function toLeadId(ulid: string): LeadId {
  const id = `lead_${ulid}`;
  if (!isLeadId(id)) throw new Error(`not a ULID: ${ulid}`);
  return id;
}

/** Where one offer stands in a lead; the key of an attempt. */
export interface OfferKey {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly round: number;
}

/** The name under which an offer holds cap room; also the idempotency key sent to the buyer. */
export function holdIdOf({ leadId, contractId, round }: OfferKey): HoldId {
  return `${leadId}/${contractId}/${round}`;
}

/** Where one push of a sold lead goes. */
export interface DeliveryKey {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly target: string;
}

/** The name of a push, and the same on each try. */
export function pushIdOf({ leadId, contractId, target }: DeliveryKey): string {
  return `${leadId}/${contractId}/${target}`;
}

/**
 * The team of a buyer or a contract that stands for one member (`sales.ann` → `sales`); any other
 * id is its own. Ids of the world document have no dots.
 */
export function teamOf(id: string): string {
  const dot = id.indexOf('.');
  return dot < 0 ? id : id.slice(0, dot);
}

/** The member that a buyer or a contract stands for; undefined where it stands for no one. */
export function memberOf(id: string): string | undefined {
  const dot = id.indexOf('.');
  return dot < 0 ? undefined : id.slice(dot + 1);
}
