// Goal: whatever a receiver does to a connection, a call ends in time with one of three words: it
// answered, nothing was sent, or nobody knows. Method: stub buyers and raw servers on real sockets.
// Limits of time are shown as upper bounds, wide enough for a busy machine.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createHttp } from '../../src/activities/http.ts';
import type { Reply } from '../../src/delivery/adapter.ts';
import type { BuyerBehaviour } from '../../src/demo/buyer-config.ts';
import { until } from '../support/until.ts';
import { rawServer } from './raw-server.ts';
import { apex } from './stub-buyers.ts';

const KIB = 1024;
const MOST = 256 * KIB;
const BODY = '{"lead_id":"lead_1","price_cents":900}';

/** A client that may reach these ports of this machine, and nothing else inside. */
function client(...ports: number[]) {
  const allowPrivate = new Set(ports.map((port) => `127.0.0.1:${port}`));
  const http = createHttp({ allowPrivate, allowHttp: false });
  onTestFinished(() => http.close());
  return (url: string, timeoutMs = 5_000, signal?: AbortSignal): Promise<Reply> => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'lead_1/apex/1' };
    const request = { method: 'POST', url, headers, body: BODY } as const;
    return http.send(request, { timeoutMs, ...(signal && { signal }) });
  };
}

const answer = (body: string, head = '') =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${head}\r\n${body}`;
/** A server that says the same to every request. */
const saying = (text: string | Buffer) =>
  rawServer((socket) => socket.on('data', () => socket.write(text)));

describe('an answer', () => {
  test('comes with its status and its text, and says how long it took', async () => {
    const buyer = await apex({ post: { answer: 'accept' } });
    const reply = await client(buyer.server.port)(
      `http://127.0.0.1:${buyer.server.port}/buyers/apex/post`,
    );
    expect(reply).toMatchObject({ kind: 'answer', reply: { status: 200 } });
    expect(reply).toHaveProperty('reply.body', expect.stringContaining('"accepted"'));
    expect(reply.ms).toBeLessThan(5_000);
    expect(buyer.lines()).toMatchObject([{ leadId: 'lead_1', key: 'lead_1/apex/1' }]);
  });

  test('is asked for at the path and query of the URL, with the headers and the body', async () => {
    const server = await saying(answer('{}'));
    await client(server.port)(`${server.url}leads/new?v=2`);
    expect(server.heard()).toMatch(/^POST \/leads\/new\?v=2 HTTP\/1.1\r\n/);
    expect(server.heard()).toContain('idempotency-key: lead_1/apex/1\r\n');
    expect(server.heard().endsWith(`\r\n\r\n${BODY}`)).toBe(true);
  });

  test.for([400, 404, 409, 500, 503])('of HTTP %i is an answer', async (status) => {
    const server = await saying(`HTTP/1.1 ${status} No\r\ncontent-length: 2\r\n\r\nno`);
    const reply = await client(server.port)(server.url);
    expect(reply).toMatchObject({ kind: 'answer', reply: { status, body: 'no' } });
  });

  test('in UTF-8 is read as such, and broken bytes do no harm', async () => {
    const words = await saying(answer('{"reason":"né à Łódź 😀"}'));
    const reply = await client(words.port)(words.url);
    expect(reply).toHaveProperty('reply.body', '{"reason":"né à Łódź 😀"}');
    const broken = Buffer.concat([
      Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n'),
      Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    ]);
    const bytes = await saying(broken);
    expect(await client(bytes.port)(bytes.url)).toMatchObject({ kind: 'answer' });
  });

  test('S25: that is packed is never unpacked: a bomb stays small', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * KIB * KIB));
    const head = `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n`;
    const server = await saying(Buffer.concat([Buffer.from(`${head}\r\n`), bomb]));
    const reply = await client(server.port)(server.url);
    expect(reply.kind).toBe('answer');
    expect(reply.kind === 'answer' && reply.reply.body.length).toBeLessThanOrEqual(bomb.length);
  });

  test('is heard on a new connection when the buyer has closed the old one', async () => {
    const server = await rawServer((socket) => socket.on('data', () => socket.end(answer('{}'))));
    const send = client(server.port);
    for (let time = 0; time < 3; time += 1) {
      expect((await send(server.url)).kind).toBe('answer');
      await until('the connection is closed', () => server.open() === 0);
    }
  });
});

