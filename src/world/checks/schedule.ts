// What must hold inside one schedule: windows that have a length and do not overlap, dates that do
// not contradict each other, an end after the start. And what is odd without being wrong: a
// schedule that is over, or never opens.

import type { Contract } from '../../domain/world/contract.ts';
import type { DayWindow, Hours, Schedule, WeeklyWindow } from '../../domain/world/schedule.ts';
import { hoursOn, nextOpening, termOf } from '../../eligibility/schedule.ts';
import { clockText, dayText } from '../../eligibility/zones.ts';
import { issueAt, type Path, type WorldIssue } from '../issues.ts';

/** A schedule where it stands, in the zone of its buyer. */
export interface Placed {
  readonly schedule: Schedule;
  readonly timeZone: string;
  readonly path: Path;
}

/** All schedules of a contract: its own, and the hours of those that it delivers to. */
export function schedulesOf(contract: Contract, timeZone: string, path: Path): Placed[] {
  const { schedule, deliveries } = contract;
  const own = schedule ? [{ schedule, timeZone, path: [...path, 'schedule'] }] : [];
  const receivers = deliveries.flatMap(({ during }, index) =>
    during ? [{ schedule: during, timeZone, path: [...path, 'deliveries', index, 'during'] }] : [],
  );
  return [...own, ...receivers];
}

/** What is wrong with a schedule. */
export function checkSchedule({ schedule, timeZone, path }: Placed): WorldIssue[] {
  const { windows, openOn } = schedule;
  return [
    ...windows.flatMap((hours, index) => checkHours(hours, [...path, 'windows', index])),
    ...openOn.flatMap((hours, index) => checkHours(hours, [...path, 'open_on', index])),
    ...checkWeek(windows, path),
    ...checkDates(schedule, path),
    ...checkTerm(schedule, timeZone, path),
  ];
}

/** A price in the hours needs a contract that has one. */
export function checkHourlyPrices({ ping, schedule }: Contract, path: Path): WorldIssue[] {
  if (ping === null || schedule === null) return [];
  const priced = { windows: schedule.windows, open_on: schedule.openOn };
  return Object.entries(priced).flatMap(([key, list]) =>
    list.flatMap(({ priceCents }, index) => {
      if (priceCents === null) return [];
      const at = [...path, 'schedule', key, index, 'price_cents'];
      return [issueAt(at, 'the contract has a ping: the bid is the price', 'leave it out')];
    }),
  );
}

/** What is odd about a schedule at a moment. */
export function warnOfSchedule({ schedule, timeZone, path }: Placed, nowMs: number): WorldIssue[] {
  const { endsAtMs } = termOf(schedule, timeZone);
  if (endsAtMs <= nowMs) return [issueAt([...path, 'ends'], 'is in the past: it never opens')];
  const next = nextOpening(schedule, timeZone, nowMs);
  return next === null ? [issueAt(path, 'never opens from now on')] : [];
}

function checkHours({ openMinute, closeMinute, caps }: Hours, path: Path): WorldIssue[] {
  const issues: WorldIssue[] = [];
  // Midnight to midnight is the whole day; from 8 to 8 is a slip more often than a day.
  if (openMinute === closeMinute && openMinute !== 0) {
    const fix = 'the whole day is "00:00" to "24:00"';
    issues.push(issueAt([...path, 'close'], 'is the time at which it opens', fix));
  }
  const [first, second] = caps;
  if (first && second && first.measure === second.measure) {
    issues.push(issueAt([...path, 'caps', 1], `${second.measure} has a limit already`));
  }
  return issues;
}

const DAY_MINUTES = 24 * 60;
const DAY_NAMES = ['', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Hours laid out on a line of minutes. */
interface Laid<H extends Hours = Hours> {
  readonly hours: H;
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

function layOut<H extends Hours>(hours: H, day: number): Laid<H> {
  const { openMinute, closeMinute } = hours;
  const next = closeMinute <= openMinute ? DAY_MINUTES : 0;
  const start = day * DAY_MINUTES;
  return { hours, day, from: start + openMinute, to: start + next + closeMinute };
}

/** Pairs that overlap, the later one second; of windows up to a day long. */
function overlapsIn<H extends Hours>(laid: readonly Laid<H>[]): [Laid<H>, Laid<H>][] {
  const inOrder = laid.toSorted((a, b) => a.from - b.from || a.to - b.to);
  return inOrder.flatMap((later, index): [Laid<H>, Laid<H>][] => {
    const earlier = inOrder[index - 1];
    return earlier && later.from < earlier.to ? [[earlier, later]] : [];
  });
}

/** Each pair of windows is told once, at the first day on which they meet. */
function checkWeek(windows: readonly WeeklyWindow[], path: Path): WorldIssue[] {
  // The Monday after stands at the end, for the window of Sunday night.
  const week = windows.flatMap((window) =>
    [...window.days, ...(window.days.includes(1) ? [8] : [])].map((day) => layOut(window, day)),
  );
  const told = new Set<string>();
  return overlapsIn(week).flatMap(([earlier, later]) => {
    const pair = [windows.indexOf(earlier.hours), windows.indexOf(later.hours)];
    const [first = 0, second = 0] = pair.sort((a, b) => a - b);
    const key = `${first}/${second}`;
    if (told.has(key)) return [];
    told.add(key);
    const name = DAY_NAMES[((later.day - 1) % 7) + 1] ?? '';
    const when = `${name} ${clockText(later.hours.openMinute)}`;
    const says = `overlaps windows[${first}] at ${when}`;
    return [issueAt([...path, 'windows', second], says, 'close one before the other opens')];
  });
}

function checkDates(schedule: Schedule, path: Path): WorldIssue[] {
  const { openOn, closedOn } = schedule;
  const issues = closedOn.flatMap(({ fromDay, toDay }, index) =>
    toDay < fromDay ? [issueAt([...path, 'closed_on', index, 'to'], 'is before `from`')] : [],
  );
  openOn.forEach((window, index) => {
    const at = [...path, 'open_on', index];
    const { day } = window;
    if (closedOn.some(({ fromDay, toDay }) => fromDay <= day && day <= toDay)) {
      const says = `${dayText(day)} stands in closed_on, too`;
      issues.push(issueAt([...at, 'date'], says, 'leave it out of one of them'));
    }
    for (const other of overlapsOf(schedule, window)) {
      if (openOn.slice(index).some((later) => later === other)) continue; // Told there.
      const says = `overlaps ${nameOf(schedule, other)}`;
      issues.push(issueAt(at, says, 'close one before the other opens'));
    }
  });
  return issues;
}

/** What overlaps the hours of one date, on it or on the days beside it. */
function overlapsOf(schedule: Schedule, window: DayWindow): Hours[] {
  const { day } = window;
  const laid = [day - 1, day, day + 1].flatMap((each) =>
    hoursOn(schedule, each).map((hours) => layOut(hours, each)),
  );
  const own = layOut(window, day);
  return laid
    .filter(({ hours, from, to }) => hours !== window && from < own.to && own.from < to)
    .map(({ hours }) => hours);
}

function nameOf({ windows, openOn }: Schedule, hours: Hours): string {
  const index = windows.findIndex((window) => window === hours);
  if (index >= 0) return `windows[${index}]`;
  return `open_on[${openOn.findIndex((window) => window === hours)}]`;
}

function checkTerm(schedule: Schedule, timeZone: string, path: Path): WorldIssue[] {
  const { startsAtMs, endsAtMs } = termOf(schedule, timeZone);
  if (endsAtMs > startsAtMs) return [];
  return [issueAt([...path, 'ends'], 'is not after `starts`')];
}
