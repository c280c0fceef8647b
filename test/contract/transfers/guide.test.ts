// The guide to live transfers: its world is one, and its table has the defaults that hold.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseWorld } from '../../../src/world/parse.ts';
import { guideExample } from '../../support/guide.ts';

const PAGE = 'target-live-transfer.md';
const shown = parse(guideExample(PAGE, 'twilio_call')) as {
  readonly campaigns: object;
  readonly contracts: object;
};

test('the world of the guide is right: a stage for calls, and another for the rest', () => {
  const zenith = { buyer: 'zenith', campaign: 'auto', price_cents: 900 };
  const parsed = parseWorld({
    sluice: 1,
    operators: { ada: { keys: [{ sha256: 'b'.repeat(64) }] } },
    verticals: { auto: { fields: { phone: { type: 'phone' }, state: { type: 'state' } } } },
    campaigns: shown.campaigns,
    sources: {
      acme: {
        ...{ keys: [{ sha256: 'a'.repeat(64) }], campaigns: ['auto'] },
        payout: { share_percent: 80 },
      },
    },
    buyers: { apex: {}, zenith: {} },
    contracts: {
      ...shown.contracts,
      zenith_auto: { ...zenith, post: { url: 'https://zenith.example/post' } },
    },
  });
  expect(parsed).toMatchObject({ ok: true, warnings: [] });
  if (!parsed.ok) return;
  const { world } = parsed;
  expect(world.campaigns['auto']?.routing[0]?.budgetMs).toBe(900_000);
  const post = world.contracts['apex_auto']?.post;
  if (post?.adapter !== 'twilio_call') throw new Error('no call');
  const page = readFileSync(new URL(`../../../docs/guides/${PAGE}`, import.meta.url), 'utf8');
  const { consumer, language, ringS, pressWithinS, minTalkS, baseUrl } = post.call;
  for (const [name, value] of Object.entries({
    ...{ consumer, language, ring: `${ringS}s`, press_within: `${pressWithinS}s` },
    ...{ min_talk: `${minTalkS}s`, timeout: `${post.timeoutMs / 1_000}s`, base_url: baseUrl },
  })) {
    expect(page).toContain(`| \`${name}\` | \`${value}\` |`);
  }
});
