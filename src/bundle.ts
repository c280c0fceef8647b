// Bundles the workflows at build time, so that a start takes no seconds of webpack.

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const workflowsPath = fileURLToPath(new URL('./workflows/index.js', import.meta.url));
const { code } = await bundleWorkflowCode({
  workflowsPath,
  // Run once for a thread, not once for each lead. Safe while no module keeps a state of its own.
  preloadModules: [workflowsPath],
  logger: new DefaultLogger('WARN'),
});
await writeFile(fileURLToPath(new URL('../workflows.js', import.meta.url)), code);
