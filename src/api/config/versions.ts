// The routes of the versions of the configuration: list and show them, compare two, go back to one.

import type { Request } from 'express';

import { changeText, diffWorlds } from '../../world/diff.ts';
import { warnOfKeys } from '../../world/keys.ts';
import type { WorldIssue } from '../../world/issues.ts';
import type { ApiDeps, WorldDocument, WorldVersion } from '../deps.ts';
import { bytesOf, parseJsonObject, requireType } from '../http/body.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { Problem } from '../problems.ts';
import { diffQuery, rollbackBody, versionsQuery } from '../wire/versions.ts';
import { type Call, changeWorld } from './changes.ts';
import { sendDocument } from './documents.ts';
import { worldTag } from './etags.ts';

const PAGE = 50;
const MAX_BODY_BYTES = 1024;

export function createVersionRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/world/versions',
      access: 'operator',
      handle: async (req, res) => {
        const { before = null, limit = PAGE } = expectShape(versionsQuery, req.query);
        // One more than asked tells whether there is another page.
        const found = await deps.listWorlds({ before, limit: limit + 1 });
        const versions = found.slice(0, limit).map(toHead);
        const next = found.length > limit ? (versions.at(-1)?.version ?? null) : null;
        res.json({ versions, next });
      },
    },
    {
      method: 'get',
      path: '/v1/world/versions/:version',
      access: 'operator',
      handle: async (req, res) => {
        const world = await loadVersion(deps, versionIn(req));
        res.set('ETag', worldTag(world.version));
        sendDocument({ req, res }, { ...toHead(world), document: world.document });
      },
    },
    {
      method: 'get',
      path: '/v1/world/diff',
      access: 'operator',
      handle: async (req, res) => {
        const query = expectShape(diffQuery, req.query);
        const [from, to] = [await loadVersion(deps, query.from), await loadVersion(deps, query.to)];
        const changes = diffWorlds(from.document, to.document);
        res.vary('Accept');
        if (req.accepts(['application/json', 'text/plain']) === 'text/plain') {
          res.type('text/plain; charset=utf-8');
          return res.send(changes.map((change) => `${changeText(change)}\n`).join(''));
        }
        return res.json({ from: from.version, to: to.version, changes });
      },
    },
    {
      method: 'post',
      path: '/v1/world/rollback',
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: (req, res, caller) => rollBack(deps, { req, res, caller }),
    },
  ];
}

/** A version without its document. */
export function toHead({ version, appliedAt, appliedBy, summary }: WorldVersion) {
  return { version, applied_at: appliedAt.toISOString(), applied_by: appliedBy, summary };
}

async function rollBack(deps: ApiDeps, call: Call): Promise<void> {
  const { req, caller } = call;
  requireType(req, ['application/json']);
  const { version } = expectShape(rollbackBody, parseJsonObject(bytesOf(req)).value);
  const { document } = await loadVersion(deps, version);
  let ofKeys: readonly WorldIssue[] = [];
  return changeWorld(deps, call, {
    note: `back to version ${version}`,
    make(current) {
      ofKeys = warnOfKeys(current.document, document, caller.id);
      return document;
    },
    warn: () => ofKeys,
  });
}

async function loadVersion(deps: ApiDeps, version: number | undefined): Promise<WorldDocument> {
  const world = await deps.findWorldDocument(version);
  if (!world) throw new Problem('no_such_version');
  return world;
}

function versionIn(req: Request): number {
  const text = String(req.params['version']);
  if (!/^\d{1,15}$/.test(text)) throw new Problem('no_such_version');
  return Number(text);
}
