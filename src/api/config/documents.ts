// World documents, and parts of them, as they come in and go out: JSON or YAML.

import type { Request, Response } from 'express';

import type { WorldIssue } from '../../world/issues.ts';
import { readWorldText } from '../../world/read.ts';
import { worldYaml } from '../../world/write.ts';
import { bytesOf, requireType, textOf } from '../http/body.ts';
import { Problem } from '../problems.ts';

/** Media types of a document, and the file name by which its syntax is known. */
export const WORLD_TYPES: Readonly<Record<string, string>> = {
  'application/json': 'world.json',
  'application/yaml': 'world.yaml',
  'application/x-yaml': 'world.yaml',
  'text/yaml': 'world.yaml',
};

/** Media types of a merge patch. */
export const PATCH_TYPES: Readonly<Record<string, string>> = {
  'application/merge-patch+json': 'patch.json',
  'application/json': 'patch.json',
};

/** The longest document of a whole world. */
export const MAX_WORLD_BYTES = 5 * 1024 * 1024;

/** The body as a document. Throws the problem of one that cannot be read, with line and column. */
export function readDocument(req: Request, types = WORLD_TYPES): unknown {
  requireType(req, Object.keys(types));
  const [type = ''] = (req.get('content-type') ?? '').split(';');
  const fileName = types[type.trim().toLowerCase()] ?? 'world.yaml';
  const read = readWorldText(textOf(bytesOf(req)), fileName);
  if (read.ok) return read.document;
  const { line, column, says } = read.issue;
  throw invalidWorld([{ path: `line ${line}, column ${column}`, says }]);
}

/** The problem of a world with errors. */
export function invalidWorld(issues: readonly WorldIssue[]): Problem {
  const errors = issues.map(({ path, says, fix }) => ({
    field: path === '' ? 'document' : path,
    says,
    ...(fix !== undefined && { fix }),
  }));
  return new Problem('invalid_world', { errors });
}

/** Answers with `body` as JSON, or for those who ask for YAML with the document alone. */
export function sendDocument(
  { req, res }: { readonly req: Request; readonly res: Response },
  body: { readonly document: unknown },
): void {
  res.vary('Accept');
  const wanted = req.accepts(['application/json', 'application/yaml', 'text/yaml']);
  if (wanted !== 'application/yaml' && wanted !== 'text/yaml') return void res.json(body);
  res.type(`${wanted}; charset=utf-8`).send(worldYaml(body.document));
}
