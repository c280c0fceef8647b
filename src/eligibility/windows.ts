// The windows that one offer takes room in: each cap of the contract and of its buyer, in the
// period that runs now in the buyer's zone, and the balance of a buyer that pays ahead. Computed
// here and handed to the caps entity as keys, since time-zone data changes with Node.

import type { CapWindow } from '../domain/caps/caps.ts';
import { balanceKeyOf } from '../domain/caps/keys.ts';
import { bucketAt } from '../domain/caps/rolling.ts';
import { type BuyerId, type ContractId, teamOf } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Balance, Cap } from '../domain/world/cap.ts';
import type { Schedule } from '../domain/world/schedule.ts';
import type { Vertical } from '../domain/world/world.ts';
import type { Facts } from './facts.ts';
import { compileFilter, type FilterSetting } from './filters/filter.ts';
import { createPacing } from './pacing.ts';
import { type Calendar, periodAt } from './periods.ts';
import type { Occurrence } from './schedule.ts';
import { settingOf } from './filters/setting.ts';
import { createValueLists } from './filters/value-lists.ts';

export interface CapTerms {
  readonly contractId: ContractId;
  readonly contractCaps: readonly Cap[];
  /** The contract's hours, over which its paced caps are spread. */
  readonly schedule?: Schedule | null;
  readonly buyerId: BuyerId;
  readonly buyerCaps: readonly Cap[];
  readonly balance?: Balance | null;
  /** Of the team whose member the buyer is, over all its members. */
  readonly teamCaps?: readonly Cap[] | undefined;
  /** The buyer's. */
  readonly timeZone: string;
  readonly vertical?: Vertical;
  /** For the filters of caps that count some leads only. */
  readonly setting?: FilterSetting;
}

/** A lead at a moment. */
export interface CapAsk {
  readonly facts: Facts;
  readonly atMs: number;
}

/** One cap that sets a limit, ready to be asked. */
export interface CompiledCap {
  readonly limit: number;
  /** Takes nothing, whatever was used. */
  readonly isClosed: boolean;
  /** Its key, or whether it has one at all, depends on the lead. */
  readonly perLead: boolean;
  /** Undefined for a lead that it does not count. `endsAtMs`: until when the key stays this one. */
  keyAt(ask: CapAsk): { readonly key: string; readonly endsAtMs: number | null } | undefined;
  windowAt(ask: CapAsk & { readonly priceCents: Cents }): CapWindow | undefined;
}

/**
 * The caps of a contract that set a limit, its own first, then its buyer's, then the balance. Keys
 * read `contract/apex_auto/day/2026-11-22/leads`; the same instant always gives the same keys.
 */
export function compileCaps(terms: CapTerms): readonly CompiledCap[] {
  const { contractId, contractCaps, buyerId, buyerCaps, timeZone, balance, teamCaps = [] } = terms;
  const { vertical, setting, schedule = null } = terms;
  const own = { owner: `contract/${teamOf(contractId)}`, timeZone, vertical, setting, schedule };
  // A buyer's contracts may each have hours of their own: its caps are spread over all hours.
  const buyers = { owner: `buyer/${buyerId}`, timeZone, vertical, setting, schedule: null };
  const team = { ...buyers, owner: `buyer/${teamOf(buyerId)}` };
  return [
    // One window for all members: a team's caps stand in one entity.
    ...contractCaps.flatMap((cap) => compileCap(cap, own) ?? []),
    ...teamCaps.flatMap((cap) => compileCap(cap, team) ?? []),
    ...buyerCaps.flatMap((cap) => compileCap(cap, buyers) ?? []),
    ...(balance ? [compileBalance(buyerId, balance)] : []),
  ];
}

/** The windows of an offer at a price: one for each cap that counts it. */
export function windowsOf(
  caps: readonly CompiledCap[],
  ask: CapAsk & { readonly priceCents: Cents },
): CapWindow[] {
  return caps.flatMap((cap) => cap.windowAt(ask) ?? []);
}

