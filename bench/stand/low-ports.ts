// Free ports below 32768: Temporal's server writes its ports into columns of type smallint, and the
// ports that the system gives away are above.

import { createServer } from 'node:net';

const LOWEST = 10_000;
const BELOW = 32_000;

/** As many different ports as asked for, each free a moment ago. */
export async function findLowPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = LOWEST + Math.floor(Math.random() * (BELOW - LOWEST));
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
