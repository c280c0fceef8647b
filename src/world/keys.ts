// The keys of a world, by whom they open the door for: to say when an old one comes back.

import { findEntry, listEntries } from './edit.ts';
import { issueAt, type WorldIssue } from './issues.ts';

const OWNERS = ['operators', 'sources', 'buyers'] as const;

/**
 * What somebody who goes back to an old version should know about its keys: those it takes up
 * again, and that `by` would no longer be an operator.
 */
export function warnOfKeys(
  before: unknown,
  after: unknown,
  by: string | undefined,
): readonly WorldIssue[] {
  const now = new Set(OWNERS.flatMap((section) => keysIn(before, section).map(([, hash]) => hash)));
  const back = OWNERS.flatMap((section) =>
    keysIn(after, section)
      .filter(([, hash]) => !now.has(hash))
      .map(([id]) =>
        issueAt([section, id, 'keys'], 'a key that was taken out opens the door again'),
      ),
  );
  const place = { section: 'operators', id: by ?? '' } as const;
  const leaves = findEntry(before, place) !== undefined && findEntry(after, place) === undefined;
  return leaves
    ? [...back, issueAt(['operators', place.id], 'is not in it: your own key opens nothing then')]
    : back;
}

function keysIn(
  document: unknown,
  section: (typeof OWNERS)[number],
): [id: string, hash: unknown][] {
  return listEntries(document, section).flatMap(([id, entry]) => {
    const keys = typeof entry === 'object' && entry !== null && 'keys' in entry ? entry.keys : [];
    if (!Array.isArray(keys)) return [];
    return keys.map((key: unknown): [string, unknown] => [
      id,
      typeof key === 'object' && key !== null && 'sha256' in key ? key.sha256 : undefined,
    ]);
  });
}
