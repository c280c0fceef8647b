// Reads the tree for the house checks, and holds the words in which they report.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One file of the tree. `path` is relative to the root, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** The syntax tree of a TypeScript file; undefined for any other text. */
  readonly tree: ts.SourceFile | undefined;
}

/** Where a rule is broken (lines count from 1), and what was found there. */
export interface Spot {
  readonly line: number;
  readonly says: string;
}

/** A rule of the house. It looks at one file at a time; `instead` tells what to write. */
export interface Rule {
  readonly name: string;
  readonly instead: string;
  readonly applies: (path: string) => boolean;
  readonly find: (source: Source) => readonly Spot[];
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.sluice', 'coverage', 'histories']);
const TEXT =
  /\.(ts|tsx|js|json|md|ya?ml|sql|sh|go|html|css)$|(^|\/)(Dockerfile|run|\.env\.example)$/;

export function parseSource(path: string, text: string): Source {
  const isTypeScript = /\.tsx?$/.test(path);
  const tree = isTypeScript
    ? ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    : undefined;
  return { path, text, tree };
}

/** Every text file below `root` that people write, parsed. */
export function readTree(root: string): Source[] {
  const read = (folder: string): Source[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      if (SKIPPED.has(entry.name)) return [];
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return read(path);
      const isOurs = TEXT.test(path) && entry.name !== 'package-lock.json';
      return isOurs ? [parseSource(path, readFileSync(join(root, path), 'utf8'))] : [];
    });
  return read('');
}

/** Visits every node of the file, outermost first. Visits nothing in a file without a tree. */
export function eachNode(source: Source, visit: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    visit(node);
    ts.forEachChild(node, walk);
  };
  if (source.tree) walk(source.tree);
}

/** The spots of all nodes for which `says` has something to say. */
export function spotsWhere(
  source: Source,
  says: (node: ts.Node) => string | undefined,
): readonly Spot[] {
  const spots: Spot[] = [];
  eachNode(source, (node) => {
    const found = says(node);
    if (found !== undefined) spots.push({ line: lineOf(node), says: found });
  });
  return spots;
}

/** The spots of all lines that match. */
export function linesMatching(source: Source, pattern: RegExp): readonly Spot[] {
  return source.text.split('\n').flatMap((text, index) => {
    const match = pattern.exec(text);
    return match ? [{ line: index + 1, says: match[0].trim() }] : [];
  });
}

export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}
