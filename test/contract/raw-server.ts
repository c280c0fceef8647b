// A server below HTTP: it hands each connection to the test, counts them, keeps what it was sent,
// and is gone when the test ends.

import net from 'node:net';
import { onTestFinished } from 'vitest';

/** Listens on a free port of this machine; `meet` is given each connection. */
export async function rawServer(meet: (socket: net.Socket) => void) {
  const sockets = new Set<net.Socket>();
  const heard: string[] = [];
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => heard.push(bytes.toString('latin1')));
    meet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as net.AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    connections: () => connections,
    open: () => sockets.size,
    heard: () => heard.join(''),
  };
}
