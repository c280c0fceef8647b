// Each ESLint rule that the house relies on proves here, on one snippet, that it is switched on and
// can fail. A snippet pretends to be a file of the tree, so that type-aware rules see real types.

import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const eslint = new ESLint({ cwd: root });
const inHouse = 'src/domain/money.ts';

async function rulesBroken(text: string, path: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: `${root}${path}` });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId);
}

const flagged: [rule: string, text: string][] = [
  ['@typescript-eslint/no-floating-promises', 'Promise.resolve(1);'],
  ['@typescript-eslint/no-misused-promises', 'if (Promise.resolve(true)) throw new Error();'],
  ['@typescript-eslint/await-thenable', 'export const f = async () => await 1;'],
  ['@typescript-eslint/only-throw-error', "export const f = () => { throw 'text'; };"],
  ['@typescript-eslint/no-explicit-any', 'export const a = 1 as any;'],
  ['@typescript-eslint/no-non-null-assertion', 'export const f = (a?: string) => a!;'],
  [
    '@typescript-eslint/max-params',
    'export const f = (a = 1, b = 1, c = 1, d = 1) => a + b + c + d;',
  ],
  ['@typescript-eslint/no-unused-vars', 'const a = 1;'],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    "export const f = (a: 'x' | 'y') => { switch (a) { case 'x': return 1; } };",
  ],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    "export const f = (a: 'x' | 'y') => { switch (a) { case 'x': return 1; default: return 2; } };",
  ],
  [
    '@typescript-eslint/consistent-type-imports',
    "import { LeadId } from './ids.ts'; export type A = LeadId;",
  ],
  ['eqeqeq', 'export const f = (a: number) => a == 1;'],
  ['no-console', "console.log('a');"],
  ['no-restricted-globals', "export const a = fetch('https://example.com');"],
  ['no-restricted-syntax', 'export default 1;'],
  ['no-restricted-syntax', "export * from './ids.ts';"],
  ['no-restricted-syntax', 'export enum State { Open }'],
];

test.for(flagged)('%s flags %s', async ([rule, text]) => {
  expect(await rulesBroken(text, inHouse)).toContain(rule);
});

test('a promise that is awaited, and a switch that is whole, pass', async () => {
  const text = `
    export async function f(a: 'x' | 'y'): Promise<number> {
      switch (a) {
        case 'x':
          return await Promise.resolve(1);
        case 'y':
          return 2;
      }
    }`;
  expect(await rulesBroken(text, inHouse)).toEqual([]);
});

test('tests may call fetch, and a config file has its default export', async () => {
  expect(await rulesBroken("await fetch('https://example.com');", 'test/tidy.test.ts')).toEqual([]);
  expect(await rulesBroken('export default 1;', 'vitest.config.ts')).toEqual([]);
});
