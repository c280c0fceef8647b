// The SDK's Worker with a cheaper way into the workflow sandbox (ADR 0010 has the measurements).
// Rests on parts of the SDK that are not public: its version is pinned, and
// test/contract/lean-worker.test.ts says when they have changed.

import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import { Worker } from '@temporalio/worker';
import {
  ThreadedVMWorkflowCreator,
  VMWorkflowThreadProxy,
  WorkerThreadClient,
} from '@temporalio/worker/lib/workflow/threaded-vm.js';

type Activation = Parameters<VMWorkflowThreadProxy['activate']>[0];
type Completion = Awaited<ReturnType<VMWorkflowThreadProxy['activate']>>;

/**
 * Runs workflows as `Worker` does, without
 * - a watchdog thread for each of some thirty steps into the sandbox, against workflow code that
 *   never ends: ours has no such loop, and the server tells of a task that hangs;
 * - the stack trace of every promise (workflow-thread.ts);
 * - a second trip to the thread after each step, to ask what was logged: it is asked once, when the
 *   run ends or its task fails. Our workflows log nothing of their own;
 * - the words for its own debug log, which are put together before anyone asks for the level.
 */
export class LeanWorker extends Worker {
  protected static override async createWorkflowCreator(
    ...[workflowBundle, options, logger]: Parameters<(typeof Worker)['createWorkflowCreator']>
  ): Promise<ThreadedVMWorkflowCreator> {
    const entry = fileURLToPath(new URL('./workflow-thread.js', import.meta.url));
    Object.assign(logger, { trace: ignore, debug: ignore });
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
    return new LeanWorkflowCreator([client]);
  }
}

const ignore = (): void => undefined;

class LeanWorkflowCreator extends ThreadedVMWorkflowCreator {
  override async createWorkflow(
    options: Parameters<ThreadedVMWorkflowCreator['createWorkflow']>[0],
  ): Promise<VMWorkflowThreadProxy> {
    const [client] = this.workerThreadClients;
    if (!client) throw new Error('the workflow thread is gone');
    return LeanWorkflow.create(client, options);
  }
}

class LeanWorkflow extends VMWorkflowThreadProxy {
  #hasEnded = false;

  override async activate(activation: Activation): Promise<Completion> {
    const completion = await super.activate(activation);
    this.#hasEnded = isEnd(completion);
    return completion;
  }

  override async getAndResetSinkCalls(): ReturnType<VMWorkflowThreadProxy['getAndResetSinkCalls']> {
    return this.#hasEnded ? super.getAndResetSinkCalls() : [];
  }
}

function isEnd({ failed, successful }: Completion): boolean {
  if (failed) return true;
  return (successful?.commands ?? []).some(
    (command) =>
      command.completeWorkflowExecution ??
      command.failWorkflowExecution ??
      command.continueAsNewWorkflowExecution ??
      command.cancelWorkflowExecution,
  );
}
