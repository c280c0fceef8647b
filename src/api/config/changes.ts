// One way for every change of the configuration: as a new version, or dry; told by what it changed.

import type { Request, Response } from 'express';

import type { WorldChange, WorldIssue } from '../../world/issues.ts';
import type { ApiDeps, NextWorld } from '../deps.ts';
import type { OperatorCaller } from '../http/auth.ts';
import { expectShape } from '../http/expect.ts';
import { applyQuery } from '../wire/queries.ts';
import { invalidWorld } from './documents.ts';
import { requireMatch, worldTag } from './etags.ts';

/** One request of an operator. */
export interface Call {
  readonly req: Request;
  readonly res: Response;
  readonly caller: OperatorCaller;
}

/** What came of a change; `version` is the one in force, and missing in a dry run. */
export interface Changed {
  readonly status: 'applied' | 'dry_run' | 'unchanged';
  readonly version?: number;
  readonly changes: readonly WorldChange[];
  readonly warnings: readonly WorldIssue[];
}

/** Applies a change, or with `?dry_run=true` looks at it. Throws the problem of one with errors. */
export async function applyChange(
  deps: ApiDeps,
  { req, caller }: Call,
  { make, note }: Pick<NextWorld, 'make' | 'note'>,
): Promise<Changed> {
  const dryRun = expectShape(applyQuery, req.query).dry_run === 'true';
  const mode = dryRun ? 'dry_run' : 'apply';
  const done = await deps.applyWorld({
    ...{ by: caller.id, mode, make },
    ...(note !== undefined && { note }),
  });
  switch (done.kind) {
    case 'invalid':
      throw invalidWorld(done.errors);
    case 'unchanged':
      return { status: 'unchanged', version: done.version, changes: [], warnings: [] };
    case 'applied':
    case 'dry_run': {
      const { kind: status, ...told } = done;
      return { status, ...told };
    }
  }
}

/** A change of the whole world, with its answer; `If-Match` names the version it starts from. */
export async function changeWorld(
  deps: ApiDeps,
  call: Call,
  next: Pick<NextWorld, 'make' | 'note'> & { warn?(): readonly WorldIssue[] },
): Promise<void> {
  const done = await applyChange(deps, call, {
    ...next,
    make(current) {
      requireMatch(call.req, worldTag(current.version));
      return next.make(current);
    },
  });
  if (done.version !== undefined) call.res.set('ETag', worldTag(done.version));
  call.res.json({ ...done, warnings: [...done.warnings, ...(next.warn?.() ?? [])] });
}
