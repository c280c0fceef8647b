// The routes of suppression lists: add, import, look up, remove, and who did what.

import type { Request } from 'express';

import type { Added, OtherScope } from '../../db/suppressions/add.ts';
import { HASH_BYTES } from '../../db/suppressions/hash.ts';
import type { ListScope } from '../../domain/suppression/suppression.ts';
import { bytesOf, requireType, textOf } from '../http/body.ts';
import { expectBody, expectShape } from '../http/expect.ts';
import type { OperatorCaller } from '../http/auth.ts';
import type { Route } from '../http/routes.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';
import {
  type ImportAnswer,
  importQuery,
  MOST_VALUES,
  type RemovalAnswer,
  type SuppressionsAnswer,
  suppressionsBody,
  valueQuery,
} from './wire.ts';
import { HASHES_TYPE, readHashes, readRows } from './import.ts';
import { createReadingRoutes } from './reading.ts';
import { cellsOf, loadHash } from './values.ts';

const MAX_BODY_BYTES = MOST_VALUES * 300;
const MAX_IMPORT_BYTES = 2 * 1024 * 1024;

export function createSuppressionRoutes(deps: ApiDeps): readonly Route[] {
  const { suppressions } = deps;
  return [
    {
      method: 'post',
      path: '/v1/suppressions',
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res, { id: by }) => {
        const { values, expires, ...body } = expectBody(suppressionsBody, req);
        const hashes = values.map((value, index) =>
          loadHash(body.kind, [value].flat(), `values.${index}`),
        );
        const { list, kind, origin = null } = body;
        const campaignId = scopeOf(deps, body.campaign);
        const expiresAt = expiryOf(expires);
        const added = inScope(
          await suppressions.add({
            ...{ list, kind, campaignId, expiresAt, by, origin, action: 'add' },
            hashes: Buffer.concat(hashes),
          }),
        );
        const place = { list, campaign: campaignId, kind };
        res.json({ ...place, ...countsOf(values.length, added) } satisfies SuppressionsAnswer);
      },
    },
    {
      method: 'post',
      path: '/v1/suppressions/imports',
      access: 'operator',
      maxBodyBytes: MAX_IMPORT_BYTES,
      handle: async (req, res, caller) => void res.json(await importRows(deps, req, caller)),
    },
    {
      method: 'delete',
      path: '/v1/suppressions/lists/:list',
      access: 'operator',
      handle: async (req, res, { id: by }) => {
        const list = String(req.params['list']);
        const removed = await suppressions.removeList({ list, by });
        if (removed === undefined) throw noSuchList();
        res.json({ list, removed } satisfies RemovalAnswer);
      },
    },
    {
      method: 'delete',
      path: '/v1/suppressions/lists/:list/entries',
      access: 'operator',
      handle: async (req, res, { id: by }) => {
        const list = String(req.params['list']);
        const { kind, value } = expectShape(valueQuery, req.query);
        const hash = loadHash(kind, cellsOf(kind, value), 'value');
        if (!(await suppressions.remove({ list, kind, hash, by }))) throw noSuchList();
        res.json({ list, removed: 1 } satisfies RemovalAnswer);
      },
    },
    ...createReadingRoutes(deps),
  ];
}

async function importRows(
  deps: ApiDeps,
  req: Request,
  { id: by }: OperatorCaller,
): Promise<ImportAnswer> {
  const query = expectShape(importQuery, req.query);
  requireType(req, ['text/csv', 'text/plain', HASHES_TYPE]);
  const { list, kind, origin = null } = query;
  const campaignId = scopeOf(deps, query.campaign);
  const expiresAt = expiryOf(query.expires);
  const { rows, hashes, bad } = req.is(HASHES_TYPE)
    ? readHashes(bytesOf(req))
    : await readRows(textOf(bytesOf(req)), query);
  const good = hashes.length / HASH_BYTES;
  const isDry = query.dry_run === 'true';
  const addition = { list, kind, campaignId, expiresAt, by, origin, hashes };
  // A file without one good row makes no list.
  const added =
    isDry || good === 0
      ? await foresee(deps, addition)
      : inScope(await deps.suppressions.add({ ...addition, action: 'import' }));
  const told = [...bad].map(([says, at]) => ({ says, rows: [...at] }));
  const place = { list, campaign: campaignId, kind };
  const counts = { ...countsOf(good, added), rows, bad: rows - good };
  return { ...place, ...counts, bad_rows: told, dry_run: isDry };
}

/** What an addition would come to; whose expiry would change is not foreseen. */
async function foresee(
  { suppressions }: ApiDeps,
  { list, kind, hashes }: Parameters<ApiDeps['suppressions']['count']>[0],
): Promise<Added> {
  const { distinct, known } = await suppressions.count({ list, kind, hashes });
  return { kind: 'added', added: distinct - known, renewed: 0 };
}

function countsOf(rows: number, { added, renewed }: Added) {
  return { rows, added, renewed, known: rows - added - renewed };
}

function inScope(told: Added | OtherScope): Added {
  if (told.kind === 'added') return told;
  const { campaignId } = told;
  const says = `the list holds in ${campaignId === null ? 'every campaign' : campaignId}`;
  const fix = 'say the same campaign, or use another list';
  throw new Problem('list_holds_elsewhere', { errors: [{ field: 'campaign', says, fix }] });
}

function scopeOf(deps: ApiDeps, campaign: string | undefined): ListScope {
  if (campaign === undefined) return null;
  if (Object.hasOwn(deps.currentWorld().world.campaigns, campaign)) return campaign;
  throw new Problem('unknown_campaign');
}

function expiryOf(expires: string | undefined): Date | null {
  if (expires === undefined) return null;
  const at = new Date(expires);
  if (at.getTime() > Date.now()) return at;
  const says = 'is past: nobody would be refused';
  const errors = [{ field: 'expires', says, fix: 'name a later day, or leave it out' }];
  throw new Problem('invalid_request', { errors });
}

function noSuchList(): Problem {
  const detail = 'GET /v1/suppressions lists them; GET /v1/suppressions/check finds a value.';
  return new Problem('not_on_list', { detail });
}
