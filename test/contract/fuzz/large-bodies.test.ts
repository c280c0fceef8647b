// Goal: a body of any size and of the oddest text is answered at every door and route, within its
// limit, and the process keeps none of it. Method: real connections, those of bodies without an end
// written piece by piece.

import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createRoutes } from '../../../src/api/app.ts';
import type { ApiDeps } from '../../../src/api/deps.ts';
import { shoot } from '../../support/fuzz/sending.ts';
import { keys } from '../intake-world.ts';
import type { Stand } from '../api-stand.ts';
import { PLACES } from './door-requests.ts';
import { expectUnharmed, startFuzzStand } from './fuzz-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startFuzzStand();
});
afterAll(() => stand.close());

const MIB = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'a');

/** The status of the answer to a body that is begun in chunks and goes on until there is one. */
function pour(path: string, key: string, most: number): Promise<{ status: number; sent: number }> {
  const { hostname, port } = new URL(stand.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let sent = 0;
    const write = (): void => {
      while (sent < most) {
        sent += PIECE.length;
        const isFree = socket.write(`${PIECE.length.toString(16)}\r\n${PIECE}\r\n`);
        if (!isFree) return void socket.once('drain', write);
      }
    };
    socket.setTimeout(8_000, () =>
      socket.destroy(new Error(`${path}: no answer to ${sent} bytes`)),
    );
    socket.once('data', (said) => {
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1.1 (\d+)/.exec(said.toString())?.[1]), sent });
    });
    socket.once('error', reject);
    const head = [
      ...[`POST ${path} HTTP/1.1`, 'Host: sluice', 'Content-Type: application/json'],
      ...[`Authorization: Bearer ${key}`, 'Transfer-Encoding: chunked', '', ''],
    ];
    socket.write(head.join('\r\n'));
    write();
  });
}

const routes = createRoutes({} as ApiDeps).filter(
  ({ maxBodyBytes, method }) => maxBodyBytes !== undefined && method === 'post',
);
const places = [
  ...routes.map(({ path, access }) => {
    return [path.replace(/:\w+/g, 'x'), access === 'operator' ? keys.operator : keys.acme] as const;
  }),
  ...new Map(PLACES.map(({ path }) => [path, keys.acme] as const)),
];

test.for(places)('%s answers a body that never ends', async ([path, key]) => {
  // More than any limit; what the sockets between hold is not counted as sent.
  const { status, sent } = await pour(path, key, 40 * MIB);
  expect([400, 401, 403, 404, 405, 413, 415, 422]).toContain(status);
  expect(sent).toBeLessThanOrEqual(40 * MIB);
});

test('a body that never ends is refused at its limit, and its connection is closed', async () => {
  expect(await pour('/v1/leads', keys.acme, 2 * MIB)).toMatchObject({ status: 413 });
});

test('thirty bodies of 10 MB leave nothing behind', { timeout: 60_000 }, async () => {
  const body = { bytes: Buffer.alloc(10 * MIB, 'a'), type: 'application/json' };
  const headers = { Authorization: `Bearer ${keys.acme}` };
  const send = () => shoot(stand.url, { method: 'POST', uri: '/v1/leads', headers, body });
  expect(await send()).toMatchObject({ status: 413, type: 'application/problem+json' });
  const before = process.memoryUsage().arrayBuffers;
  for (let n = 0; n < 30; n += 1) expect((await send()).text).toContain('body_too_large');
  // Kept, they would be 300 MB. What the last ones left may not be collected yet.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * MIB);
  await expectUnharmed(stand);
});

const lead = (fields: string) => `{"campaign":"auto_insurance","fields":${fields}}`;
const many = (count: number, field: (n: number) => string) =>
  `{${Array.from({ length: count }, (_, n) => field(n)).join(',')}}`;
const utf8 = (text: string) => Buffer.from(text);

const ODD: [says: string, bytes: Buffer, statuses: number[], code?: string][] = [
  ['5,000 fields', utf8(lead(many(5_000, (n) => `"f${n}":1`))), [200, 422]],
  ['30,000 lists in each other', utf8(lead(`${'['.repeat(3e4)}${']'.repeat(3e4)}`)), [422]],
  ['objects as deep', utf8(lead(`${'{"a":'.repeat(1e4)}1${'}'.repeat(1e4)}`)), [422]],
  ['one name 5,000 times', utf8(lead(many(5_000, () => '"zip":"1"'))), [200, 422]],
  ['null characters', utf8(lead('{"zip":"787\\u000004","a\\u0000b":"c"}')), [200, 422]],
  ['null bytes', utf8(lead('{"zip":"787\0"}')), [400], 'malformed_json'],
  ['a byte order mark', utf8(`\ufeff${lead('{"zip":"78704"}')}`), [200]],
  ['UTF-16', Buffer.from(lead('{}'), 'utf16le'), [400]],
  ['Latin 1', Buffer.from(lead('{"first_name":"Zoë"}'), 'latin1'), [400], 'malformed_request'],
  ['right-to-left marks', utf8(lead('{"first_name":"\u202eeoZ\u200f"}')), [200]],
];
test.for(ODD)('a lead of %s is answered', async ([, bytes, statuses, code]) => {
  const headers = { Authorization: `Bearer ${keys.acme}` };
  const body = { bytes, type: 'application/json' };
  const hit = await shoot(stand.url, { method: 'POST', uri: '/v1/leads', headers, body });
  expect(statuses, hit.text.slice(0, 300)).toContain(hit.status);
  if (code) expect(JSON.parse(hit.text)).toMatchObject({ code });
  await expectUnharmed(stand);
});

test('every door answers the oddest bodies', { timeout: 120_000 }, async () => {
  for (const { path } of PLACES) {
    for (const [says, bytes] of ODD) {
      for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
        const shot = { method: 'POST', uri: path, headers: {}, body: { bytes, type } };
        const hit = await shoot(stand.url, shot);
        expect(hit.status, `${path} ${says}`).toBeLessThan(500);
      }
    }
  }
  await expectUnharmed(stand);
});
