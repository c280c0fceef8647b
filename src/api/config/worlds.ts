// The routes of the configuration: read it, apply a new version, see what versions there were.

import type { Request, Response } from 'express';

import type { WorldIssue } from '../../world/issues.ts';
import { readWorldText } from '../../world/read.ts';
import type { ApiDeps, WorldVersion } from '../deps.ts';
import type { OperatorCaller } from '../http/auth.ts';
import { bytesOf, requireType, textOf } from '../http/body.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { Problem } from '../problems.ts';
import { applyQuery, worldQuery, worldsQuery } from '../wire/queries.ts';

const MAX_BODY_BYTES = 5 * 1024 * 1024;
const PAGE = 50;

/** Media types of a document, and the file name by which its syntax is known. */
export const WORLD_TYPES: Readonly<Record<string, string>> = {
  'application/json': 'world.json',
  'application/yaml': 'world.yaml',
  'application/x-yaml': 'world.yaml',
  'text/yaml': 'world.yaml',
};

export function createWorldRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/world',
      access: 'operator',
      handle: async (req, res) => {
        const { version } = expectShape(worldQuery, req.query);
        const world = await deps.findWorldDocument(version);
        if (!world) throw new Problem('no_such_version');
        res.json({ ...toHead(world), document: world.document });
      },
    },
    {
      method: 'put',
      path: '/v1/world',
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: (req, res, caller) => apply(deps, { req, res, caller }),
    },
    {
      method: 'get',
      path: '/v1/worlds',
      access: 'operator',
      handle: async (req, res) => {
        const { before = null, limit = PAGE } = expectShape(worldsQuery, req.query);
        // One more than asked tells whether there is another page.
        const found = await deps.listWorlds({ before, limit: limit + 1 });
        const worlds = found.slice(0, limit).map(toHead);
        res.json({ worlds, next: found.length > limit ? (worlds.at(-1)?.version ?? null) : null });
      },
    },
  ];
}

function toHead({ version, appliedAt, appliedBy }: WorldVersion) {
  return { version, applied_at: appliedAt.toISOString(), applied_by: appliedBy };
}

async function apply(
  deps: ApiDeps,
  { req, res, caller }: { req: Request; res: Response; caller: OperatorCaller },
): Promise<void> {
  const dryRun = expectShape(applyQuery, req.query).dry_run === 'true';
  const document = readDocument(req);
  const done = await deps.applyWorld(document, caller.id, dryRun ? 'dry_run' : 'apply');
  switch (done.kind) {
    case 'invalid':
      throw invalid(done.errors);
    case 'unchanged':
      res.json({ status: 'unchanged', version: done.version, changes: [], warnings: [] });
      return;
    case 'applied': {
      const { version, changes, warnings } = done;
      res.json({ status: 'applied', version, changes, warnings });
      return;
    }
    case 'dry_run': {
      const { changes, warnings } = done;
      res.json({ status: 'dry_run', changes, warnings });
      return;
    }
  }
}

function readDocument(req: Request): unknown {
  requireType(req, Object.keys(WORLD_TYPES));
  const [type = ''] = (req.get('content-type') ?? '').split(';');
  const fileName = WORLD_TYPES[type.trim().toLowerCase()] ?? 'world.yaml';
  const read = readWorldText(textOf(bytesOf(req)), fileName);
  if (read.ok) return read.document;
  const { line, column, says } = read.issue;
  throw invalid([{ path: `line ${line}, column ${column}`, says }]);
}

function invalid(issues: readonly WorldIssue[]): Problem {
  const errors = issues.map(({ path, says, fix }) => ({
    field: path === '' ? 'document' : path,
    says,
    ...(fix !== undefined && { fix }),
  }));
  return new Problem('invalid_world', { errors });
}
