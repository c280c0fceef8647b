// Names and words that the house does not use, each with what to write instead.

import ts from 'typescript';
import { linesMatching, spotsWhere } from './source.ts';
import type { Rule, Spot } from './source.ts';

const isCode = (path: string): boolean => /^(src|bench|test)\/.*\.tsx?$/.test(path);
const isShipped = (path: string): boolean => /^(src|bench)\/.*\.tsx?$/.test(path);
// These files have to spell the words they ban.
const isOwn = (path: string): boolean => path.startsWith('test/tidy');

const KEBAB_FILE = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|d))?\.tsx?$/;
const EMPTY_FILE_NAME = /^(utils?|helpers?|common|types|misc)$/;
const EMPTY_WORD = /(^|[-_a-z0-9])(manager|service)(?![a-z])/i;

/** A part of a path that says where code is kept and not what it is for. */
export const fileNames: Rule = {
  name: 'file name',
  instead: 'kebab-case, after what the file knows: money.ts, http.ts, cap-desk.ts',
  applies: (path) => isCode(path) && !isOwn(path),
  find: ({ path }) => {
    const parts = path.split('/');
    const spots = parts.flatMap((part): Spot[] => {
      const bare = part.replace(/\..*$/, '');
      const empty = EMPTY_FILE_NAME.test(bare) || EMPTY_WORD.test(bare);
      return empty ? [{ line: 1, says: `'${part}' says nothing` }] : [];
    });
    const file = parts.at(-1) ?? '';
    return KEBAB_FILE.test(file) ? spots : [...spots, { line: 1, says: `'${file}'` }];
  },
};

/** Names we give. Names that a package gave us (a property, what we take out of an object) pass. */
export const emptyWords: Rule = {
  name: 'empty word',
  instead: 'name the deed or the thing: capDesk, sweeper, startWorkers',
  applies: isShipped,
  find: (source) =>
    spotsWhere(source, (node) => {
      const name = declaredName(node);
      return name !== undefined && EMPTY_WORD.test(name) ? name : undefined;
    }),
};

function declaredName(node: ts.Node): string | undefined {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
  return declares && node.name && ts.isIdentifier(node.name) ? node.name.text : undefined;
}

/** What is left to do is done, or stands in the changelog or the docs where readers look. */
export const unfinished: Rule = {
  name: 'unfinished',
  instead: 'finish it, or say in the docs what is missing and why',
  applies: (path) => !isOwn(path),
  find: (source) => linesMatching(source, /\b(FIXME|TODO|XXX)\b/),
};

/** Whoever clones the project can follow each reference in it. */
export const reachable: Rule = {
  name: 'reachable reference',
  instead: 'state the fact itself, or link to a file of this repository',
  applies: (path) => !isOwn(path),
  find: (source) => linesMatching(source, /\bshared\/|(^|[\s"'`(])\/work\/|\bissues? #?\d+\b/i),
};

/** A reader meets the purpose of a file before its code. */
export const header: Rule = {
  name: 'header',
  instead: 'open the file with one to five lines on what it is for',
  applies: isCode,
  find: ({ text }) =>
    /^(#!.*\n)?\/[/*]/.test(text) ? [] : [{ line: 1, says: 'no opening comment' }],
};

/** A check is switched off in the open, with its reason. */
export const silenced: Rule = {
  name: 'silenced check',
  instead: "name the check and the reason: '// eslint-disable-next-line the-rule -- why'",
  applies: (path) => /\.tsx?$/.test(path) && !isOwn(path),
  find: (source) => linesMatching(source, /eslint-disable(?!.*[a-z] -- \w)|@ts-(ignore|nocheck)/),
};