/** The windows of an opening of the contract's hours, which may have caps of its own. */
export function openingWindows(
  contractId: ContractId,
  { name, endsAtMs, caps }: Occurrence,
  priceCents: Cents,
): CapWindow[] {
  return caps.map(({ measure, limit }) => ({
    key: `contract/${contractId}/${name}/${measure}`,
    ...{ amount: measure === 'leads' ? 1 : priceCents, limit, endsAtMs },
  }));
}

interface Owner {
  readonly owner: string;
  readonly timeZone: string;
  readonly vertical: Vertical | undefined;
  readonly setting: FilterSetting | undefined;
  readonly schedule: Schedule | null;
}

function compileCap(cap: Cap, { owner, timeZone, vertical, setting, schedule }: Owner) {
  const { limit, measure, hours, name, each, when, pacing } = cap;
  if (limit === null) return undefined;
  const rolling = cap.per === 'rolling' ? (hours ?? 1) * 3_600_000 : undefined;
  const calendar = calendarOf(cap);
  const begin = name === undefined ? owner : `${owner}/${name}`;
  const segmentOf = each === undefined ? undefined : compileSegment(each, vertical);
  const counts =
    when && compileFilter(when, setting ?? settingOf({ fields: {} }, createValueLists()));
  const pace = pacing && createPacing({ limit, pacing, schedule, timeZone });

  const compiled: CompiledCap = {
    limit,
    isClosed: limit === 0,
    perLead: counts !== undefined || segmentOf !== undefined,
    keyAt({ facts, atMs }) {
      if (counts && !counts(facts).ok) return undefined;
      const head = segmentOf ? `${begin}/${segmentOf(facts)}` : begin;
      if (!calendar) return { key: `${head}/rolling/${hours}h/${measure}`, endsAtMs: null };
      const { name: period, endsAtMs } = periodAt(timeZone, calendar, atMs);
      return { key: `${head}/${period}/${measure}`, endsAtMs };
    },
    windowAt(ask) {
      const found = compiled.keyAt(ask);
      if (!found) return undefined;
      const amount = measure === 'leads' ? 1 : ask.priceCents;
      if (rolling !== undefined) {
        return { key: found.key, amount, limit, endsAtMs: bucketAt(ask.atMs, rolling), rolling };
      }
      const paced = calendar && pace?.(periodAt(timeZone, calendar, ask.atMs), ask.atMs);
      return { key: found.key, amount, limit, endsAtMs: found.endsAtMs, ...(paced && { paced }) };
    },
  };
  return compiled;
}

function compileBalance(buyerId: BuyerId, { creditCents }: Balance): CompiledCap {
  const found = { key: balanceKeyOf(buyerId), endsAtMs: null };
  return {
    limit: creditCents,
    isClosed: false,
    perLead: false,
    keyAt: () => found,
    windowAt: ({ priceCents }) => ({ ...found, amount: priceCents, limit: creditCents }),
  };
}

/** The calendar that a cap's periods come from; undefined for a rolling one, which has none. */
export function calendarOf({ per, starts }: Cap): Calendar | undefined {
  if (per === 'rolling') return undefined;
  return per === 'week' && starts !== undefined && starts !== 'mon' ? `week/${starts}` : per;
}

const LONGEST_VALUE = 60;

/** `state=TX`; `state=` for a lead without the fact. Free text counts without letter case. */
function compileSegment(fact: string, vertical: Vertical | undefined): (facts: Facts) => string {
  const field =
    vertical && Object.hasOwn(vertical.fields, fact) ? vertical.fields[fact] : undefined;
  const isText = field?.type === 'text' || fact === 'sub_source';
  return (facts) => {
    const value = String(facts.get(fact) ?? '');
    return `${fact}=${encoded(isText ? value.toLowerCase() : value)}`;
  };
}

/** Without slashes, and bounded: a longer value ends in a sum of itself. */
function encoded(value: string): string {
  const text = encodeURIComponent(value.replace(/\p{Cs}/gu, ''));
  if (text.length <= LONGEST_VALUE) return text;
  return `${text.slice(0, LONGEST_VALUE - 10).replace(/%[^%]?$/, '')}~${sumOf(value)}`;
}

/** FNV-1a, 32 bits: two long values that share it only share a limit. */
function sumOf(text: string): string {
  let sum = 0x811c9dc5;
  for (const unit of text) sum = Math.imul(sum ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, '0');
}
