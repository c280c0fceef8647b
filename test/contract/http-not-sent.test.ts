// Goal: what fails before the first byte of a request has left is never doubt, and takes no longer
// than the call may. Method: servers that take a connection and no request.

import dns from 'node:dns';
import { expect, onTestFinished, test, vi } from 'vitest';

import { createHttp } from '../../src/activities/http.ts';
import type { Reply } from '../../src/delivery/adapter.ts';
import { startSilentHost } from '../support/silent-host.ts';
import { until } from '../support/until.ts';
import { rawServer } from './raw-server.ts';

const BODY = '{"lead_id":"lead_1"}';

/** A client that may reach this port of this machine. */
function client(port: number) {
  const http = createHttp({ allowPrivate: new Set([`127.0.0.1:${port}`]), allowHttp: false });
  onTestFinished(() => http.close());
  return (url: string, timeoutMs = 5_000): Promise<Reply> =>
    http.send({ method: 'POST', url, headers: {}, body: BODY }, { timeoutMs });
}

test('nothing is sent where TLS is spoken to a server that does not', async () => {
  const plain = await rawServer((socket) => socket.end('hello'));
  expect(await client(plain.port)(`https://127.0.0.1:${plain.port}/`)).toMatchObject({
    kind: 'not_sent',
    reason: 'connection_failed',
  });
});

test('nothing is sent where the connection breaks in the middle of the handshake', async () => {
  const rude = await rawServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  expect(await client(rude.port)(`https://127.0.0.1:${rude.port}/`)).toMatchObject({
    kind: 'not_sent',
    reason: 'connection_failed',
  });
});

test('nothing is sent where the handshake takes longer than there is time', async () => {
  const silent = await rawServer(() => undefined);
  const reply = await client(silent.port)(`https://127.0.0.1:${silent.port}/`, 200);
  expect(reply).toMatchObject({ kind: 'not_sent', reason: 'late' });
  expect(reply.ms, 'T11').toBeLessThan(1_000);
});

test('nothing is sent where all connections to a buyer that hangs are taken', async () => {
  const hangs = await rawServer(() => undefined);
  const send = client(hangs.port);
  const first = Array.from({ length: 64 }, () => send(hangs.url, 1_500));
  await until('64 are under way', () => hangs.connections() === 64);
  const reply = await send(hangs.url, 200);
  expect(reply).toMatchObject({ kind: 'not_sent', reason: 'late' });
  expect(reply.ms, 'T11').toBeLessThan(1_000);
  for (const reply of await Promise.all(first)) expect(reply.kind).toBe('lost');
  expect(hangs.heard().split('POST ')).toHaveLength(65);
});

test.for([
  [300, 'late'],
  [10_000, 'connection_failed'],
] as const)(
  'F18: nothing is sent where connection requests are dropped, of %i ms',
  async ([timeoutMs, reason]) => {
    const silent = await startSilentHost();
    onTestFinished(() => silent.close());
    const port = Number(silent.address.split(':')[1]);
    const reply = await client(port)(`http://${silent.address}/`, timeoutMs);
    expect(reply).toMatchObject({ kind: 'not_sent', reason });
    // The connection has a limit of its own, below that of a patient call.
    expect(reply.ms).toBeLessThan(8_000);
  },
);

/** The DNS says this, or nothing. */
function resolveWith(code?: string): void {
  const lookup = vi
    .spyOn(dns, 'lookup')
    .mockImplementation(
      ((_host: string, _options: object, done: (error: Error) => void) =>
        code && done(Object.assign(new Error(code), { code }))) as never,
    );
  onTestFinished(() => lookup.mockRestore());
}

test.for(['ENOTFOUND', 'EAI_AGAIN'])('F33: nothing is sent where the DNS says %s', async (code) => {
  resolveWith(code);
  const reply = await client(1)('https://apex.example/');
  expect(reply).toMatchObject({ kind: 'not_sent', reason: 'connection_failed', detail: code });
});

test('F33: nothing is sent where the DNS says nothing within the limit', async () => {
  resolveWith();
  const reply = await client(1)('https://apex.example/', 300);
  expect(reply).toMatchObject({ kind: 'not_sent', reason: 'late' });
});

test('nothing is sent where a header cannot be written, or the URL is none', async () => {
  const server = await rawServer(() => undefined);
  const http = createHttp({
    allowPrivate: new Set([`127.0.0.1:${server.port}`]),
    allowHttp: false,
  });
  onTestFinished(() => http.close());
  const send = (url: string, headers: Record<string, string>) =>
    http.send({ method: 'POST', url, headers, body: BODY }, { timeoutMs: 1_000 });
  for (const secret of ['s\u2019cret', 's3cret\n']) {
    expect(await send(server.url, { authorization: `Bearer ${secret}` })).toMatchObject({
      kind: 'not_sent',
    });
  }
  expect(await send('not a URL', {})).toMatchObject({ kind: 'not_sent' });
  expect(server.heard()).toBe('');
});
