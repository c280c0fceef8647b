// All rules of the house in one list, and what they find in a tree.

import { declaredPackages, importTable } from './imports.ts';
import { crowdedFolders, fileLength, FOLDER_SIZE, functionLength, lineLength } from './limits.ts';
import { emptyWords, fileNames, header, reachable, silenced, unfinished } from './names.ts';
import { chance, clock, environment, waiting } from './purity.ts';
import type { Rule, Source } from './source.ts';

/** One broken rule. `text` is what a developer reads: where, what, and what to write instead. */
export interface Finding {
  readonly rule: string;
  readonly path: string;
  readonly text: string;
}

export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The rules, in the order in which they are reported. */
export function houseRules(manifest: Manifest): readonly Rule[] {
  return [
    importTable,
    declaredPackages(manifest),
    fileNames,
    emptyWords,
    header,
    unfinished,
    reachable,
    silenced,
    chance,
    clock,
    waiting,
    environment,
    fileLength,
    functionLength,
    lineLength,
    FOLDER_SIZE,
  ];
}

/** What the rules find in these files. */
export function inspect(sources: readonly Source[], rules: readonly Rule[]): Finding[] {
  const inFiles = rules.flatMap((rule) =>
    sources
      .filter(({ path }) => rule.applies(path))
      .flatMap((source) => rule.find(source).map((spot) => toFinding(rule, source.path, spot))),
  );
  const inFolders = crowdedFolders(sources).map((spot) => toFinding(FOLDER_SIZE, spot.path, spot));
  return [...inFiles, ...inFolders];
}

function toFinding(
  rule: Rule,
  path: string,
  { line, says }: { readonly line: number; readonly says: string },
): Finding {
  return { rule: rule.name, path, text: `${path}:${line} ${rule.name}: ${says}. ${rule.instead}` };
}
