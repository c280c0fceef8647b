// The caps that a new world lowers or adds, and what to say where more is used of one already than
// its new limit. Pure: who counts stands elsewhere.

import {
  balanceKeyOf,
  isBalanceKey,
  isMoneyKey,
  shapeOfKey,
  valueIn,
} from '../domain/caps/keys.ts';
import { type BuyerId, memberOf, teamOf } from '../domain/ids.ts';
import { dollars, ZERO } from '../domain/money.ts';
import type { Cap } from '../domain/world/cap.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { Hours } from '../domain/world/schedule.ts';
import { type Buyer, type World, zoneOf } from '../domain/world/world.ts';
import { type PresentCap, presentCap } from '../eligibility/present-caps.ts';
import { isOpen } from '../eligibility/schedule.ts';
import { openingWindows } from '../eligibility/windows.ts';
import { dateAndTimeText } from '../eligibility/zones.ts';
import { issueAt, type Path, type WorldIssue } from './issues.ts';

/** A limit at its place in the document, with the window that it has at the moment. */
export interface PlacedCap extends PresentCap {
  readonly path: Path;
  /** Whose attempts count in it; a team for its members. */
  readonly buyerId: BuyerId;
  readonly timeZone: string;
  /** `today`, `in the last 24 h`. */
  readonly when: string;
}

/** The limits of `after` that are lower than in `before`, or were not there. */
export function listLowered(before: World, after: World, nowMs: number): PlacedCap[] {
  const limits = new Map(listPlaced(before, nowMs).map(({ key, limit }) => [key, limit]));
  return listPlaced(after, nowMs).filter(({ key, limit }) => limit < (limits.get(key) ?? Infinity));
}

/** One count of a window's use. */
interface Use {
  readonly key: string;
  readonly counted: number;
}

/** What somebody should know who lowered these limits: which of them are passed already. */
export function warnOfLowered(
  lowered: readonly PlacedCap[],
  counts: readonly Use[],
  paidIn: readonly { readonly buyerId: BuyerId; readonly totalCents: number }[],
): WorldIssue[] {
  return lowered.flatMap((cap) => {
    if (isBalanceKey(cap.key)) {
      const counted = counts.find(({ key }) => key === cap.key)?.counted ?? 0;
      const paid = paidIn.find(({ buyerId }) => buyerId === cap.buyerId)?.totalCents ?? 0;
      return warnOfBalance(cap, { counted, paid }) ?? [];
    }
    const own = counts.filter(({ key }) => key === cap.key || shapeOfKey(key) === cap.key);
    const passed = own.filter(({ counted }) => counted > cap.limit);
    const most = passed.toSorted((a, b) => b.counted - a.counted)[0];
    return most ? [warnOfCap(cap, most, passed.length)] : [];
  });
}

function warnOfCap(cap: PlacedCap, { key, counted }: Use, passed: number): WorldIssue {
  const { path, limit, endsAtMs, timeZone, when } = cap;
  const show = isMoneyKey(key) ? dollars : String;
  const value = /=([^/]*)/.exec(key)?.[1];
  const of = value === undefined ? '' : ` for ${valueIn(value) || 'leads without one'}`;
  const others = passed > 1 ? ` (${passed - 1} more like it)` : '';
  const until = endsAtMs === null ? '' : ` until ${dateAndTimeText(timeZone, endsAtMs)}`;
  const ends = until || (key.includes('/rolling/') ? ' until enough of it is past' : ' with it');
  const sold = `${show(counted)} sold or under way ${when}${of}${others}`;
  const says = `${show(limit)} is below the ${sold}; nothing more is sold${of}${ends}`;
  return issueAt(path, says, `set more than ${counted} to go on selling at once`);
}

function warnOfBalance(
  { path, limit }: PlacedCap,
  { counted, paid }: { readonly counted: number; readonly paid: number },
): WorldIssue | undefined {
  const owed = counted - paid;
  if (owed <= limit) return undefined;
  const made = `${dollars(counted)} sold or under way, ${dollars(paid)} paid in`;
  const says = `${dollars(limit)} is below the ${dollars(owed)} that it owes (${made})`;
  const fix = `deposit more than ${dollars(owed - limit)}, or set more than ${owed}`;
  return issueAt(path, `${says}; nothing more is sold until it has paid`, fix);
}

