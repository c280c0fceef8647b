// A proxy in front of a server, to take it away and to bring it back without touching it.

import { connect, createServer, type Socket } from 'node:net';
import { findFreePort } from '../../src/stack/ports.ts';

export interface TcpProxy {
  /** `host:port` to give to clients. */
  readonly address: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Passes connections on again, at the same address. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Passes bytes on to `target` (`host:port`) until it is cut. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const [host = '', port = ''] = target.split(':');
  const ownPort = await findFreePort();
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.pipe(other);
      // A broken half breaks the other: the error itself is what the test is about.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  const mend = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(ownPort, '127.0.0.1', () => resolve());
    });
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.resetAndDestroy();
    });
  await mend();
  return { address: `127.0.0.1:${ownPort}`, cut, mend, close: cut };
}
