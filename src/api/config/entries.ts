// The routes of single entries of the configuration: list, read, put, patch and delete a contract,
// a campaign, a buyer, a source or a vertical. Operators are read here and changed with the whole
// world, so that nobody locks everybody out by a slip.

import type { Request } from 'express';

import type { Section } from '../../world/checks/world.ts';
import {
  type EntryPlace,
  findEntry,
  listEntries,
  listReferrers,
  mergePatch,
  SECTION_NAMES,
  withEntry,
  withoutEntry,
} from '../../world/edit.ts';
import { faultOfShape } from '../../world/parse.ts';
import type { ApiDeps } from '../deps.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { Problem } from '../problems.ts';
import { entriesQueryOf, type EntriesQuery } from '../wire/entries.ts';
import { applyChange, type Call } from './changes.ts';
import { PATCH_TYPES, readDocument } from './documents.ts';
import { entryTag, requireMatch } from './etags.ts';

/** 60,000 zips in a filter. */
const MAX_BODY_BYTES = 1024 * 1024;
const PAGE = 50;

export function createEntryRoutes(deps: ApiDeps): readonly Route[] {
  return SECTION_NAMES.flatMap((section) => {
    const reading = readingRoutes(deps, section);
    return section === 'operators' ? reading : [...reading, ...changingRoutes(deps, section)];
  });
}

function readingRoutes(deps: ApiDeps, section: Section): Route[] {
  return [
    {
      method: 'get',
      path: `/v1/${section}`,
      access: 'operator',
      handle: async (req, res) => {
        const query = expectShape(entriesQueryOf(section), req.query);
        const world = await deps.findWorldDocument();
        res.json({ version: world?.version ?? 0, ...pageOf(world?.document, section, query) });
      },
    },
    {
      method: 'get',
      path: `/v1/${section}/:id`,
      access: 'operator',
      handle: async (req, res) => {
        const { id } = placeIn(req, section);
        const world = await deps.findWorldDocument();
        const entry = findEntry(world?.document, { section, id });
        if (!world || entry === undefined) throw new Problem('no_such_entry');
        res.set('ETag', entryTag(entry)).json({ id, version: world.version, entry });
      },
    },
  ];
}

function changingRoutes(deps: ApiDeps, section: Section): Route[] {
  const path = `/v1/${section}/:id`;
  return [
    {
      method: 'put',
      path,
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: (req, res, caller) => {
        const entry = readDocument(req);
        return changeEntry(deps, { req, res, caller }, { section, make: () => entry });
      },
    },
    {
      method: 'patch',
      path,
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: (req, res, caller) => {
        const patch = readPatch(req);
        const make = (before: unknown) => mergePatch(present(before), patch);
        return changeEntry(deps, { req, res, caller }, { section, make });
      },
    },
    {
      method: 'delete',
      path,
      access: 'operator',
      handle: (req, res, caller) => deleteEntry(deps, { req, res, caller }, section),
    },
  ];
}

/** Puts what `make` makes of an entry in its place, and answers with it. */
export async function changeEntry(
  deps: ApiDeps,
  call: Call,
  { section, make }: { readonly section: Section; make(before: unknown): unknown },
): Promise<void> {
  const { req, res } = call;
  const place = placeIn(req, section);
  let [before, entry]: unknown[] = [];
  const done = await applyChange(deps, call, {
    make({ document }) {
      before = findEntry(document, place);
      entry = make(before);
      requireMatch(req, before === undefined ? undefined : entryTag(before));
      return entry === before ? document : withEntry(document, place, entry);
    },
  });
  // What was written otherwise and means the same stays as it was.
  const inForce = done.status === 'unchanged' ? before : entry;
  if (done.version !== undefined) res.set('ETag', entryTag(inForce));
  if (done.status === 'applied' && before === undefined) {
    res.status(201).location(`/v1/${section}/${place.id}`);
  }
  res.json({ id: place.id, ...done, entry: inForce });
}

async function deleteEntry(deps: ApiDeps, call: Call, section: Section): Promise<void> {
  const place = placeIn(call.req, section);
  const done = await applyChange(deps, call, {
    make({ document }) {
      requireMatch(call.req, entryTag(present(findEntry(document, place))));
      const places = listReferrers(document, place);
      if (places.length === 0) return withoutEntry(document, place);
      const errors = places.map((field) => ({
        ...{ field, says: `names ${place.id}`, fix: 'change this first' },
      }));
      throw new Problem('still_referred_to', { errors: errors.slice(0, 100) });
    },
  });
  call.res.json({ id: place.id, ...done });
}

/** An entry that is there. Throws the problem of one that is not. */
export function present(entry: unknown): unknown {
  if (entry === undefined) throw new Problem('no_such_entry');
  return entry;
}

/** Where the entry of a request stands. What cannot be an id is told by the check of the world. */
function placeIn(req: Request, section: Section): EntryPlace {
  return { section, id: String(req.params['id']) };
}

function readPatch(req: Request): unknown {
  const patch = readDocument(req, PATCH_TYPES);
  const isMap = typeof patch === 'object' && patch !== null && !Array.isArray(patch);
  const fault = isMap ? faultOfShape(patch) : { path: 'body', says: 'is no object' };
  if (!fault) return patch;
  const errors = [
    { field: fault.path || 'body', says: fault.says, fix: 'send a JSON merge patch' },
  ];
  throw new Problem('invalid_request', { errors });
}

/** By id: a list that goes on from one stays right while entries come and go. */
function pageOf(document: unknown, section: Section, query: EntriesQuery) {
  const { cursor = '', limit = PAGE, ...filter } = query;
  const found = listEntries(document, section)
    .filter(([id, entry]) => id > cursor && fits(entry, filter))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = found.slice(0, limit).map(([id, entry]) => ({ id, entry }));
  return { entries, next: found.length > limit ? (entries.at(-1)?.id ?? null) : null };
}

function fits(entry: unknown, filter: Omit<EntriesQuery, 'cursor' | 'limit'>): boolean {
  const settings = new Map(Object.entries(entry ?? {}));
  const { paused, campaign, ...others } = filter;
  if (paused !== undefined && (settings.get('paused') === true) !== (paused === 'true'))
    return false;
  const campaigns: unknown = settings.get('campaigns') ?? [settings.get('campaign')];
  if (campaign !== undefined && !(Array.isArray(campaigns) && campaigns.includes(campaign))) {
    return false;
  }
  return Object.entries(others).every(([key, value]) => settings.get(key) === value);
}
