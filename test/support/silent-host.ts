// A host that drops connection requests, as a firewall does: it listens and never takes anyone, and
// its queue is full, so that the next SYN is not answered. Linux only.

import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { until } from './until.ts';

export interface SilentHost {
  /** `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

// A thread that stands still accepts nobody.
const LISTENS = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** Resolves when its queue is full. */
export async function startSilentHost(): Promise<SilentHost> {
  const worker = new Worker(LISTENS, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  // Two fit into its queue; that the others wait as well keeps it full.
  let waiting = 0;
  const callers: Socket[] = Array.from({ length: 8 }, () => connect(port, '127.0.0.1'));
  for (const caller of callers) {
    caller.on('error', () => undefined).once('connect', () => (waiting += 1));
  }
  await until('its queue is full', () => waiting >= 2);
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      for (const caller of callers) caller.destroy();
      await worker.terminate();
    },
  };
}
