// What ESLint checks natively: promises, whole switches, and the bans that are a matter of syntax.
// What depends on a file's place in the house (imports, names, lengths) is checked by test/tidy.

import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const BANNED_SYNTAX = [
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Export it by name: a default export is called something else in each file.',
  },
  {
    selector: 'ExportAllDeclaration',
    message: 'Export each thing by name, so that a reader finds where it comes from.',
  },
  {
    selector: 'TSEnumDeclaration',
    message: "Write a union of strings ('open' | 'full'), or an object with `as const`.",
  },
];

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.sluice/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: ['error', 'smart'],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...BANNED_SYNTAX],
    },
  },
  {
    files: ['src/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Use undici: it keeps the deadline, the limits and the guard.' },
      ],
    },
  },
  {
    // Here outcomes are decided: a `default` would hide the one that is added next.
    files: ['src/domain/**/*.ts', 'src/workflows/**/*.ts', 'src/activities/**/*.ts'],
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false },
      ],
    },
  },
  {
    // Tools ask for the default export of their config file.
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', ...BANNED_SYNTAX.slice(1)] },
  },
  {
    // Express knows an error handler by its four parameters; pino-http calls with four.
    files: ['src/api/problems.ts', 'src/api/http/logging.ts'],
    rules: { '@typescript-eslint/max-params': ['error', { max: 4 }] },
  },
);
