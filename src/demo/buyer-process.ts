// The stand-in buyers as a process of their own:
//   node dist/src/demo/buyer-process.js --port 3100 --journal <file> --config <json file>
// Several --config put the buyers of several worlds side by side. Says one line when ready; ends on
// SIGTERM, SIGINT and, with --with-parent, when stdin closes.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mergeBuyers, parseBuyersConfig } from './buyer-config.ts';
import { createBuyerServer } from './buyer-server.ts';

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3100' },
      journal: { type: 'string' },
      config: { type: 'string', multiple: true },
      'with-parent': { type: 'boolean', default: false },
    },
  });
  const { journal, config } = values;
  if (!journal || !config) throw new Error('--journal and --config are needed, each with a file');
  const worlds = config.map((file) => parseBuyersConfig(readJson(file)));
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port ${values.port} is not a port: set SLUICE_DEMO_PORT to a number`);
  }

  const buyers = createBuyerServer(mergeBuyers(worlds), { journal });
  const stop = () => void buyers.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // However the parent dies, its end of the pipe closes.
  if (values['with-parent']) process.stdin.once('close', stop).resume();

  process.stdout.write(`buyers listening on http://127.0.0.1:${await buyers.listen(port)}\n`);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON`, { cause: error });
  }
}

run().catch((error: unknown) => {
  process.stderr.write(`buyers: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
