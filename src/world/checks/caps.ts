// What must hold among the caps of one contract or one buyer: settings that go together, facts that
// exist and may stand in a key, one limit for one key.

import { PERIOD_WORDS } from '../../domain/caps/keys.ts';
import type { Cap } from '../../domain/world/cap.ts';
import type { Vertical } from '../../domain/world/world.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';
import { checkFilter, factsOf } from './filter.ts';

export interface CapPlace {
  readonly path: Path;
  /** Of the contract's campaign; of a buyer, the fields of all its campaigns together. */
  readonly vertical: Vertical;
  readonly sourceIds: ReadonlySet<string>;
  /** Of the same campaigns: the lookups that may flag a lead. */
  readonly lookups: readonly string[];
  /** The leads cost nothing: nothing is ever spent. */
  readonly isFree: boolean;
}

/** Everything that is wrong with a list of caps. */
export function checkCaps(caps: readonly Cap[], place: CapPlace): WorldIssue[] {
  const keys = new Set<string>();
  return caps.flatMap((cap, index) => {
    const path = [...place.path, index];
    const key = keyShapeOf(cap);
    // Of two, nobody could say which one holds.
    const says = `${describeCap(cap)} has a limit already`;
    const fix = 'leave one of them out, or give each a name';
    const twice = keys.has(key) ? [issueAt(path, says, fix)] : [];
    keys.add(key);
    return [
      ...twice,
      ...checkPeriod(cap, path),
      ...checkName(cap, path),
      ...checkEach(cap, path, place),
      ...(cap.when ? checkFilter(cap.when, { ...place, path: [...path, 'when'] }) : []),
      ...checkMeasure(cap, path, place),
    ];
  });
}

function keyShapeOf({ per, measure, starts = 'mon', hours, name, each }: Cap): string {
  return [name, each, per, per === 'week' ? starts : '', hours, measure].join('/');
}

function describeCap({ per, measure, name, each }: Cap): string {
  const whose = name === undefined ? '' : ` of ${name}`;
  return `${measure} per ${per}${each === undefined ? '' : ` for each ${each}`}${whose}`;
}

function checkPeriod({ per, starts, hours, pacing }: Cap, path: Path): WorldIssue[] {
  const issues: WorldIssue[] = [];
  const add = (name: string, says: string, fix: string) =>
    issues.push(issueAt([...path, name], says, fix));
  if (starts !== undefined && per !== 'week') {
    add('starts', `a ${per} has no first day`, 'leave it out, or write per: week');
  }
  if (hours !== undefined && per !== 'rolling') {
    add('hours', `a ${per} has its own length`, 'leave it out, or write per: rolling');
  }
  if (hours === undefined && per === 'rolling') {
    add('hours', 'is missing', 'a rolling cap wants its length, such as hours: 24');
  }
  if (pacing !== undefined && !['day', 'week', 'month'].includes(per)) {
    add('pacing', `${per} has no open hours to spread over`, 'pace a day, a week or a month');
  }
  return issues;
}

function checkName({ name, when }: Cap, path: Path): WorldIssue[] {
  if (when !== undefined && name === undefined) {
    return [issueAt([...path, 'name'], 'is missing', 'a cap with `when` wants a name for its key')];
  }
  if (name === undefined || !PERIOD_WORDS.includes(name)) return [];
  return [
    issueAt([...path, 'name'], `"${name}" stands for a period`, 'call the cap something else'),
  ];
}

function checkEach({ each }: Cap, path: Path, place: CapPlace): WorldIssue[] {
  if (each === undefined) return [];
  const at = [...path, 'each'];
  const facts = factsOf({ ...place, lookups: [], path });
  if (!facts.has(each)) {
    return [issueAt(at, `"${each}" is no fact of these leads`, didYouMean(each, facts.keys()))];
  }
  const { fields } = place.vertical;
  if (!Object.hasOwn(fields, each) || !fields[each]?.personal) return [];
  const says = `"${each}" is personal, and keys of caps stand in histories`;
  return [issueAt(at, says, 'choose a field that is not personal')];
}

function checkMeasure({ measure, limit }: Cap, path: Path, { isFree }: CapPlace): WorldIssue[] {
  if (!isFree || measure !== 'cents' || limit === null) return [];
  return [issueAt([...path, 'cents'], 'limits what is spent, and price_cents is 0', 'use leads')];
}
