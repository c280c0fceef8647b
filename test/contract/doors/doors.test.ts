// Goal: a supplier's client that changes nothing but its base URL is understood and answered in its
// own words, whatever it sends. Method: real HTTP with the back end in memory.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { cents } from '../../../src/domain/money.ts';
import { toLeadId } from '../../../src/domain/ids.ts';
import type { Source } from '../../../src/domain/world/world.ts';
import type { Pinged } from '../../../src/domain/ping.ts';
import { FORMATS } from '../../../src/intake/doors/formats.ts';
import { until } from '../../support/until.ts';
import { type Stand, startStand } from '../api-stand.ts';
import { keys, world } from '../intake-world.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
beforeEach(() => {
  stand.leads.length = 0;
  stand.outcome = { kind: 'unsold', reason: 'no_bids' };
});
afterAll(() => stand.close());

const controls = { lp_campaign_id: '77', lp_supplier_id: '1234', lp_key: keys.door };
const person = { first_name: 'Ann', phone: '(512) 555-0142', zip_code: '00704' };

async function post(path: string, body: Record<string, string>, at = stand) {
  const response = await fetch(at.url + path, { method: 'POST', body: new URLSearchParams(body) });
  const told = (await response.json()) as Record<string, unknown>;
  return { status: response.status, told };
}

describe('a direct post', () => {
  test('is sold, and answered with the payout', async () => {
    const sales = [{ contractId: 'bolt', priceCents: cents(1200) }];
    stand.outcome = { kind: 'sold', payoutCents: cents(960), sales };
    const { status, told } = await post('/direct_post', { ...controls, ...person });
    const [lead] = stand.leads;
    expect(status).toBe(200);
    expect(told).toMatchObject({ status: 'ACCEPTED', code: 0, lead_id: lead?.id, payout: 9.6 });
    expect(lead?.draft).toMatchObject({ sourceId: 'acme', campaignId: 'auto_insurance' });
    expect(lead?.draft.fields).toEqual({ first_name: 'Ann', phone: '+15125550142', zip: '00704' });
  });

  const refusals: [what: string, body: Record<string, string>, code: number][] = [
    ['a wrong key', { ...controls, lp_key: 'guessed', ...person }, 1002],
    ['no key', { lp_campaign_id: '77', lp_supplier_id: '1234', ...person }, 1002],
    ['another account', { ...controls, lp_supplier_id: '1', ...person }, 1002],
    ['two values for one field', { ...controls, ...person, zip: '78704', ZIP: '1' }, 1001],
  ];
  test.for(refusals)('with %s is refused with a code, and not kept', async ([, body, code]) => {
    const { status, told } = await post('/direct_post', body);
    expect(status).toBe(200);
    expect(told).toMatchObject({ status: 'ERROR', code, message: expect.any(String) });
    expect(stand.leads).toEqual([]);
  });

  test.for(['/DIRECT_POST', '/direct_post/', '/ingest', '/in/leadprosper/direct_post'])(
    'is taken at %s',
    async (path) => {
      await post(path, { ...controls, ...person });
      expect(stand.leads).toHaveLength(1);
    },
  );

  test('keeps what it does not know, and reads the names that the door maps', async () => {
    await post('/direct_post', { ...controls, ...person, cars: '2', pet: 'cat', lp_subid1: 'a7' });
    const [lead] = stand.leads;
    expect(lead?.draft.fields).toMatchObject({ vehicles: 2 });
    expect(lead?.draft.raw).toMatchObject({ pet: 'cat' });
    expect(lead?.draft).toMatchObject({ unknownFields: ['pet'], subSource: 'a7' });
  });

  test('joins the same post that is being worked on', async () => {
    const arrived = vi.spyOn(FORMATS.leadprosper, 'read');
    let distributed = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const slow = await startStand({
      async distribute() {
        distributed += 1;
        await finished;
        return { kind: 'unsold', reason: 'no_bids' };
      },
    });
    const posts = [1, 2].map(() => post('/direct_post', { ...controls, ...person }, slow));
    await until('both posts to arrive', () => arrived.mock.calls.length === 2 && distributed === 1);
    finish();
    const [first, second] = await Promise.all(posts);
    await slow.close();
    arrived.mockRestore();
    expect(second).toEqual(first);
    expect(slow.leads).toHaveLength(1);
  });

  test('is answered in its own words while PostgreSQL is away', async () => {
    const gone = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const broken = await startStand({ acceptLead: () => Promise.reject(gone) });
    const { status, told } = await post('/direct_post', { ...controls, ...person }, broken);
    await broken.close();
    expect(status).toBe(503);
    expect(told).toMatchObject({ status: 'ERROR', code: 1007 });
  });
});

describe('a ping', () => {
  const about = { state: 'TX', zip_code: '78704' };

  test('is answered with its bid', async () => {
    const quote = { kind: 'bid', payoutCents: cents(1144) } as const;
    stand.quoted = { pingId: 'ping_7', quote, expiresAtMs: 0 };
    const { told } = await post('/ping', { ...controls, ...about });
    expect(told).toEqual({
      ...{ status: 'ACCEPTED', code: 0, ping_id: 'ping_7' },
      ...{ payout: 11.44, price: 11.44 },
    });
    expect(stand.leads).toEqual([]);
  });

  test('without a bid is told so', async () => {
    stand.quoted = { pingId: '', quote: { kind: 'no_bid', reason: 'no_bids' }, expiresAtMs: 0 };
    const { told } = await post('/ping', { ...controls, ...about });
    expect(told).toMatchObject({ status: 'ERROR', code: 1003, payout: 0 });
  });

  const pinged: Pinged = {
    ...{ leadId: toLeadId('0'.repeat(26)), sourceId: 'acme', campaignId: 'auto_insurance' },
    ...{ test: false, fields: { zip: '78704' }, bids: [], expiresAtMs: 0 },
    quote: { kind: 'bid', payoutCents: cents(1144) },
  };

  test('is followed by the post of its lead, for no less', async () => {
    stand.ping = { kind: 'found', ping: pinged };
    const { zip_code: _, ...rest } = person;
    await post('/post', { ...controls, ...rest, lp_ping_id: 'ping_7' });
    expect(stand.leads[0]?.draft).toMatchObject({
      ...{ askingCents: 1144, problems: [] },
      fields: { zip: '78704', first_name: 'Ann' },
    });
  });

  const wrong: [what: string, body: Record<string, string>, ping: Stand['ping'], code: number][] = [
    ['no ping id', person, { kind: 'forged' }, 1001],
    ['a forged one', { ...person, lp_ping_id: 'ping_7' }, { kind: 'forged' }, 1005],
    ['another zip', { ...person, lp_ping_id: 'ping_7' }, { kind: 'found', ping: pinged }, 1001],
  ];
  test.for(wrong)('and a post with %s: refused, and not kept', async ([, body, ping, code]) => {
    stand.ping = ping;
    const { told } = await post('/post', { ...controls, ...body });
    expect(told).toMatchObject({ status: 'ERROR', code });
    expect(stand.leads).toEqual([]);
  });

  test('too many in a second are refused', async () => {
    const acme = { ...world.sources['acme'], pingsPerSecond: 1 } as Source;
    const slow = { ...world, sources: { ...world.sources, acme } };
    const busy = await startStand({ currentWorld: () => ({ version: 7, world: slow }) });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        post('/ping', { ...controls, ...about, n: String(n) }, busy),
      ),
    );
    await busy.close();
    expect(answers.map(({ told }) => told['code'])).toContain(1006);
  });
});
