// From a document to a world, or to everything that is wrong with it, said at once.

import { z } from 'zod';

import type { World } from '../domain/world/world.ts';
import { checkWorld, type KnownIds, type Section } from './checks/world.ts';
import { didYouMean, issueAt, type WorldIssue } from './issues.ts';
import { unfoldTeams } from './teams.ts';
import { isMap, mapAt } from './maps.ts';
import { checkPresets, placedInPreset } from './presets.ts';
import { SECTIONS, toWorld, worldDocument, type WorldDraft } from './schema/document.ts';

/** What a document came to; the issues are in the order of the document. */
export type WorldVerdict =
  | { readonly ok: true; readonly world: World; readonly warnings: readonly WorldIssue[] }
  | { readonly ok: false; readonly errors: readonly WorldIssue[] };

/** Enough to work on; a list of thousands helps nobody. */
const MOST_ISSUES = 100;
const DEEPEST = 40;

/**
 * Reads a whole document. Never throws, whatever it is given, and quotes no secret. Where some
 * parts are not readable, the others are still checked against each other. With `nowMs`, warnings
 * tell also what is odd at that moment, such as a contract that is over.
 */
export function parseWorld(document: unknown, nowMs?: number): WorldVerdict {
  const unfit = faultOfShape(document);
  if (unfit) return { ok: false, errors: [unfit] };
  const parsed = worldDocument.safeParse(document);
  const draft = parsed.success ? parsed.data : readableDraft(document);
  const world = toWorld(draft);
  const checked = checkWorld(world, knownIdsOf(document), nowMs);
  const placed = (issue: WorldIssue) => placedInPreset(issue, document);
  const errors = [...checkPresets(draft.contracts, draft), ...checked.errors.map(placed)];
  const wrong = parsed.success ? errors : [...listIssues(parsed.error, document), ...errors];
  if (wrong.length === 0) {
    return { ok: true, world: unfoldTeams(world), warnings: checked.warnings.map(placed) };
  }
  return { ok: false, errors: shortened(inDocumentOrder(wrong, document)) };
}

/** What would be dropped or would overflow before the schema, or a walk, could say so. */
export function faultOfShape(document: unknown): WorldIssue | undefined {
  if (!isMap(document)) return issueAt([], 'wants a map with sluice: 1 on top');
  const open: { value: unknown; path: (string | number)[] }[] = [{ value: document, path: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (path.length > DEEPEST) return issueAt(path.slice(0, 5), 'is nested too deep');
    if (Object.hasOwn(value, '__proto__')) return issueAt(path, '__proto__ is not a name');
    for (const [key, part] of Object.entries(value)) {
      if (typeof part !== 'object') continue;
      open.push({ value: part, path: [...path, Array.isArray(value) ? Number(key) : key] });
    }
  }
  return undefined;
}

/** The parts that can be read by themselves. */
function readableDraft(document: unknown): Omit<WorldDraft, 'sluice'> {
  const map = isMap(document) ? document : {};
  const { timeZone, name, paused } = worldDocument.parse({ sluice: 1 });
  const zone = worldDocument.safeParse({ sluice: 1, time_zone: map['time_zone'] });
  const readable = <T>(section: Section, schema: z.ZodType<T>): Record<string, T> => {
    const entries = Object.entries(mapAt(map, section)).flatMap(([id, value]): [string, T][] => {
      const read = schema.safeParse(value);
      return read.success ? [[id, read.data]] : [];
    });
    return Object.fromEntries(entries);
  };
  return {
    name,
    paused,
    timeZone: zone.success ? zone.data.timeZone : timeZone,
    operators: readable('operators', SECTIONS.operators),
    webhooks: {},
    verticals: readable('verticals', SECTIONS.verticals),
    campaigns: readable('campaigns', SECTIONS.campaigns),
    sources: readable('sources', SECTIONS.sources),
    buyers: readable('buyers', SECTIONS.buyers),
    contracts: readable('contracts', SECTIONS.contracts),
  };
}

function knownIdsOf(document: unknown): KnownIds {
  const map = isMap(document) ? document : {};
  const ids = (section: Section) => new Set(Object.keys(mapAt(map, section)));
  return {
    operators: ids('operators'),
    verticals: ids('verticals'),
    campaigns: ids('campaigns'),
    sources: ids('sources'),
    buyers: ids('buyers'),
    contracts: ids('contracts'),
  };
}

function listIssues(error: z.ZodError, document: unknown): WorldIssue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) =>
        issueAt([...path, key], 'is not a setting', didYouMean(key, settingNames())),
      );
    }
    const value = valueAt(document, path);
    const quotes =
      issue.code === 'invalid_type' && issue.expected === 'string' && typeof value !== 'object';
    const fix = quotes && value !== undefined ? 'put it in quotes' : undefined;
    return [issueAt(path, sayingOf(issue, value), fix)];
  });
}

function sayingOf(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined
        ? 'is missing'
        : `wants ${KINDS[issue.expected] ?? issue.expected}, not ${kindOf(value)}`;
    case 'invalid_value':
      if (value === undefined) return 'is missing';
      return `wants ${issue.values.map(String).join(', ')}`.replace(/, ([^,]*)$/, ' or $1');
    case 'invalid_union': {
      const options = optionsOf(issue);
      if (value === undefined) return 'is missing';
      return options === undefined ? issue.message : `wants ${options}`;
    }
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is no id';
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `wants at least ${issue.minimum} ${issue.origin === 'array' ? 'entries' : 'characters'}`
        : `wants at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `has more than ${issue.maximum} ${issue.origin === 'array' ? 'entries' : 'characters'}`
        : `wants at most ${issue.maximum}`;
    case 'not_multiple_of':
      return `wants a multiple of ${issue.divisor}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction';
  return { string: 'text', boolean: 'true or false', object: 'a map' }[String(typeof value)] ?? '?';
}

function optionsOf(issue: z.core.$ZodIssueInvalidUnion): string | undefined {
  const options: unknown = 'options' in issue ? issue.options : undefined;
  if (!Array.isArray(options)) return undefined;
  // One of them may be what stands where nothing is written.
  const written = options.filter((option) => option !== undefined);
  return written.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

let names: ReadonlySet<string> | undefined;

/** Every key that stands somewhere in the format. */
function settingNames(): ReadonlySet<string> {
  if (names) return names;
  const found = new Set<string>();
  const collect = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if (isMap(part) && isMap(part['properties'])) {
      for (const key of Object.keys(part['properties'])) found.add(key);
    }
    Object.values(part).forEach(collect);
  };
  collect(z.toJSONSchema(worldDocument, { io: 'input' }));
  return (names = found);
}

/** By where they stand, so that the list can be worked down beside the file. */
function inDocumentOrder(issues: readonly WorldIssue[], document: unknown): WorldIssue[] {
  const sections = isMap(document) ? Object.keys(document) : [];
  const placeOf = ({ path }: WorldIssue) => sections.indexOf(path.split(/[.[]/)[0] ?? '');
  return issues.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function shortened(issues: readonly WorldIssue[]): readonly WorldIssue[] {
  if (issues.length <= MOST_ISSUES) return issues;
  const more = issueAt([], `and ${issues.length - MOST_ISSUES} more`);
  return [...issues.slice(0, MOST_ISSUES), more];
}

function valueAt(document: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    document,
  );
}
