// The guides of the doors do what they say: their settings apply, and their commands are run.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { guideCommand, guideExample } from '../../support/guide.ts';
import { startStand } from '../api-stand.ts';
import { worldOf } from '../world-document.ts';

const SECRETS: Readonly<Record<string, string>> = {
  'env:META_APP_SECRET': 'app secret',
  'env:META_VERIFY_TOKEN': 'my verify token',
  'env:LINKEDIN_CLIENT_SECRET': 'client secret',
};

const LINKEDIN = { LINKEDIN_CLIENT_SECRET: 'client secret' };

const fields = {
  first_name: { type: 'text' },
  phone: { type: 'phone', required: true },
  state: { type: 'state', required: true },
  budget: { type: 'number' },
  call_time: { type: 'text' },
};

/** Runs the commands of a page against a world with its example. */
async function run(page: string, example: string, commands: readonly string[]) {
  const { sources } = parse(guideExample(page, example)) as { sources: { acme: object } };
  const terms = { keys: [{ sha256: 'a'.repeat(64) }], campaigns: ['auto'] };
  const world = worldOf({
    ...{ sluice: 1, verticals: { auto: { fields } } },
    campaigns: { auto: { vertical: 'auto', routing: [] } },
    sources: { acme: { ...terms, payout: { share_percent: 80 }, ...sources.acme } },
  });
  const stand = await startStand({
    currentWorld: () => ({ version: 7, world }),
    readSecret: async (reference) => SECRETS[reference],
  });
  try {
    const answers: string[] = [];
    for (const name of commands) {
      const command = guideCommand(page, name).replaceAll('localhost:3000', stand.url);
      const env = { ...process.env, META_APP_SECRET: 'app secret', ...LINKEDIN };
      const { stdout } = await promisify(execFile)('bash', ['-c', command], { env });
      answers.push(stdout);
    }
    return { answers, leads: stand.leads.map(({ draft }) => draft), notices: stand.notices };
  } finally {
    await stand.close();
  }
}

test('a form', async () => {
  const { answers, leads } = await run('door-form.md', 'form', ['post']);
  expect(answers[0]).toMatch(/^HTTP\/1.1 303[^]*\nLocation: https:\/\/www.example.com\/thanks\r/i);
  const text = expect.stringContaining('autodialer');
  expect(leads).toMatchObject([
    { fields: { phone: '+15125550142', state: 'TX' }, consent: { text } },
  ]);
});

test('Google', async () => {
  const { answers, leads } = await run('door-google.md', 'google', ['post', 'post']);
  expect(answers[0]).toMatch(/^HTTP\/1.1 200[^]*\n\{\}$/);
  expect(answers[1]).toMatch(/^HTTP\/1.1 200/);
  const google = { first_name: 'First Last', phone: '+15125550142', state: 'TX', budget: 10_000 };
  expect(leads.map((lead) => lead.fields)).toEqual([google]);
});

test('Meta', async () => {
  const { answers, notices } = await run('door-meta.md', 'meta', ['verify', 'notify']);
  expect(answers[0]).toMatch(/^HTTP\/1.1 200[^]*\n1158201444$/);
  expect(answers[1]).toMatch(/^HTTP\/1.1 200[^]*\n\{\}$/);
  expect(notices).toMatchObject([{ externalId: '24900000000000003', door: 'facebook' }]);
});

test('a webhook', async () => {
  const { answers, leads } = await run('door-webhook.md', 'webhook', ['post']);
  expect(answers[0]).toMatch(/^HTTP\/1.1 200[^]*"status":"unsold"/);
  const found = { fields: { phone: '+15125550142', state: 'TX' }, externalId: 'z-1' };
  expect(leads).toMatchObject([{ ...found, unknownFields: ['note'] }]);
  await run('door-webhook.md', 'tiktok', []);
});

test('LinkedIn', async () => {
  const commands = ['challenge', 'notify'];
  const { answers, notices } = await run('door-linkedin.md', 'linkedin', commands);
  expect(answers[0]).toMatch(/^HTTP\/1.1 200[^]*"challengeResponse":"[0-9a-f]{64}"/);
  expect(answers[1]).toMatch(/^HTTP\/1.1 200[^]*\n\{\}$/);
  expect(notices).toMatchObject([{ externalId: '1a2b-4', door: 'linkedin', state: 'waiting' }]);
});
