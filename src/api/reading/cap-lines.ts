// The table of caps: what each window has used, by its buyer's entity and by PostgreSQL, as lines
// and as text. Pure.

import type { PaidIn } from '../../db/deposits.ts';
import type { CapCount } from '../../db/reading/cap-counts.ts';
import type { CapsState } from '../../domain/caps/caps.ts';
import { balanceKeyOf, describeKey, isMoneyKey, shapeOfKey } from '../../domain/caps/keys.ts';
import { type CapUse, listUses } from '../../domain/caps/uses.ts';
import type { BuyerId } from '../../domain/ids.ts';
import { dollars } from '../../domain/money.ts';
import type { World } from '../../domain/world/world.ts';
import { listPresentCaps, type PresentCap } from '../../eligibility/present-caps.ts';
import type { CapLine } from '../wire/caps.ts';
import { columns } from './text-table.ts';

/** What is known at one moment. */
export interface CapSight {
  readonly world: World;
  readonly nowMs: number;
  /** Undefined while Temporal does not answer. */
  readonly states: ReadonlyMap<BuyerId, CapsState> | undefined;
  readonly counts: readonly CapCount[];
  readonly paidIn: readonly PaidIn[];
}

/**
 * The windows of these buyers, by buyer and key: all in which something is used, and the unused
 * ones of the world.
 */
export function buildCapLines(buyerIds: readonly BuyerId[], sight: CapSight): CapLine[] {
  const present = listPresentCaps(sight.world, buyerIds, sight.nowMs);
  return [...buyerIds].sort().flatMap((buyerId) => {
    const limits = new Map(present.get(buyerId)?.map((cap) => [cap.key, cap]));
    return linesOf(buyerId, limits, sight);
  });
}

function linesOf(
  buyerId: BuyerId,
  present: ReadonlyMap<string, PresentCap>,
  { states, counts, paidIn, nowMs }: CapSight,
): CapLine[] {
  const state = states?.get(buyerId);
  const uses = new Map(
    (state ? listUses(state, nowMs, Infinity).fullest : []).map((use) => [use.key, use]),
  );
  const counted = new Map(
    counts.filter((count) => count.buyerId === buyerId).map((count) => [count.key, count]),
  );
  const keys = new Set([...present.keys(), ...uses.keys(), ...counted.keys()]);
  return [...keys].sort().flatMap((key) => {
    const [use, count] = [uses.get(key), counted.get(key)];
    const isUsed = (use?.used ?? 0) !== 0 || (count?.counted ?? 0) !== 0;
    if (!isUsed && !present.has(key)) return [];
    const cap = present.get(key) ?? present.get(shapeOfKey(key));
    const paid = paidIn.find((each) => key === balanceKeyOf(each.buyerId))?.totalCents ?? 0;
    const isKnown = states !== undefined;
    // What the entity was not told of cannot be spent yet.
    const more = isKnown ? (use?.paidIn ?? 0) : paid;
    return [toLine({ buyer: buyerId, key }, { use, count, cap, more, isKnown })];
  });
}

function toLine(
  named: { readonly buyer: BuyerId; readonly key: string },
  known: {
    readonly use: CapUse | undefined;
    readonly count: CapCount | undefined;
    readonly cap: PresentCap | undefined;
    /** What the limit of a balance grew by. */
    readonly more: number;
    /** The entity was asked: a window that it does not have is unused. */
    readonly isKnown: boolean;
  },
): CapLine {
  const { use, count, cap, more, isKnown } = known;
  const counted = count?.counted ?? 0;
  const used = isKnown ? (use?.used ?? 0) : null;
  const limit = cap ? cap.limit + more : null;
  const endsAtMs = use?.endsAtMs ?? count?.endsAtMs ?? cap?.endsAtMs ?? null;
  return {
    ...named,
    cap: describeKey(named.key),
    used,
    limit,
    left: limit === null ? null : Math.max(0, limit - (used ?? counted)),
    ends_at: endsAtMs === null ? null : new Date(endsAtMs).toISOString(),
    counted,
    agrees: used === null ? null : used === counted,
  };
}

/** One line per window under a header; windows in cents are shown in dollars. */
export function renderCaps(lines: readonly CapLine[], isTemporalUp: boolean): string {
  if (lines.length === 0) return 'no caps';
  const head = ['buyer', 'cap', 'used', 'limit', 'left', 'counted', 'agrees', 'ends'];
  const rows = lines.map(({ buyer, key, cap, ...line }) => {
    const show = (value: number | null) => {
      if (value === null) return '-';
      return isMoneyKey(key) ? dollars(value) : String(value);
    };
    const agrees = line.agrees === null ? '-' : line.agrees ? 'yes' : 'no';
    const amounts = [line.used, line.limit, line.left, line.counted].map(show);
    return [buyer, cap, ...amounts, agrees, line.ends_at ?? 'never'];
  });
  const table = columns([head, ...rows], new Set([2, 3, 4, 5]));
  const away = 'Temporal does not answer: this is what PostgreSQL counts.';
  return [...table, ...(isTemporalUp ? [] : ['', away])].join('\n');
}
