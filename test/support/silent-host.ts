// A host that drops connection requests, as a firewall does: it listens and never takes anyone, and
// its queue is full, so that the next SYN is not answered. Linux only.

import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

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
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50);
  });`;

/** Resolves when its queue is full. */
export async function startSilentHost(): Promise<SilentHost> {
  const worker = new Worker(LISTENS, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const callers: Socket[] = [];
  // Until one of them is not let in.
  for (let isFull = false; !isFull;) {
    const caller = connect(port, '127.0.0.1');
    callers.push(caller.on('error', () => undefined));
    isFull = await new Promise<boolean>((resolve) => {
      caller.once('connect', () => resolve(false));
      setTimeout(() => resolve(true), 300);
    });
  }
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      for (const caller of callers) caller.destroy();
      await worker.terminate();
    },
  };
}
