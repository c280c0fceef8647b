// The thread that workflows run in: the SDK's own, told first not to keep a stack trace of every
// promise. That bookkeeping serves only the "Call Stack" page of the Temporal UI, and took a tenth
// of the CPU of a lead (ADR 0010).

import v8 from 'node:v8';

v8.promiseHooks.createHook = () => () => undefined;

await import('@temporalio/worker/lib/workflow/workflow-worker-thread.js');
