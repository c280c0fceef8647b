// Buyers that speak formats of their own: a real server whose journal is the witness of what each
// was sent, to the byte.

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came. */
export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What one path answers. */
export type Answers = (received: Received) => {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Starts the buyers; each path has its own. */
export async function startFormatBuyers(paths: Readonly<Record<string, Answers>>) {
  const journal: Received[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const [path = ''] = (req.url ?? '').split('?');
      const body = Buffer.concat(chunks).toString('utf8');
      const received = { path, method: req.method ?? '', headers: req.headers, body };
      journal.push(received);
      const said = paths[path]?.(received) ?? { status: 404, body: 'nobody is here' };
      res.writeHead(said.status ?? 200, said.headers ?? {}).end(said.body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    journal,
    at: (path: string) => journal.filter((received) => received.path === path),
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