/** Every limit of a world with its window at an instant, each window once. */
function listPlaced(world: World, atMs: number): PlacedCap[] {
  const placed = new Map<string, PlacedCap>();
  const add = (caps: readonly PlacedCap[]) => {
    for (const cap of caps) if (!placed.has(cap.key)) placed.set(cap.key, cap);
  };
  for (const [id, buyer] of Object.entries(world.buyers)) add(ofBuyer(id, buyer, atMs));
  for (const [id, contract] of Object.entries(world.contracts)) {
    const timeZone = zoneOf(world, contract.buyer);
    add(ofContract(id, { contract, timeZone }, atMs));
    add(ofOpening(id, { contract, timeZone }, atMs));
  }
  return [...placed.values()];
}

function ofBuyer(buyerId: BuyerId, buyer: Buyer, atMs: number): PlacedCap[] {
  const { caps, membership, balance, timeZone } = buyer;
  const [team, member] = [teamOf(buyerId), memberOf(buyerId)];
  const terms = { contractId: '', contractCaps: [], buyerCaps: [], buyerId, timeZone };
  const path = ['buyers', team, ...(member === undefined ? [] : ['members', member]), 'caps'];
  const place = (cap: Cap, at: Path, more: object): PlacedCap[] => {
    const present = presentCap({ ...terms, ...more }, atMs);
    return present ? [{ ...present, ...placeOf(cap, at), buyerId: team, timeZone }] : [];
  };
  const own = caps.flatMap((cap, index) => place(cap, [...path, index], { buyerCaps: [cap] }));
  const shared = membership?.teamCaps.flatMap((cap, index) =>
    place(cap, ['buyers', team, 'caps', index], { teamCaps: [cap] }),
  );
  const all = [...own, ...(shared ?? [])];
  if (!balance) return all;
  const credit = { key: balanceKeyOf(buyerId), limit: balance.creditCents, endsAtMs: null };
  const at = ['buyers', buyerId, 'balance', 'credit_cents'];
  return [...all, { ...credit, path: at, buyerId, timeZone, when: '' }];
}

/** A contract with the zone of its buyer. */
interface InZone {
  readonly contract: Contract;
  readonly timeZone: string;
}

function ofContract(contractId: string, { contract, timeZone }: InZone, atMs: number): PlacedCap[] {
  const buyerId = teamOf(contract.buyer);
  return contract.caps.flatMap((cap, index) => {
    const terms = { contractId, contractCaps: [cap], buyerId, buyerCaps: [], timeZone };
    const present = presentCap(terms, atMs);
    const at = ['contracts', teamOf(contractId), 'caps', index];
    return present ? [{ ...present, ...placeOf(cap, at), buyerId, timeZone }] : [];
  });
}

/** The caps of the hours that are open at the instant. */
function ofOpening(contractId: string, { contract, timeZone }: InZone, atMs: number): PlacedCap[] {
  const { schedule } = contract;
  const opening = isOpen(schedule, timeZone, atMs);
  if (!schedule || !opening.open || !opening.window) return [];
  const { window } = opening;
  const lists: [name: string, hours: readonly Hours[]][] = [
    ['windows', schedule.windows],
    ['open_on', schedule.openOn],
  ];
  // The opening has the very list of caps of its hours.
  const [path] = lists.flatMap(([name, hours]) => {
    const index = hours.findIndex(({ caps }) => caps === window.caps);
    return index < 0 ? [] : [['contracts', teamOf(contractId), 'schedule', name, index]];
  });
  const at: Path = path ?? ['contracts', teamOf(contractId), 'schedule'];
  return openingWindows(contractId, window, ZERO).map(({ key, limit, endsAtMs }, index) => {
    const measure = window.caps[index]?.measure ?? 'leads';
    const buyerId = teamOf(contract.buyer);
    const place = { path: [...at, 'caps', index, measure], when: 'since it opened' };
    return { key, limit, endsAtMs, ...place, buyerId, timeZone };
  });
}

const WHEN = {
  hour: 'in this hour',
  day: 'today',
  week: 'this week',
  month: 'this month',
  total: 'so far',
} as const;

function placeOf({ per, hours, measure }: Cap, path: Path): Pick<PlacedCap, 'path' | 'when'> {
  const when = per === 'rolling' ? `in the last ${hours ?? 1} h` : WHEN[per];
  return { path: [...path, measure], when };
}
