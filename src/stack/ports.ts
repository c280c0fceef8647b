// Ports of this machine: is one free, and which variable moves us to another.

import { createServer } from 'node:net';
import { codeOf, StackError } from './stack-error.ts';

/** A port that one of our processes will listen on, and the variable that changes it. */
export interface PortClaim {
  readonly port: number;
  readonly variable: string;
  readonly host: string;
}

/**
 * Resolves if nobody listens on the port, else throws a `StackError` that names the variable to
 * change. It waits a second and a half first: a stack that was just killed still holds its ports.
 */
export async function assertPortFree({ port, variable, host }: PortClaim): Promise<void> {
  const deadline = Date.now() + 1500;
  for (;;) {
    const code = await tryToListen(port, host);
    if (code === undefined) return;
    if (code !== 'EADDRINUSE') throw cannotListen({ port, variable, host }, code);
    if (Date.now() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new StackError(
    `port ${port} is taken; set ${variable} to a free one`,
    `Find out who has it with "lsof -i :${port}", or run again with ${variable}=<a free port>.`,
  );
}

/** A port that was free a moment ago, for tests and benches that run beside other stacks. */
export async function findFreePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** The error code with which the port is refused, or undefined if it can be had. */
async function tryToListen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(codeOf(error) ?? error.message));
    server.listen({ port, host }, () => server.close(() => resolve(undefined)));
  });
}

function cannotListen({ port, variable, host }: PortClaim, code: string): StackError {
  const what = `cannot listen on ${host}:${port} (${code})`;
  if (code !== 'EACCES') return new StackError(what, `Check the address, or change ${variable}.`);
  return new StackError(what, `Ports below 1024 need root: set ${variable} to a higher one.`);
}
