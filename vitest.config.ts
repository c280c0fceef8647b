// One vitest project per shelf of tests. `npx vitest run --project unit` runs a shelf.

import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { createCountReporter } from './test/support/count-reporter.ts';

type Shelf = NonNullable<TestProjectInlineConfiguration['test']>;

function shelf(name: string, more: Shelf = {}): TestProjectInlineConfiguration {
  const include = [`test/${name}/**/*.test.ts`];
  return { extends: true, test: { name, include, ...more } };
}

// Boots PostgreSQL and the Temporal dev server, once for all shelves that name it.
const globalSetup = 'test/support/stack-setup.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    reporters: ['default', createCountReporter()],
    projects: [
      shelf('tidy', {
        include: ['test/tidy.test.ts', 'test/tidy/**/*.test.ts'],
        testTimeout: 60_000,
      }),
      // Pure functions share one process: one per file would cost more than the tests.
      shelf('unit', { isolate: false }),
      shelf('contract', { testTimeout: 30_000 }),
      // The first replay of a file bundles the workflows, which takes seconds.
      shelf('replay', { testTimeout: 60_000, hookTimeout: 60_000 }),
      // Shelves with servers run last, one at a time: their tests watch the clock.
      shelf('db', {
        globalSetup,
        testTimeout: 30_000,
        hookTimeout: 60_000,
        sequence: { groupOrder: 1 },
      }),
      shelf('end-to-end', {
        globalSetup,
        testTimeout: 60_000,
        hookTimeout: 120_000,
        fileParallelism: false,
        sequence: { groupOrder: 2 },
      }),
    ],
  },
});
