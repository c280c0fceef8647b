// Targets in a world: the examples of the guides are applied and pushed into the fakes, and every
// mistake in the options is told with its path.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { parse } from 'yaml';

import type { TargetStep } from '../../../src/domain/world/contract.ts';
import { guideExample } from '../../support/guide.ts';
import { CALLED_TARGETS, openTargets, pushOf, type TargetStand } from './target-stand.ts';
import { contractWith, shownDelivery, worldWith } from './target-world.ts';

let stand: TargetStand;
beforeAll(async () => void (stand = await openTargets()));
afterAll(() => stand.close());

test.for(CALLED_TARGETS.map((name) => [name] as const))(
  'the example of %s is a world, and delivers',
  async ([adapter]) => {
    const page = `target-${adapter.replace('_', '-')}.md`;
    const delivery = shownDelivery(page, adapter);
    const { step } = delivery;
    expect(step).toMatchObject({ adapter, fields: null, timeoutMs: 15_000 });
    expect(delivery).toMatchObject({ giveUpAfterHours: 72, during: null });
    const here = ['url', 'base_url', 'token_url'].flatMap((name) => {
      const known = stand.options[adapter][name];
      return known === undefined ? [] : [[name, known] as const];
    });
    const options = { ...(step as TargetStep).options, ...Object.fromEntries(here) };
    expect(await stand.deliver(adapter, pushOf(), { options })).toMatchObject({
      kind: 'delivered',
    });
  },
);

test('a delivery without an adapter is one of the JSON protocol, as before', () => {
  const verdict = worldWith(contractWith({ url: 'https://apex.example/crm' }));
  expect(verdict.ok && verdict.world.contracts['apex_auto']?.deliveries[0]?.step).toMatchObject({
    ...{ adapter: 'json', url: 'https://apex.example/crm', secretRef: null },
  });
});

test('a push may be the sale, if its receiver says whether it took the lead', () => {
  const { contracts } = parse(guideExample('targets.md', 'sale')) as { contracts: object };
  const verdict = worldWith(contracts);
  expect(verdict.ok && verdict.world.contracts['apex_auto']?.post).toMatchObject({
    ...{ adapter: 'hubspot', timeoutMs: 4_000, fields: null },
  });
  const known = stand.options.salesforce_web;
  const post = { adapter: 'salesforce_web', options: known };
  const refused = worldWith({ apex_auto: { ...contractWith({}).apex_auto, post, deliveries: [] } });
  expect(refused.ok || refused.errors).toMatchObject([
    { path: 'contracts.apex_auto.post.adapter' },
  ]);
  const typo = {
    adapter: 'hubspot',
    options: { ...stand.options.hubspot, fields: { email: 'mail' } },
  };
  const wrong = worldWith({
    apex_auto: { ...contractWith({}).apex_auto, post: typo, deliveries: [] },
  });
  expect(wrong.ok || wrong.errors).toMatchObject([
    {
      path: 'contracts.apex_auto.post.options.fields.email',
      says: '"mail" is no field of the vertical',
    },
  ]);
});

test('a post that would wait for others is refused', () => {
  const post = {
    adapter: 'email',
    options: {
      ...{ server: 'env:SMTP', from: 'us@example.com', to: ['them@example.com'] },
      ...{ fields: { Phone: 'phone' }, digest: { at: ['18:00'] } },
    },
  };
  const written = (more: object) =>
    worldWith({ apex_auto: { ...contractWith({}).apex_auto, post: more, deliveries: [] } });
  const refused = written(post);
  expect(refused.ok || refused.errors).toMatchObject([
    {
      path: 'contracts.apex_auto.post.options',
      says: expect.stringMatching(/a post is answered by itself/) as string,
    },
  ]);
  const { digest: _, ...options } = post.options;
  expect(written({ ...post, options }).ok).toBe(true);
});

test('nothing follows a delivery that sends leads together', () => {
  const digest = {
    ...{ name: 'digest', adapter: 'email' },
    options: { from: 'us@example.com', to: ['them@example.com'], digest: { at: ['18:00'] } },
  };
  const follower = { name: 'crm', url: 'https://a.example', after: 'digest' };
  const written = (deliveries: object[]) =>
    worldWith({ apex_auto: { ...contractWith({}).apex_auto, deliveries } });
  const refused = written([digest, follower]);
  expect(refused.ok || refused.errors).toMatchObject([
    {
      path: 'contracts.apex_auto.deliveries[1].after',
      says: '"digest" sends leads together, and confirms none when it is made',
    },
  ]);
  const { digest: _, ...options } = digest.options;
  expect(written([{ ...digest, options }, follower]).ok).toBe(true);
});

test('deliveries have conditions and an order', () => {
  const { contracts } = parse(guideExample('targets.md', 'order')) as { contracts: object };
  const verdict = worldWith(contracts);
  expect(verdict.ok && verdict.world.contracts['apex_auto']?.deliveries).toMatchObject([
    { name: 'crm', when: null, after: null },
    { name: 'hook', when: null, after: 'crm' },
    { name: 'bilingual', when: { kind: 'test', field: 'language' }, after: null },
  ]);
});

