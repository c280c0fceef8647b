// The limits of the house. They are habits to think with: a file cut in two to please this check is
// worse than 301 lines. Where a limit is wrong, exceptions.ts lists the place with the reason.

import { posix } from 'node:path';
import ts from 'typescript';
import { lineOf, spotsWhere } from './source.ts';
import type { Rule, Source, Spot } from './source.ts';

const FILE_LINES = 300;
const FUNCTION_LINES = 70;
const LINE_CHARACTERS = 100;
const FOLDER_FILES = 15;

export const fileLength: Rule = {
  name: 'file length',
  instead: `at most ${FILE_LINES} lines: move the second thing it is about into a file of its own`,
  applies: (path) => /^(src|bench|test)\/.*\.tsx?$/.test(path),
  find: ({ text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > FILE_LINES ? [{ line: FILE_LINES + 1, says: `${lines} lines` }] : [];
  },
};

/**
 * A factory is a list of named functions, so what they hold counts for them and not for it. Test
 * files are left out: what a `describe` holds is a list as well.
 */
export const functionLength: Rule = {
  name: 'function length',
  instead: `at most ${FUNCTION_LINES} lines: give the steps names`,
  applies: (path) => /^(src|bench)\/.*\.tsx?$/.test(path),
  find: (source) =>
    spotsWhere(source, (node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return undefined;
      const lines = linesOf(node) - linesOfNamedInside(node);
      return lines > FUNCTION_LINES ? `${lines} lines` : undefined;
    }),
};

function linesOf(node: ts.Node): number {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.end);
  return line + 1 - lineOf(node) + 1;
}

function linesOfNamedInside(node: ts.Node): number {
  let lines = 0;
  ts.forEachChild(node, (child) => {
    const named = ts.isFunctionDeclaration(child) || ts.isMethodDeclaration(child);
    lines += named ? linesOf(child) : linesOfNamedInside(child);
  });
  return lines;
}

const NAMES_A_TEST = /^\s*(test|describe|it)\(|^\s*\[?'[^']+',$/;

export const lineLength: Rule = {
  name: 'line length',
  instead: `at most ${LINE_CHARACTERS} characters: break the text or the expression`,
  applies: (path) => /\.(tsx?|sql|go|sh|ya?ml)$/.test(path),
  find: ({ text }) =>
    text.split('\n').flatMap((content, index) => {
      const { length } = [...content];
      // The sentence that names a test stays in one piece: it is searched for and printed whole.
      if (NAMES_A_TEST.test(content)) return [];
      return length > LINE_CHARACTERS ? [{ line: index + 1, says: `${length} characters` }] : [];
    }),
};

/** Counts folders, not files, so it is answered by `crowdedFolders`. */
export const FOLDER_SIZE: Rule = {
  name: 'folder size',
  instead: `at most ${FOLDER_FILES} files: give what belongs together a folder of its own`,
  applies: () => false,
  find: () => [],
};

/** The folders with more files than a reader takes in at a glance. Tests mirror src: no limit. */
export function crowdedFolders(sources: readonly Source[]): (Spot & { readonly path: string })[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) {
    if (!/^(src|bench)\/.*\.tsx?$/.test(path)) continue;
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].flatMap(([path, files]) =>
    files > FOLDER_FILES ? [{ path, line: 1, says: `${files} files` }] : [],
  );
}
