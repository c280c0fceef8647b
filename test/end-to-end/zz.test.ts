// probe
import { test } from 'vitest';
import { createNamespace } from '../support/namespaces.ts';
test('ns', async () => {
  const t = performance.now();
  const ns = await createNamespace();
  process.stdout.write(`namespace ${performance.now() - t}\n`);
  const t2 = performance.now();
  const h = await ns.client.workflow.start('x', { workflowId: 'a', taskQueue: 'q' }).catch((e) => process.stdout.write(String(e)+String(e.cause) + '\n'));
  process.stdout.write(`start ${performance.now() - t2}\n`);
});
