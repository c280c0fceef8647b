// The routes of the whole configuration: read it, apply a new version, go back to an old one.

import type { ApiDeps } from '../deps.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { Problem } from '../problems.ts';
import { worldQuery } from '../wire/queries.ts';
import { changeWorld } from './changes.ts';
import { MAX_WORLD_BYTES, readDocument, sendDocument } from './documents.ts';
import { worldTag } from './etags.ts';
import { toHead } from './versions.ts';

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
        res.set('ETag', worldTag(world.version));
        sendDocument({ req, res }, { ...toHead(world), document: world.document });
      },
    },
    {
      method: 'put',
      path: '/v1/world',
      access: 'operator',
      maxBodyBytes: MAX_WORLD_BYTES,
      handle: (req, res, caller) => {
        const document = readDocument(req);
        return changeWorld(deps, { req, res, caller }, { make: () => document });
      },
    },
  ];
}