describe('S04, T12: a redirect', () => {
  test.for([301, 302, 303, 307, 308])('of HTTP %i is not followed', async (status) => {
    const elsewhere = await saying(answer('{"status":"accepted"}'));
    const location = `location: http://127.0.0.1:${elsewhere.port}/\r\n`;
    const server = await saying(`HTTP/1.1 ${status} Go\r\n${location}content-length: 0\r\n\r\n`);
    const reply = await client(server.port, elsewhere.port)(server.url);
    expect(reply).toMatchObject({ kind: 'answer', reply: { status, body: '' } });
    expect(elsewhere.connections()).toBe(0);
  });
});

describe('T11: a receiver that takes its time', () => {
  const faults: BuyerBehaviour[] = [
    { post: { fault: 'hang' } },
    { post: { fault: 'drip' } },
    { post: { fault: 'slow_headers' } },
    { post: { fault: 'accept_then_hang' } },
    { post: { delayMs: 60_000 } },
  ];
  test.for(faults)('%j is late at the limit, however the bytes drip', async (behaviour) => {
    const buyer = await apex(behaviour);
    const { port } = buyer.server;
    const begunAt = performance.now();
    const reply = await client(port)(`http://127.0.0.1:${port}/buyers/apex/post`, 500);
    expect(reply).toMatchObject({ kind: 'lost', reason: 'late' });
    expect(reply.ms).toBeGreaterThanOrEqual(499);
    expect(performance.now() - begunAt).toBeLessThan(3_000);
  });

  test('is late when the caller’s own signal says so', async () => {
    const server = await rawServer(() => undefined);
    const closing = new AbortController();
    const reply = client(server.port)(server.url, 60_000, closing.signal);
    await until('the request has arrived', () => server.heard().includes(BODY));
    closing.abort();
    expect(await reply).toMatchObject({ kind: 'lost', reason: 'late' });
  });

  test('is cut off, and its late words are never taken for the next answer', async () => {
    let slowOnes = 0;
    const late = await rawServer((socket) => {
      socket.on('data', (bytes) => {
        const slow = bytes.toString().includes('/slow');
        if (slow) {
          slowOnes += 1;
          socket.once('close', () => (slowOnes -= 1));
        }
        const words = answer(slow ? '{"said":"slow"}' : '{"said":"fast"}');
        setTimeout(() => socket.write(words), slow ? 400 : 0);
      });
    });
    const send = client(late.port);
    expect(await send(`${late.url}slow`, 100)).toMatchObject({ kind: 'lost' });
    for (let time = 0; time < 5; time += 1) {
      expect(await send(`${late.url}fast`)).toHaveProperty('reply.body', '{"said":"fast"}');
    }
    await until('the late connection is closed', () => slowOnes === 0);
  });
});

describe('S23: an answer that is too large', () => {
  test('is one byte over 256 KiB, and no less', async () => {
    const exact = await saying(answer('a'.repeat(MOST)));
    expect(await client(exact.port)(exact.url)).toMatchObject({ kind: 'answer' });
    const over = await saying(answer('a'.repeat(MOST + 1)));
    expect(await client(over.port)(over.url)).toMatchObject({
      kind: 'lost',
      reason: 'answer_too_large',
      detail: `over ${MOST} bytes`,
    });
  });

  test('of 1 GB is cut off early, and costs little memory', async () => {
    const buyer = await apex({ post: { fault: 'huge' } });
    const { port } = buyer.server;
    const before = process.memoryUsage().rss;
    const reply = await client(port)(`http://127.0.0.1:${port}/buyers/apex/post`);
    expect(reply).toMatchObject({ kind: 'lost', reason: 'answer_too_large' });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * KIB * KIB);
  });

  test('is cut off as well where it is sent in chunks without end', async () => {
    const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
    const server = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const more = () => {
          while (!socket.destroyed && socket.write(chunk));
        };
        socket.on('drain', more);
        more();
      });
    });
    expect(await client(server.port)(server.url)).toMatchObject({ reason: 'answer_too_large' });
    await until('the connection is closed', () => server.open() === 0);
  });

  test('in its headers is lost', async () => {
    const server = await saying(answer('{}', `x-long: ${'a'.repeat(64 * KIB)}\r\n`));
    expect(await client(server.port)(server.url)).toMatchObject({ kind: 'lost' });
  });
});

