// Buyers whose TLS is not good, with an authority that the process trusts: nothing of the lead is
// sent, nobody is asked without TLS instead, and the next buyer has the lead.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { afterAll, expect } from 'vitest';
import { worldTest } from '../../support/world.ts';

const pathOf = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/certificates/${name}.pem`, import.meta.url));
const key = readFileSync(pathOf('key'));

/** The requests that came through, by the server that took them. */
const heard: string[] = [];

async function listen(name: string, certificate: string, more: object = {}) {
  const cert = readFileSync(pathOf(certificate));
  const server = createServer({ key, cert, ...more }, (req, res) => {
    heard.push(name);
    req.resume().on('end', () => res.end('{"status":"rejected"}'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, close: () => server.close() };
}

const OLD = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
const servers = [
  await listen('expired', 'expired'),
  await listen('of another host', 'other-host'),
  await listen('of an old version', 'good', OLD),
  await listen('good', 'good'),
];
afterAll(() => servers.forEach((server) => server.close()));

const test = worldTest({
  env: {
    NODE_EXTRA_CA_CERTS: pathOf('authority'),
    OUTBOUND_ALLOW_PRIVATE: servers.map(({ address }) => address).join(','),
  },
});

test('F32 a certificate that is not good: nothing is sent, the next buyer is offered it', async ({
  world,
}) => {
  const bad = [];
  for (const [priority, { address }] of servers.entries()) {
    const post = { url: `https://${address}/post`, timeout: '2s' };
    bad.push(await world.buyer({ priceCents: 900, contract: { post, priority } }));
  }
  const last = await world.buyer({ priceCents: 500, contract: { priority: 99 } });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [...bad, last] }]);
  const { id } = await campaign.submitLead();
  const { attempts } = await world.settled(id);
  const tls = (code: RegExp) => ({
    state: 'not_sent',
    reason: 'connection_failed',
    detail: expect.stringMatching(code) as string,
  });
  expect(attempts).toMatchObject([
    tls(/^tls CERT_HAS_EXPIRED$/),
    tls(/^tls ERR_TLS_CERT_ALTNAME_INVALID$/),
    tls(/^tls /),
    // The authority is trusted: what is refused above is refused for its own fault.
    { state: 'rejected', reason: 'buyer_rejected' },
    { contract: last.contract, state: 'accepted' },
  ]);
  expect(heard).toEqual(['good']);
});
