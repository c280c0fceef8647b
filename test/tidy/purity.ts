// What must stay out of code that runs again: the same inputs give the same answer in domain and
// workflows, and surroundings (environment, clock) come in from the entry files as arguments.

import ts from 'typescript';
import { spotsWhere } from './source.ts';
import type { Rule } from './source.ts';

const inDomain = (path: string): boolean => path.startsWith('src/domain/');
const replayed = (path: string): boolean => inDomain(path) || path.startsWith('src/workflows/');
// Entry files, and the one of the bench.
const isEntry = (path: string): boolean => /^(src\/[^/]+|bench\/main)\.ts$/.test(path);

/** Local time, chance and the locale differ between machines, and between Node versions. */
export const chance: Rule = {
  name: 'chance and locale',
  instead: 'take the time, the number or the text as an argument, computed by an activity',
  applies: replayed,
  find: (source) =>
    spotsWhere(source, (node) => {
      if (ts.isNewExpression(node) && node.expression.getText() === 'Date') return 'new Date(';
      if (ts.isIdentifier(node) && node.text === 'Intl') return 'Intl';
      if (!ts.isPropertyAccessExpression(node)) return undefined;
      if (node.name.text.startsWith('toLocale')) return node.name.text;
      return node.getText() === 'Math.random' ? 'Math.random' : undefined;
    }),
};

/** In a workflow the SDK's `Date.now()` is safe; a rule of the domain may run anywhere. */
export const clock: Rule = {
  name: 'clock',
  instead: 'take nowMs as an argument',
  applies: inDomain,
  find: (source) =>
    spotsWhere(source, (node) => {
      if (ts.isIdentifier(node) && node.text === 'performance') return 'performance';
      const reads = ts.isPropertyAccessExpression(node) && node.getText() === 'Date.now';
      const calls = ts.isCallExpression(node) && node.expression.getText() === 'Date';
      return reads || calls ? 'the clock' : undefined;
    }),
};

/** A rule that waits does not decide, it fetches. */
export const waiting: Rule = {
  name: 'waiting',
  instead: 'let the caller fetch first, and decide here from what it passes in',
  applies: inDomain,
  find: (source) =>
    spotsWhere(source, (node) => {
      if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
      if (node.kind === ts.SyntaxKind.AwaitExpression) return 'await';
      const isPromise = ts.isIdentifier(node) && node.text === 'Promise';
      return isPromise ? 'Promise' : undefined;
    }),
};

/** One place reads the environment, so one place can list what is wrong with it. */
export const environment: Rule = {
  name: 'environment',
  instead: 'add it to Config in src/config.ts and take it as an argument',
  applies: (path) => /^(src|bench)\//.test(path) && !isEntry(path),
  find: (source) =>
    spotsWhere(source, (node) => {
      const reads =
        (ts.isPropertyAccessExpression(node) && node.getText() === 'process.env') ||
        (ts.isElementAccessExpression(node) && /^process\[.env.\]$/.test(node.getText()));
      if (reads) return 'process.env';
      const imports =
        ts.isImportDeclaration(node) && /process.$/.test(node.moduleSpecifier.getText());
      const clause = imports ? (node.importClause?.getText() ?? '') : '';
      return /\benv\b/.test(clause) ? 'env of node:process' : undefined;
    }),
};
