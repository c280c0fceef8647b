// Whose turn it is, for round robin and weighted stages: Tijdeman's rule for the chairman
// assignment problem ("The chairman assignment problem", Discrete Mathematics 32, 1980), over
// credits that are kept between draws. With fixed weights and members no contract is ever a whole
// lead away from its share; the usual smooth weighted round robin is (1.39 leads, measured).

import type { ContractId } from '../ids.ts';
import type { Cents } from '../money.ts';

/**
 * One lead, in units of credit. Credits are integers, so a draw repeated from stored credits is the
 * same draw on every machine.
 */
export const RATIO_ONE = 2 ** 40;

/**
 * The most a contract may be owed, or be ahead. Fixed members never come near it; members that come
 * and go at random, by pauses or by filters stay within 1.4 leads (measured, 20 contracts). What an
 * unlucky pattern would put on top is forgiven, so nobody returns with a burst of turns.
 */
export const CREDIT_LIMIT = 1.5 * RATIO_ONE;

/** The limit for an operator's own number of leads, 1 or more. */
export function creditLimitOf(leads: number): number {
  return Math.round(leads * RATIO_ONE);
}

export type Credits = Readonly<Record<ContractId, number>>;

/** A contract that is eligible for this lead. Round robin gives every member the weight 1. */
export interface Member {
  readonly contractId: ContractId;
  /** A whole number. */
  readonly weight: number;
  /**
   * What one lead costs it, where weights are shares of money: at twice the price a contract is
   * drawn half as often. All members of a draw have one, or none has.
   */
  readonly priceCents?: Cents;
}

export interface Turn {
  /** Whom to offer to: the one drawn, then the others as they would be drawn next. */
  readonly order: readonly ContractId[];
  /** What to keep for the next draw. */
  readonly credits: Credits;
}

interface Runner {
  readonly contractId: ContractId;
  /** This draw's part of a lead. */
  readonly share: number;
  /** With the share of this draw. */
  credit: number;
}

/**
 * Draws one turn. Each member earns its share of the lead (its weight by the weights of all
 * members) and the one drawn pays one lead. Who is not a member earns and pays nothing, so no turns
 * are owed after a pause. The credits of a stage always add up to 0: a draw deals out exactly one
 * lead and takes exactly one, and what the limit cuts off one member is dealt to the others.
 *
 * Members of weight 0 are never drawn and stand in no order. Without members nothing changes. After
 * an operator lowered the limit, what is past it is dealt out as far as the others have room.
 */
export function drawTurn(credits: Credits, members: readonly Member[], limit = CREDIT_LIMIT): Turn {
  const order = inOrderOfDraw(earnShares(credits, members));
  const [drawn] = order;
  if (!drawn) return { order: [], credits };
  drawn.credit -= RATIO_ONE;
  keepWithinLimit(order, limit);
  const next = Object.fromEntries(order.map(({ contractId, credit }) => [contractId, credit]));
  return {
    order: order.map(({ contractId }) => contractId),
    credits: { ...credits, ...next },
  };
}

/** Deals out exactly `RATIO_ONE`: what rounding leaves over goes, unit by unit, in order of id. */
function earnShares(credits: Credits, members: readonly Member[]): Runner[] {
  const drawable = members.filter((member) => member.weight > 0).toSorted(byId);
  const rates = drawable.map(rateOf);
  const total = rates.reduce((sum, rate) => sum + rate, 0n);
  const shares = rates.map((rate) => Number((rate * BigInt(RATIO_ONE)) / total));
  const left = RATIO_ONE - shares.reduce((sum, share) => sum + share, 0);
  return drawable.map(({ contractId }, index) => {
    const share = (shares[index] ?? 0) + (index < left ? 1 : 0);
    const before = Object.hasOwn(credits, contractId) ? (credits[contractId] ?? 0) : 0;
    return { contractId, share, credit: before + share };
  });
}

/** Fine enough that the rounding of a price's reciprocal is lost in that of a share. */
const MONEY_ONE = 2n ** 60n;

/** How many leads a member is due, in proportion: its weight, or its money by its price. */
function rateOf({ weight, priceCents }: Member): bigint {
  if (priceCents === undefined) return BigInt(weight);
  return (BigInt(weight) * MONEY_ONE) / BigInt(Math.max(1, priceCents));
}

/**
 * Tijdeman's order. With `margin` = 1/(2n-2): first who is due, that is, would be owed more than
 * 1 - margin after this draw (with fixed members one at most, so this only matters when they
 * change: the most owed goes first); then who has earned the margin, by the number of draws that it
 * can still wait; then the rest, most owed first. With fixed members the second group is never
 * empty, since the credits add up to one lead.
 */
function inOrderOfDraw(runners: readonly Runner[]): Runner[] {
  const margin = Math.floor(RATIO_ONE / Math.max(1, 2 * runners.length - 2));
  const ranks = runners.map((runner) => {
    const { credit, share } = runner;
    const wait = (RATIO_ONE - margin - credit) / Math.max(1, share);
    if (wait < 0) return { runner, group: 0, value: -credit };
    return credit >= margin
      ? { runner, group: 1, value: wait }
      : { runner, group: 2, value: -credit };
  });
  ranks.sort((a, b) => a.group - b.group || a.value - b.value || byId(a.runner, b.runner));
  return ranks.map(({ runner }) => runner);
}

function keepWithinLimit(runners: readonly Runner[], limit: number): void {
  const within = (credit: number) => Math.min(limit, Math.max(-limit, credit));
  let cut = 0;
  for (const runner of runners) {
    const kept = within(runner.credit);
    cut += runner.credit - kept;
    runner.credit = kept;
  }
  if (cut === 0) return;
  // A surplus goes to those who are owed least, a debt to those who are owed most: the ones for
  // whom it changes least. There is room for all of it, since none was past the limit before this
  // draw.
  const takers = runners.toSorted((a, b) => Math.sign(cut) * (a.credit - b.credit) || byId(a, b));
  for (const runner of takers) {
    const taken = within(runner.credit + cut) - runner.credit;
    runner.credit += taken;
    cut -= taken;
  }
}

function byId(a: { contractId: ContractId }, b: { contractId: ContractId }): number {
  if (a.contractId === b.contractId) return 0;
  return a.contractId < b.contractId ? -1 : 1;
}
