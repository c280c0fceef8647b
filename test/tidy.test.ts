// The rules of the house: what may import what, which names and words are banned, how long things
// may get. Each rule first proves on snippets that it can fail, then reads the whole tree.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXCEPTIONS } from './tidy/exceptions.ts';
import { houseRules, inspect } from './tidy/house.ts';
import type { Manifest } from './tidy/house.ts';
import { FLAGGED, PASSED } from './tidy/proofs.ts';
import type { Snippet } from './tidy/proofs.ts';
import { parseSource, readTree } from './tidy/source.ts';

const root = new URL('..', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest;
const rules = houseRules(manifest);
const names = rules.map(({ name }) => name);

describe('each rule can fail', () => {
  const broken = (path: string, text: string): string[] =>
    inspect([parseSource(path, text)], rules).map(({ rule }) => rule);

  // A long snippet is cut in the test's name.
  const titled = (snippets: readonly Snippet[]) =>
    snippets.map(
      ([rule, path, text]) => [rule, path, JSON.stringify(text.slice(0, 70)), text] as const,
    );

  test.for(titled(FLAGGED))('%s flags in %s: %s', ([rule, path, , text]) => {
    expect(broken(path, text)).toContain(rule);
  });

  test.for(titled(PASSED))('%s lets pass in %s: %s', ([rule, path, , text]) => {
    expect(broken(path, text)).not.toContain(rule);
  });

  test('folder size flags the sixteenth file and not the fifteenth', () => {
    const folder = (files: number) =>
      Array.from({ length: files }, (_, n) => parseSource(`src/api/a${n}.ts`, '// A file.'));
    expect(inspect(folder(16), rules).map(({ text }) => text)).toEqual([
      'src/api:1 folder size: 16 files. ' +
        'at most 15 files: give what belongs together a folder of its own',
    ]);
    expect(inspect(folder(15), rules)).toEqual([]);
  });

  test.for(names.filter((name) => name !== 'folder size'))('%s has a proof', (name) => {
    expect(FLAGGED.map(([rule]) => rule)).toContain(name);
  });

  test('a finding names file, line, rule and what to write instead', () => {
    const source = parseSource('src/domain/a.ts', '// A rule.\n\nconst a = Date.now();');
    expect(inspect([source], rules).map(({ text }) => text)).toEqual([
      'src/domain/a.ts:3 clock: the clock. take nowMs as an argument',
    ]);
  });
});

describe('the tree keeps', () => {
  const findings = inspect(readTree(root), rules);
  const isExcused = (found: { rule: string; path: string }): boolean =>
    EXCEPTIONS.some(({ rule, path }) => rule === found.rule && path === found.path);

  test.for(names)('%s', (name) => {
    const broken = findings.filter((found) => found.rule === name && !isExcused(found));
    expect(broken.map(({ text }) => text)).toEqual([]);
  });

  test('exceptions that are still needed, and no others', () => {
    const needed = findings.filter(isExcused).map(({ rule, path }) => `${rule} in ${path}`);
    const listed = EXCEPTIONS.map(({ rule, path }) => `${rule} in ${path}`);
    expect([...new Set(needed)].toSorted()).toEqual(listed.toSorted());
  });
});
