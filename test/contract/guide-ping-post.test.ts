// The settings of the guide to pings apply, and mean what the page says.

import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { guideExample } from '../support/guide.ts';
import { worldOf } from './world-document.ts';

test('the settings of pings', () => {
  const world = worldOf({
    sluice: 1,
    verticals: { auto: { fields: { zip: { type: 'zip' } } } },
    buyers: { apex: {} },
    contracts: {
      apex_auto: {
        ...{ buyer: 'apex', campaign: 'auto_insurance', price_cents: 900 },
        post: { url: 'https://apex.example' },
      },
    },
    ...(parse(guideExample('ping-post.md', 'pings')) as object),
  });
  expect(world.campaigns['auto_insurance']?.pingExpiresMs).toBe(90_000);
  expect(world.sources['acme']?.pingsPerSecond).toBe(20);
});
