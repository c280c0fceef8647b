// The doors of docs/guides/doors.md open: each command of the page is answered as it shows.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { cents } from '../../../src/domain/money.ts';
import { DOOR_FORMATS } from '../../../src/domain/world/door.ts';
import { guideCurl, guideExample } from '../../support/guide.ts';
import { type Stand, startStand } from '../api-stand.ts';
import { smallDocument, worldOf } from '../world-document.ts';
import { send } from './rivals/rival-stand.ts';

const PAGE = 'doors.md';
const page = readFileSync(new URL(`../../../docs/guides/${PAGE}`, import.meta.url), 'utf8');
const names = [...page.matchAll(/^```sh\n# example: (\w+)$/gm)].map(([, name = '']) => name);
const { verticals, campaigns, ...rest } = smallDocument();
const { fields } = (verticals as { auto: { fields: object } }).auto;
const world = worldOf({
  ...rest,
  verticals: {
    auto: {
      fields: {
        ...fields,
        ...{ first_name: { type: 'text', required: true }, vehicles: { type: 'number' } },
      },
    },
  },
  campaigns: { ...(campaigns as object), auto_insurance: { vertical: 'auto', routing: [] } },
  ...(parse(guideExample(PAGE, 'doors')) as object),
});

let stand: Stand;
beforeAll(async () => {
  stand = await startStand({ currentWorld: () => ({ version: 7, world }) });
  stand.outcome = { kind: 'sold', payoutCents: cents(1305), sales: [] };
});
afterAll(() => stand.close());

test.for(names.filter((name) => !name.endsWith('_poll')))('the command %s', async (name) => {
  stand.leads.length = 0;
  await shows(name);
  const [lead] = stand.leads;
  expect(lead?.draft.fields).toMatchObject({ first_name: 'Ann', phone: '+15125550142' });
  expect(lead?.draft).toMatchObject({ unknownFields: [], problems: [], sourceId: 'acme' });
  if (names.includes(`${name}_poll`)) await shows(`${name}_poll`);
});

async function shows(name: string): Promise<void> {
  const { sent, shown } = guideCurl(PAGE, name);
  const { path: uri, ...more } = sent;
  const got = await send(stand, { uri, ...more });
  expect(alike(got.text)).toBe(alike(shown));
}

/** Ids and times are others each time. */
function alike(text: string): string {
  return text
    .replace(/lead_[0-9A-Z]{26}/g, 'lead_…')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'guid')
    .replace(/"processTime":[\d.]+,"timestamp":"[\dTZ:-]+"/, '"processTime":…');
}

describe('the page', () => {
  test.for(DOOR_FORMATS)('tells what the account of %s is, and has its example', (format) => {
    expect(page).toMatch(new RegExp(`^\\| \\[\`${format}\`\\]\\(#`, 'm'));
    expect(names).toContain(format);
  });
});
