// The routes of the switches: pause and resume the whole world, or one campaign, contract, buyer or
// source. A pause counts at once: it is read again in the moment before a lead is sent.

import { PAUSABLE, withPaused } from '../../world/edit.ts';
import type { ApiDeps } from '../deps.ts';
import type { Route } from '../http/routes.ts';
import { changeWorld } from './changes.ts';
import { changeEntry, present } from './entries.ts';

const SWITCHES = { pause: true, resume: false } as const;

export function createPauseRoutes(deps: ApiDeps): readonly Route[] {
  return Object.entries(SWITCHES).flatMap(([name, paused]): Route[] => [
    {
      method: 'post',
      path: `/v1/world/${name}`,
      access: 'operator',
      handle: (req, res, caller) =>
        changeWorld(
          deps,
          { req, res, caller },
          {
            make: ({ document }) => withPaused(document, paused),
          },
        ),
    },
    ...PAUSABLE.map((section): Route => ({
      method: 'post',
      path: `/v1/${section}/:id/${name}`,
      access: 'operator',
      handle: (req, res, caller) =>
        changeEntry(
          deps,
          { req, res, caller },
          {
            section,
            make: (before) => withPaused(present(before), paused),
          },
        ),
    })),
  ]);
}
