// Ends a test run with one plain line for scripts, `N passed, N failed`, counted from the results
// themselves. A file or suite that broke before its tests ran counts as one failure: a run must
// never look green because nothing could be counted.

import type { Reporter, TestModule, TestSuite } from 'vitest/node';

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Passed and failed tests; a fault outside any test (a file, a hook, the run) is a failure. */
export function countResults(modules: readonly TestModule[], strayErrors: number): Counts {
  let passed = 0;
  let failed = strayErrors;
  for (const module of modules) {
    const groups: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
    failed += groups.filter((group) => group.errors().length > 0).length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed += 1;
      // A test still pending at the end died with its process.
      if (state === 'failed' || state === 'pending') failed += 1;
    }
  }
  return { passed, failed };
}

/** The line itself. An exit code that no counted failure explains is one failure more. */
export function countLine({ passed, failed }: Counts, exitCode: number): string {
  return `${passed} passed, ${failed === 0 && exitCode !== 0 ? 1 : failed} failed`;
}

/** A vitest reporter; printing waits for the process to exit, so that nothing comes after it. */
export function createCountReporter(): Reporter {
  let counts: Counts = { passed: 0, failed: 0 };
  return {
    // Not at creation: the config file is read once per shelf, but runs once.
    onInit() {
      process.once('exit', (code) => process.stdout.write(`${countLine(counts, code)}\n`));
    },
    onTestRunEnd(modules, errors) {
      counts = countResults(modules, errors.length);
    },
  };
}
