// The lean Worker rests on parts of the SDK that are not public. This is what was read of them, so
// that a new version of the SDK is compared before it runs. Method: the SDK's own compiled files.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Worker } from '@temporalio/worker';
import {
  ThreadedVMWorkflowCreator,
  VMWorkflowThreadProxy,
} from '@temporalio/worker/lib/workflow/threaded-vm.js';
import { expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const read = (file: string) => readFileSync(require.resolve(`@temporalio/worker/${file}`), 'utf8');

test('the SDK is the version that was read', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  expect(
    version,
    'read src/lean-worker.ts against this version, run the bench, then say so here',
  ).toBe('1.24.0');
});

test('the methods that are overridden exist', () => {
  expect(Worker).toHaveProperty('createWorkflowCreator');
  expect(ThreadedVMWorkflowCreator.prototype).toHaveProperty('createWorkflow');
  expect(VMWorkflowThreadProxy.prototype).toHaveProperty('activate');
  expect(VMWorkflowThreadProxy.prototype).toHaveProperty('getAndResetSinkCalls');
});

test('the time limit that is left out is the one of every step into the sandbox', () => {
  const sandbox = read('lib/workflow/reusable-vm.js');
  const limits = [...sandbox.matchAll(/timeout: (\w+)/g)].map(([, value]) => value);
  expect(limits.length).toBeGreaterThan(2);
  expect(new Set(limits)).toEqual(new Set(['isolateExecutionTimeoutMs']));
});

test('promises are watched through the one hook that is left out', () => {
  const shared = read('lib/workflow/vm-shared.js');
  expect(shared.match(/promiseHooks\.createHook\(/g)).toHaveLength(1);
});
