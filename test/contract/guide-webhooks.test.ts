// The page on webhooks: its world is right, and its receiver takes what Sluice sends, once, and
// refuses what somebody else sends.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

import { createHttp } from '../../src/activities/http.ts';
import type { KeptEvent } from '../../src/domain/events/event.ts';
import { sourceWebhooks } from '../../src/world/schema/events/webhook.ts';
import { listWebhooks } from '../../src/domain/events/webhook.ts';
import { sendEvent } from '../../src/serving/events/send.ts';
import { toLeadId } from '../../src/domain/ids.ts';
import { findFreePort } from '../../src/stack/ports.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { guideExample } from '../support/guide.ts';
import { NEXT_SECRET, SECRET } from '../support/receiver.ts';
import { until } from '../support/until.ts';
import { smallDocument } from './world-document.ts';

interface Shown {
  webhooks: object;
  sources: Record<string, object>;
  buyers: Record<string, object>;
}

const page = new URL('../../docs/guides/webhooks.md', import.meta.url);

test('the world of the page has the webhooks that it shows', () => {
  const shown = parse(guideExample('webhooks.md', 'three receivers')) as Shown;
  const document = structuredClone(smallDocument()) as unknown as Shown;
  document.webhooks = shown.webhooks;
  Object.assign(document.sources['acme'] ?? {}, shown.sources['acme']);
  Object.assign(document.buyers['apex'] ?? {}, shown.buyers['apex']);
  const parsed = parseWorld(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  expect(listWebhooks(parsed.world)).toMatchObject([
    { id: 'operator/ops', timeoutMs: 15_000 },
    { id: 'source/acme/tracker', events: ['lead.sold', 'lead.rejected'] },
    { id: 'buyer/apex/crm', timeoutMs: 10_000, secrets: { length: 2 } },
  ]);
});

test('a source cannot ask for what is not its own', () => {
  const hook = { url: 'https://a.example/', secrets: ['env:A'], events: ['cap.reached'] };
  expect(sourceWebhooks.safeParse({ crm: hook }).success).toBe(false);
});

test('the receiver of the page takes an event once, and none with a wrong signature', async () => {
  const [, program = ''] =
    /```js\n(\/\/ example: a receiver\n[^]*?)```/.exec(readFileSync(page, 'utf8')) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'sluice-receiver-'));
  const port = await findFreePort();
  writeFileSync(join(folder, 'receiver.mjs'), program);
  symlinkSync(
    new URL('../../node_modules', import.meta.url).pathname,
    join(folder, 'node_modules'),
  );
  const env = { ...process.env, HOOK_SECRET: SECRET, PORT: String(port) };
  const receiver = spawn(process.execPath, ['receiver.mjs'], { cwd: folder, env });
  const address = `127.0.0.1:${port}`;
  const http = createHttp({ allowPrivate: new Set([address]), allowHttp: false });
  onTestFinished(async () => {
    receiver.kill();
    rmSync(folder, { recursive: true, force: true });
    await http.close();
  });
  let printed = '';
  receiver.stdout.on('data', (part: Buffer) => (printed += part.toString()));

  const lead = {
    ...{ id: toLeadId('01KATJ7Q1M3W8Y4E2S5X6ZRB0N'), sourceId: 'acme', campaignId: 'auto' },
    ...{ externalId: null, test: false },
  } as const;
  const event: KeptEvent = {
    ...{ id: 'evt_1', type: 'lead.unsold', at: '2026-11-27T12:00:00.000Z', sequence: 1, lead },
    payload: { reason: 'no_bids' },
  };
  const send = (secret: string) =>
    sendEvent({ send: http.send, readSecret: async () => secret, nowMs: Date.now() }, event, {
      ...{ id: 'source/acme/crm', party: { kind: 'source', id: 'acme' }, secrets: ['env:A'] },
      ...{ url: `http://${address}/`, events: [], timeoutMs: 5_000 },
    });
  await until('it is taken', async () => (await send(SECRET)).kind === 'taken');
  expect(await send(SECRET)).toEqual({ kind: 'taken' });
  expect(await send(NEXT_SECRET)).toMatchObject({ kind: 'failed', detail: 'HTTP 400' });
  await until('it is printed', () => printed !== '');
  expect(printed).toBe(`lead.unsold ${lead.id}\n`);
});
