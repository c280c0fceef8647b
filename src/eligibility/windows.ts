// The windows that one offer takes room in: each cap of the contract and of its buyer, in the
// period that runs now in the buyer's zone. Computed here and handed to the caps entity as keys,
// since time-zone data changes with Node.

import type { CapWindow } from '../domain/caps/caps.ts';
import type { BuyerId, ContractId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Cap, CapPeriod } from '../domain/world/cap.ts';
import type { Occurrence } from './schedule.ts';
import {
  calendarOf,
  changeBetween,
  dayAt,
  dayOf,
  dayStart,
  MINUTE_MS,
  offsetAt,
  wallAt,
} from './zones.ts';

export interface CapTerms {
  readonly contractId: ContractId;
  readonly contractCaps: readonly Cap[];
  readonly buyerId: BuyerId;
  readonly buyerCaps: readonly Cap[];
  /** The buyer's. */
  readonly timeZone: string;
  /** The opening of the contract's hours by which the lead was routed, with its own caps. */
  readonly window?: Occurrence | null;
}

/**
 * The windows of an offer at a price: one for each cap that sets a limit, the contract's first,
 * then those of its hours, then the buyer's. Keys read `contract/apex_auto/day/2026-11-22/leads`; the same instant always gives the same keys.
 */
export function capWindows(
  terms: CapTerms & { readonly atMs: number; readonly priceCents: Cents },
): CapWindow[] {
  const { contractId, contractCaps, buyerId, buyerCaps, timeZone, atMs, priceCents } = terms;
  const amountOf = (measure: Cap['measure']) => (measure === 'leads' ? 1 : priceCents);
  const windowsOf = (owner: string, caps: readonly Cap[]): CapWindow[] =>
    caps.flatMap(({ per, measure, limit }) => {
      if (limit === null) return [];
      const { name, endsAtMs } = periodAt(timeZone, per, atMs);
      return [{ key: `${owner}/${name}/${measure}`, amount: amountOf(measure), limit, endsAtMs }];
    });
  const openingOf = ({ name, endsAtMs, caps }: Occurrence): CapWindow[] =>
    caps.map(({ measure, limit }) => ({
      key: `contract/${contractId}/${name}/${measure}`,
      ...{ amount: amountOf(measure), limit, endsAtMs },
    }));
  return [
    ...windowsOf(`contract/${contractId}`, contractCaps),
    ...(terms.window ? openingOf(terms.window) : []),
    ...windowsOf(`buyer/${buyerId}`, buyerCaps),
  ];
}

/** One period of a cap: `day/2026-11-22`, `week/2026-W47`, `total`. */
export interface Period {
  readonly name: string;
  readonly startsAtMs: number;
  /** Exclusive; null = never. */
  readonly endsAtMs: number | null;
}

const TOTAL: Period = { name: 'total', startsAtMs: -Infinity, endsAtMs: null };
const current = new Map<string, Period>();

/**
 * The period that an instant belongs to, exactly one. The running period of each zone is remembered
 * until it ends: ten contracts then cost microseconds instead of a millisecond.
 */
export function periodAt(timeZone: string, per: CapPeriod, atMs: number): Period {
  if (per === 'total') return TOTAL;
  const place = `${per}/${timeZone}`;
  const known = current.get(place);
  if (known && atMs >= known.startsAtMs && atMs < (known.endsAtMs ?? Infinity)) return known;
  const period = per === 'hour' ? hourAt(timeZone, atMs) : daysAt(timeZone, per, atMs);
  current.set(place, period);
  return period;
}

function daysAt(timeZone: string, per: 'day' | 'week' | 'month', atMs: number): Period {
  const today = dayAt(timeZone, atMs);
  const date = calendarOf(today);
  const first = date.startOf(per);
  const next = first.plus({ [per]: 1 });
  const format = { day: 'yyyy-MM-dd', week: "kkkk-'W'WW", month: 'yyyy-MM' }[per];
  return {
    name: `${per}/${date.toFormat(format)}`,
    startsAtMs: dayStart(timeZone, dayOf(first)),
    endsAtMs: dayStart(timeZone, dayOf(next)),
  };
}

const HOUR_MS = 60 * MINUTE_MS;

/**
 * An hour of the wall clock under one offset, named with it: `hour/2026-11-01T01-0500`. When clocks
 * go back the hour comes twice, and each has its own count.
 */
function hourAt(timeZone: string, atMs: number): Period {
  const offset = offsetAt(timeZone, atMs);
  const wallHour = Math.floor(wallAt(timeZone, atMs) / HOUR_MS) * HOUR_MS;
  const startsAtMs = wallHour - offset * MINUTE_MS;
  const endsAtMs = startsAtMs + HOUR_MS;
  const sign = offset < 0 ? '-' : '+';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const zone = `${sign}${String(hours).padStart(2, '0')}${String(minutes).padStart(2, '0')}`;
  return {
    name: `hour/${new Date(wallHour).toISOString().slice(0, 13)}${zone}`,
    // Where clocks change by half an hour, the change cuts the hour short.
    startsAtMs: offsetAt(timeZone, startsAtMs) === offset ? startsAtMs : atMs,
    endsAtMs: changeBetween(timeZone, atMs, endsAtMs),
  };
}
