// Changes of one part of a world document. Every function returns a new document and leaves the old
// one alone; what is not touched keeps its place. Nothing is validated here: the whole is, after.

import { listReferences } from './checks/world.ts';
import type { Section } from './checks/world.ts';
import { pathText } from './issues.ts';
import { isMap, type LooseMap, mapAt, mapOf, ownOf } from './maps.ts';
import { parseWorld } from './parse.ts';
import { SECTIONS } from './schema/document.ts';

export const SECTION_NAMES = Object.keys(SECTIONS) as readonly Section[];

/** The sections whose entries have a `paused` switch. */
export const PAUSABLE = ['campaigns', 'contracts', 'buyers', 'sources'] as const;
export type PausableSection = (typeof PAUSABLE)[number];

/** Where an entry stands. */
export interface EntryPlace {
  readonly section: Section;
  readonly id: string;
}

/** A document before the first: what an edit of nothing begins with. */
const EMPTY: LooseMap = { sluice: 1 };

/** The entries of a section, in the order of the document. */
export function listEntries(document: unknown, section: Section): [id: string, entry: unknown][] {
  return Object.entries(mapAt(mapOf(document), section));
}

/** One entry as the operator wrote it; undefined if there is none of that id. */
export function findEntry(document: unknown, { section, id }: EntryPlace): unknown {
  return ownOf(mapAt(mapOf(document), section), id);
}

/** The document with this entry: at its old place, or last in its section. */
export function withEntry(
  document: unknown,
  { section, id }: EntryPlace,
  entry: unknown,
): LooseMap {
  const whole = document === undefined ? EMPTY : mapOf(document);
  return withKey(whole, section, withKey(mapAt(whole, section), id, entry));
}

/** The document without an entry. */
export function withoutEntry(document: unknown, { section, id }: EntryPlace): LooseMap {
  const kept = listEntries(document, section).filter(([each]) => each !== id);
  return withKey(mapOf(document), section, Object.fromEntries(kept));
}

/**
 * A world or an entry with its `paused` switch set; the same object if it is as wanted already,
 * however that is written.
 */
export function withPaused(holder: unknown, paused: boolean): unknown {
  const settings = mapOf(holder);
  const is = ownOf(settings, 'paused') === true;
  return is === paused ? holder : withKey(settings, 'paused', paused);
}

/**
 * A JSON merge patch (RFC 7396): maps are merged, null takes a key out, everything else replaces
 * what was there, lists as a whole.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const before = isMap(target) ? target : {};
  const merged = Object.entries(before).flatMap(([key, value]): [string, unknown][] => {
    if (!Object.hasOwn(patch, key)) return [[key, value]];
    return patch[key] === null ? [] : [[key, mergePatch(value, patch[key])]];
  });
  const added = Object.entries(patch).flatMap(([key, value]): [string, unknown][] =>
    value === null || Object.hasOwn(before, key) ? [] : [[key, mergePatch(undefined, value)]],
  );
  // From entries, not by assignment: a key __proto__ must stay a key, for the check to refuse.
  return Object.fromEntries([...merged, ...added]);
}

/** The places of a document that name an entry: while there are any, it cannot go. */
export function listReferrers(document: unknown, { section, id }: EntryPlace): string[] {
  const parsed = parseWorld(document);
  // A document that today's rules refuse is told so when the change is checked as a whole.
  if (!parsed.ok) return [];
  return listReferences(parsed.world)
    .filter((reference) => reference.to === section && reference.id === id)
    .map(({ from }) => pathText(from));
}

function withKey(map: LooseMap, key: string, value: unknown): LooseMap {
  const entries = Object.entries(map);
  const at = entries.findIndex(([each]) => each === key);
  if (at < 0) entries.push([key, value]);
  else entries[at] = [key, value];
  return Object.fromEntries(entries);
}
