// A Temporal namespace of its own for each test file, since queues and the buyers' caps are named
// alike in all of them.

import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { inject } from 'vitest';
import { prepareNamespace } from '../../src/stack/temporal/namespace.ts';
import { until } from './until.ts';

export interface TestNamespace {
  readonly name: string;
  readonly client: Client;
  close(): Promise<void>;
}

/** Registers a namespace with our search attributes and waits until workflows can be started. */
export async function createNamespace(): Promise<TestNamespace> {
  const { temporalAddress: address } = inject('stack');
  const connection = await Connection.connect({ address });
  const name = `test-${randomUUID().slice(0, 8)}`;
  await connection.workflowService.registerNamespace({
    namespace: name,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await until(`namespace ${name} is known`, async () => {
    await prepareNamespace({ namespace: name, connection: { address } });
    await connection.workflowService.listWorkflowExecutions({
      namespace: name,
      query: `LeadStatus = 'sold'`,
    });
    return true;
  });
  const client = new Client({ connection, namespace: name });
  return { name, client, close: () => connection.close() };
}
