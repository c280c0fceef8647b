// The SDK's Worker, with a cheaper workflow thread. Rests on parts of the SDK that are not public:
// its version is pinned, and test/contract/lean-worker.test.ts says when they have changed.

import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import { Worker } from '@temporalio/worker';
import {
  ThreadedVMWorkflowCreator,
  WorkerThreadClient,
} from '@temporalio/worker/lib/workflow/threaded-vm.js';

/**
 * Runs workflows as `Worker` does, but for two guards that cost a quarter of a lead's CPU together:
 * a watchdog thread for each of the thirty steps into the sandbox, against workflow code that never
 * ends (ours has no such loop, and a task that hangs is told by the server as timed out); and a stack
 * trace for each promise.
 */
export class LeanWorker extends Worker {
  protected static override async createWorkflowCreator(
    ...[workflowBundle, options, logger]: Parameters<(typeof Worker)['createWorkflowCreator']>
  ): Promise<ThreadedVMWorkflowCreator> {
    const entry = fileURLToPath(new URL('./workflow-thread.js', import.meta.url));
    const client = new WorkerThreadClient(new Thread(entry), logger);
    await client.send({
      type: 'init',
      workflowBundle,
      // Undefined means no watchdog; the type knows numbers only.
      isolateExecutionTimeoutMs: undefined as unknown as number,
      reuseV8Context: true,
      registeredActivityNames: new Set(options.activities.keys()),
      hasPatchActivationCallback: false,
    });
    return new ThreadedVMWorkflowCreator([client]);
  }
}