describe('is refused, with its path', () => {
  const WRONG: [says: string, delivery: (known: Known) => object, path: string, words: RegExp][] = [
    [
      'an adapter that is none',
      () => ({ adapter: 'fax' }),
      'adapter',
      /^wants json, .*twilio_sms\b.* or http$/,
    ],
    [
      'a condition on the score',
      () => ({ url: 'https://a.example', when: { field: 'score', at_least: 50 } }),
      'when.field',
      /does not ask about the score/,
    ],
    [
      'an order that cannot be kept',
      () => ({ url: 'https://a.example', after: 'crm' }),
      'after',
      /"crm" is no delivery above this one/,
    ],
    ['options that are missing', () => ({ adapter: 'hubspot' }), 'options', /is missing/],
    [
      'a setting that is none',
      ({ hubspot }) => ({ adapter: 'hubspot', options: { ...hubspot, tokens: 'env:X' } }),
      'options.tokens',
      /is not a setting/,
    ],
    [
      'a field that the vertical does not have',
      ({ hubspot }) => ({
        adapter: 'hubspot',
        options: { ...hubspot, fields: { email: 'email', firstname: 'first_nam' } },
      }),
      'options.fields.firstname',
      /"first_nam" is no field of the vertical/,
    ],
    [
      'a field that is not carried',
      ({ hubspot }) => ({
        ...{ adapter: 'hubspot', fields: ['email'] },
        options: { ...hubspot, fields: { email: 'email', phone: 'phone' } },
      }),
      'options.fields.phone',
      /"phone" is not among its fields/,
    ],
    [
      'a column of no field',
      ({ google_sheets: known }) => ({
        adapter: 'google_sheets',
        options: { ...known, columns: ['email', 'fax'] },
      }),
      'options.columns[1]',
      /"fax" is no field/,
    ],
    [
      'a fact that is none',
      ({ google_sheets: known }) => ({
        adapter: 'google_sheets',
        options: { ...known, columns: [{ fact: 'margin' }] },
      }),
      'options.columns[0]',
      /wants the name of a field, \{ fact: … \} with lead_id/,
    ],
    [
      'contacts without e-mail',
      ({ hubspot }) => ({
        adapter: 'hubspot',
        options: { ...hubspot, fields: { phone: 'phone' } },
      }),
      'options.fields',
      /wants email/,
    ],
    [
      'a secret where its place belongs',
      ({ hubspot }) => ({ adapter: 'hubspot', options: { ...hubspot, token: 'pat-na1-secret' } }),
      'options.token',
      /never the secret itself/,
    ],
    [
      'the external id among the fields',
      ({ salesforce }) => ({
        adapter: 'salesforce',
        options: { ...salesforce, fields: { Our_Lead_Id__c: { fact: 'lead_id' } } },
      }),
      'options.fields',
      /wants no external_id/,
    ],
    [
      'a field of another system',
      ({ gohighlevel }) => ({
        adapter: 'gohighlevel',
        options: { ...gohighlevel, fields: { firstname: 'first_name' } },
      }),
      'options.fields.firstname',
      /wants firstName/,
    ],
    [
      'a place in a text that names no field',
      ({ twilio_sms: known }) => ({
        adapter: 'twilio_sms',
        options: { ...known, body: 'Call {fax}' },
      }),
      'options.body',
      /"fax" is no field/,
    ],
    [
      'a fact in a text that is none',
      ({ twilio_sms: known }) => ({
        adapter: 'twilio_sms',
        options: { ...known, body: 'Call {fact.margin}' },
      }),
      'options.body',
      /of lead_id, .* only/,
    ],
    [
      'two senders',
      ({ twilio_sms: known }) => ({
        adapter: 'twilio_sms',
        options: { ...known, messaging_service_sid: 'MG1' },
      }),
      'options.from',
      /one of them/,
    ],
    [
      'a number from a lead',
      ({ twilio_sms: known }) => ({ adapter: 'twilio_sms', options: { ...known, to: '{phone}' } }),
      'options.to',
      /wants a number such as/,
    ],
    [
      'a way of signing that is none',
      ({ webhook }) => ({
        adapter: 'webhook',
        options: { ...webhook, signing: { scheme: 'md5' } },
      }),
      'options.signing.scheme',
      /^wants standard, x_signature, basic, bearer, header, query or none$/,
    ],
    [
      'a header that is ours',
      ({ webhook }) => ({ adapter: 'webhook', options: { ...webhook, headers: { Host: 'x' } } }),
      'options.headers.Host',
      /Sluice writes itself/,
    ],
  ];
  type Known = TargetStand['options'];

  test.for(WRONG)('%s', ([, delivery, path, words]) => {
    const verdict = worldWith(contractWith(delivery(stand.options)));
    const errors = verdict.ok ? [] : verdict.errors;
    expect(errors).toEqual([
      expect.objectContaining({
        path: `contracts.apex_auto.deliveries[0].${path}`,
        says: expect.stringMatching(words) as string,
      }),
    ]);
  });
});
