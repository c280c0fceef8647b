// What operators read of suppression lists.

import type { SuppressionDeed, SuppressionEntry } from '../../db/suppressions/read.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import type { ApiDeps } from '../deps.ts';
import {
  type CheckAnswer,
  type DeedsPage,
  deedsQuery,
  type ListsPage,
  listsQuery,
  valueQuery,
} from './wire.ts';
import { hashesToAsk } from './values.ts';

const PAGE = 50;

export function createReadingRoutes({ suppressions }: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/suppressions',
      access: 'operator',
      handle: async (req, res) => {
        const { cursor: after = '', limit = PAGE } = expectShape(listsQuery, req.query);
        // One more than asked tells whether there is another page.
        const found = await suppressions.lists({ after, limit: limit + 1 });
        const lists = found.slice(0, limit).map((one) => ({
          ...{ list: one.list, campaign: one.campaignId, entries: one.entries },
          ...{ created_by: one.createdBy, created_at: one.createdAt.toISOString() },
        }));
        const next = found.length > limit ? (lists.at(-1)?.list ?? null) : null;
        res.json({ lists, next } satisfies ListsPage);
      },
    },
    {
      method: 'get',
      path: '/v1/suppressions/check',
      access: 'operator',
      handle: async (req, res) => {
        const { kind, value } = expectShape(valueQuery, req.query);
        const hashes = hashesToAsk(kind, value);
        const lists = (await suppressions.find(kind, hashes)).map(toListing);
        const hash = hashes[0]?.toString('hex') ?? '';
        res.json({ kind, hash, listed: lists.length > 0, lists } satisfies CheckAnswer);
      },
    },
    {
      method: 'get',
      path: '/v1/suppressions/log',
      access: 'operator',
      handle: async (req, res) => {
        const { before = null, limit = PAGE } = expectShape(deedsQuery, req.query);
        const found = await suppressions.deeds({ before, limit: limit + 1 });
        const deeds = found.slice(0, limit).map(toDeed);
        const next = found.length > limit ? (deeds.at(-1)?.no ?? null) : null;
        res.json({ deeds, next } satisfies DeedsPage);
      },
    },
  ];
}

function toListing(entry: SuppressionEntry): CheckAnswer['lists'][number] {
  const { list, campaignId: campaign, kind, expiresAt, addedAt, addedBy, origin } = entry;
  return {
    ...{ list, campaign, kind, expires_at: expiresAt?.toISOString() ?? null },
    ...{ added_at: addedAt.toISOString(), added_by: addedBy, origin },
  };
}

function toDeed({ at, expiresAt, hashes, ...deed }: SuppressionDeed): DeedsPage['deeds'][number] {
  const { no, by, action, list, kind, entries, renewed, origin } = deed;
  return {
    ...{ no, at: at.toISOString(), by, action, list, kind },
    hashes: hashes && [...hashes],
    ...{ entries, renewed, expires_at: expiresAt?.toISOString() ?? null, origin },
  };
}