describe('a connection that breaks', () => {
  const breaks: [says: string, meet: Parameters<typeof rawServer>[0]][] = [
    ['after the request', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['politely, without an answer', (socket) => socket.once('data', () => socket.end())],
    [
      'in the middle of the answer',
      (socket) =>
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"st')),
    ],
    ['after the first header', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200'))],
    ['into words that are not HTTP', (socket) => socket.once('data', () => socket.end('hello'))],
  ];
  test.for(breaks)('T1: %s leaves nobody knowing', async ([, meet]) => {
    const server = await rawServer(meet);
    expect(await client(server.port)(server.url)).toMatchObject({
      kind: 'lost',
      reason: 'connection_lost',
    });
  });

  test('T2: is not tried again', async () => {
    const server = await rawServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await client(server.port)(server.url);
    expect(server.connections()).toBe(1);
  });
});

describe('nothing was sent', () => {
  test('T2: where nobody listens', async () => {
    const gone = await rawServer(() => undefined);
    const nobody = await apex({});
    const { port } = nobody.server;
    await nobody.server.close();
    expect(await client(port, gone.port)(`http://127.0.0.1:${port}/`)).toMatchObject({
      kind: 'not_sent',
      reason: 'connection_failed',
      detail: 'ECONNREFUSED',
    });
  });

  test('where the name does not exist', async () => {
    expect(await client()('https://nobody.invalid/')).toMatchObject({
      kind: 'not_sent',
      reason: 'connection_failed',
    });
  });

  test('S01: to an address that may not be called, whatever its neighbour is', async () => {
    const [listed, other] = [await saying(answer('{}')), await saying(answer('{}'))];
    const send = client(listed.port);
    expect((await send(listed.url)).kind).toBe('answer');
    for (const url of [
      other.url,
      `http://localhost:${listed.port}/`,
      'https://10.0.0.1/',
      'http://nobody.invalid/',
      'https://nobody.invalid:5432/',
      'https://me:secret@nobody.invalid/',
    ]) {
      expect(await send(url), url).toMatchObject({ kind: 'not_sent', reason: 'address_refused' });
    }
    expect(other.connections()).toBe(0);
  });
});

test('T12: a certificate that nobody vouches for is refused, and no lead is told', async () => {
  const fixture = (kind: string) =>
    readFileSync(new URL(`../fixtures/nobody-vouches.${kind}.pem`, import.meta.url));
  let requests = 0;
  const server = createServer({ key: fixture('key'), cert: fixture('cert') }, (_req, res) => {
    requests += 1;
    res.end('{"status":"accepted"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const reply = await client(port)(`https://127.0.0.1:${port}/`);
  const detail = 'tls DEPTH_ZERO_SELF_SIGNED_CERT';
  expect(reply).toMatchObject({ kind: 'not_sent', reason: 'connection_failed', detail });
  expect(requests).toBe(0);
});

test('closing ends what is under way', async () => {
  const server = await rawServer(() => undefined);
  const http = createHttp({
    allowPrivate: new Set([`127.0.0.1:${server.port}`]),
    allowHttp: false,
  });
  const request = { method: 'POST', url: server.url, headers: {}, body: BODY } as const;
  const reply = http.send(request, { timeoutMs: 60_000 });
  await until('the request has arrived', () => server.heard().includes(BODY));
  await http.close();
  expect(await reply).toMatchObject({ kind: 'lost', reason: 'connection_lost' });
});
