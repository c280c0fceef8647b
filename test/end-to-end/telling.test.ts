// Sources, buyers and the operator are told what became of a lead, by a real process that is killed
// between a message and its mark. The receivers' own journals are the witness.

import { afterAll, expect } from 'vitest';
import { NEXT_SECRET, SECRET, startReceiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';
import { worldTest } from '../support/world.ts';

const receiver = await startReceiver();
afterAll(() => receiver.close());

const test = worldTest({
  env: {
    ...{ SOURCE_HOOK: SECRET, BUYER_HOOK: NEXT_SECRET },
    OUTBOUND_ALLOW_PRIVATE: receiver.address,
  },
});

test(
  'F55 killed between a message and its mark: sent again under its id, and none is lost',
  { timeout: 120_000 },
  async ({ world }) => {
    const [serve] = world.processes;
    const buyer = await world.buyer({ priceCents: 900, crm: {} });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
    const hook = (path: string, secret: string) => ({
      webhooks: { hook: { url: receiver.urlOf(path), secrets: [`env:${secret}`], timeout: '10s' } },
    });
    receiver.know('/buyer', NEXT_SECRET);
    for (const [path, body] of [
      ['/v1/sources/acme', hook('/source', 'SOURCE_HOOK')],
      [`/v1/buyers/${buyer.id}`, hook('/buyer', 'BUYER_HOOK')],
    ] as const) {
      expect((await world.operator('PATCH', path, body)).http, path).toBe(200);
    }

    // It takes the message and never answers: what stands there when the process dies is unmarked.
    receiver.answer('/source', 'hang');
    const first = await campaign.submitLead();
    await receiver.until('/source', 1, 20_000);
    await serve?.kill();
    receiver.answer('/source', { status: 204 });
    await serve?.start();
    const second = await campaign.submitLead();
    await Promise.all([first, second].map(({ id }) => world.done(id)));

    await receiver.until('/source', 3, 60_000);
    const told = receiver.at('/source').map(({ id, type, data }) => [data['lead'], type, id]);
    const [unmarked] = told;
    expect(told.filter(([, , id]) => id === unmarked?.[2])).toHaveLength(2);
    expect(new Set(told.map(([lead, type]) => `${String(lead)} ${String(type)}`))).toEqual(
      new Set([first, second].map(({ id }) => `${id} lead.sold`)),
    );

    // By its id: what was taken in the moment of the kill may come again.
    const taken = () => new Map(receiver.taken('/buyer').map((message) => [message.id, message]));
    await until('four messages for the buyer', () => taken().size === 4, 60_000);
    const perLead = (lead: string) =>
      [...taken().values()]
        .filter(({ data }) => data['lead'] === lead)
        .map(({ type, data }) => [data['sequence'], type]);
    for (const { id } of [first, second]) {
      expect(perLead(id)).toEqual([
        [1, 'lead.sold'],
        [2, 'lead.delivered'],
      ]);
    }
    const all = [...receiver.at('/source'), ...receiver.at('/buyer')];
    expect(all.every(({ verified }) => verified)).toBe(true);
    // What is not the source's to know is not said.
    expect(
      receiver
        .at('/source')
        .map(({ text }) => text)
        .join(),
    ).not.toMatch(new RegExp(`price|margin|${buyer.id}`));
  },
);
