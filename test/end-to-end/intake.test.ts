// The front door: the same submission twice is one lead, and what cannot be read is a clear problem
// that costs nobody anything.

import { describe, expect } from 'vitest';
import { request } from '../support/campaign.ts';
import { worldTest } from '../support/world.ts';
import { personNo, SOURCE_KEY } from '../support/world-draft.ts';

const test = worldTest();

describe('a repeated submission', () => {
  test('under its key gets the same bytes, and no second ping is sent', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const fields = personNo(9001);
    const first = await campaign.submit(fields, { key: 'order-1' });
    const again = await campaign.submit(fields, { key: 'order-1' });
    expect(first.body).toMatchObject({ status: 'sold' });
    expect([again.http, again.text]).toEqual([first.http, first.text]);
    expect(buyer.received).toEqual(['ping', 'post']);
  });

  test('with another body under the key is refused', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    await campaign.submit(personNo(9002), { key: 'order-2' });
    const other = await campaign.submit(personNo(9003), { key: 'order-2' });
    expect(other).toMatchObject({ http: 422, body: { code: 'idempotency_key_reused' } });
    expect(buyer.received).toEqual(['ping', 'post']);
  });

  test('T49 sent fifty times at once is one lead with fifty equal answers', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900, ping: { delayMs: 150 } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const fields = personNo(9004);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => campaign.submit(fields, { key: 'order-3' })),
    );
    expect(new Set(answers.map(({ http, text }) => `${http} ${text}`)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ status: 'sold' });
    const stored = await world.rows('select from leads where campaign_id = $1', [campaign.id]);
    expect(stored).toHaveLength(1);
    expect(buyer.received).toEqual(['ping', 'post']);
  });

  test('T6 a refused request keeps no key: the corrected one may use it', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const wrong = await campaign.submit({ phone: [1] }, { key: 'order-4' });
    expect(wrong.http).toBe(422);
    const right = await campaign.submit(personNo(9005), { key: 'order-4' });
    expect(right.body).toMatchObject({ status: 'sold' });
  });
});

describe('what cannot be read', () => {
  const good = (campaign: string) => ({ campaign, fields: personNo(9100) });

  test('is a problem with a code, stored nowhere, told to nobody', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const { url = '' } = world.processes[0] ?? {};
    const send = async (body: unknown, more: { key?: string; type?: string } = {}) => {
      const answer = await request({
        url: `${url}/v1/leads`,
        method: 'POST',
        key: more.key ?? SOURCE_KEY,
        body,
        headers: { 'content-type': more.type ?? 'application/json' },
      });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      return [answer.http, answer.body['code']];
    };
    const lead = good(campaign.id);

    expect(await send('{"campaign": "auto')).toEqual([400, 'malformed_json']);
    expect(await send('')).toEqual([400, 'malformed_json']);
    expect(await send([lead])).toEqual([422, 'invalid_request']);
    expect(await send({ ...lead, fields: 'Ann' })).toEqual([422, 'invalid_request']);
    expect(await send({ ...lead, fields: { phone: { a: 1 } } })).toEqual([422, 'invalid_request']);
    expect(await send({ ...lead, campain: 'x' })).toEqual([422, 'invalid_request']);
    expect(await send({ ...lead, campaign: 'nowhere' })).toEqual([422, 'unknown_campaign']);
    expect(await send(lead, { key: 'sk_wrong' })).toEqual([401, 'key_missing_or_wrong']);
    expect(await send(lead, { type: 'text/plain' })).toEqual([415, 'unsupported_body_type']);
    const large = { ...lead, fields: { ...lead.fields, first_name: 'x'.repeat(70_000) } };
    expect(await send(large)).toEqual([413, 'body_too_large']);

    expect(await world.rows('select from leads where campaign_id = $1', [campaign.id])).toEqual([]);
    expect(buyer.received).toEqual([]);
  });

  test('in one field only is kept as it was sent, and reported', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const lead = await campaign.submitLead({ favourite_colour: 'teal', email: 'no mail' });
    expect(lead).toMatchObject({ status: 'rejected', unknown_fields: ['favourite_colour'] });
    const [row] = await world.rows('select raw from leads where id = $1', [lead.id]);
    expect(row).toMatchObject({ raw: { favourite_colour: 'teal', email: 'no mail' } });
  });

  test('is not made of an unknown field: the lead is sold, the field reported', async ({
    world,
  }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const lead = await campaign.submitLead({ favourite_colour: 'teal' });
    expect(lead).toMatchObject({ status: 'sold', unknown_fields: ['favourite_colour'] });
    expect(buyer.lines('post')[0]?.fields).not.toContain('favourite_colour');
  });
});
