// The configuration as a whole, its versions and what changes between them, as operators are told.

import { z } from 'zod';

import { pageLimit, wholeNumber } from './queries.ts';

const version = z.int().min(1);
const versionNumber = wholeNumber.meta({ type: 'integer' });

/** `GET /v1/world/versions`. */
export const versionsQuery = z.strictObject({
  before: versionNumber.optional().meta({ description: '`next` of the page before' }),
  limit: pageLimit,
});

/** `GET /v1/world/diff`. */
export const diffQuery = z.strictObject({
  from: versionNumber.meta({ description: 'The version before' }),
  to: versionNumber.optional().meta({ description: 'The version after; the newest unless told' }),
});

/** `POST /v1/world/rollback`. */
export const rollbackBody = z
  .strictObject({ version: version.meta({ description: 'Whose document is applied again' }) })
  .meta({ id: 'Rollback' });

/** `If-Match` of a change. */
export const changeHeaders = z.object({
  'if-match': z.string().optional().meta({
    description: 'The ETag of what you read: the change is refused with 412 if it is another now',
  }),
});

const versionHead = {
  version: z.int(),
  applied_at: z.iso.datetime(),
  applied_by: z.string(),
  summary: z.string().nullable().meta({ description: 'What it changed, in a line' }),
};

export const worldAnswer = z
  .strictObject({ ...versionHead, document: z.unknown() })
  .meta({ id: 'World' });

export const versionPage = z
  .strictObject({
    versions: z.array(z.strictObject(versionHead)),
    next: z.int().nullable().meta({ description: 'Send it as `before` for the next page' }),
  })
  .meta({ id: 'VersionPage' });

export const worldIssue = z.strictObject({
  path: z.string(),
  says: z.string(),
  fix: z.string().optional(),
});
const worldChange = z
  .strictObject({
    path: z.string(),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
  })
  .meta({ id: 'WorldChange' });

export const worldDiff = z
  .strictObject({ from: z.int(), to: z.int(), changes: z.array(worldChange) })
  .meta({ id: 'WorldDiff' });

const changed = {
  status: z.enum(['applied', 'dry_run', 'unchanged']),
  version: z.int().optional().meta({ description: 'The version in force; not in a dry run' }),
  changes: z.array(worldChange),
  warnings: z.array(worldIssue),
};

export const worldApplied = z.strictObject(changed).meta({ id: 'WorldApplied' });

/** `entry` is left out where it was deleted. */
export const entryChanged = z
  .strictObject({ id: z.string(), ...changed, entry: z.unknown().optional() })
  .meta({ id: 'EntryChanged' });
