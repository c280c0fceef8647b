// The guide to filters: each of its examples in a world of its own, leads on both sides of what the
// text claims, and the sentences that it shows.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';

import type { FieldValue } from '../../src/domain/world/world.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { parseWorld, type WorldVerdict } from '../../src/world/parse.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';

const page = readFileSync(new URL('../../docs/guides/filters.md', import.meta.url), 'utf8');
const exampleOf = (name: string): unknown =>
  (parse(guideExample('filters.md', name)) as { filter: unknown }).filter;

const FIELDS = {
  zip: { type: 'zip' },
  state: { type: 'state' },
  phone: { type: 'phone' },
  dob: { type: 'date' },
  project: { type: 'text', personal: false },
};

function worldOf(filter: unknown, fields: object = FIELDS): WorldVerdict {
  const post = { url: 'https://apex.example/post' };
  const payout = { share_percent: 50 };
  return parseWorld({
    sluice: 1,
    operators: { desk: { keys: [{ sha256: 'f'.repeat(64) }] } },
    verticals: { home: { fields } },
    campaigns: {
      auto: { vertical: 'home', routing: [{ method: 'waterfall', contracts: ['apex'] }] },
    },
    sources: {
      acme: { keys: [{ sha256: 'a'.repeat(64) }], campaigns: ['auto'], payout },
      beacon: { keys: [{ sha256: 'b'.repeat(64) }], campaigns: ['auto'], payout },
    },
    buyers: { apex: {} },
    contracts: { apex: { buyer: 'apex', campaign: 'auto', price_cents: 100, post, filter } },
  });
}

// A Wednesday, 08:30 in New York.
const WEDNESDAY = Date.parse('2026-11-25T13:30:00Z');
const HOUR = 3_600_000;

interface Person {
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly score?: number;
  readonly source?: string;
  readonly atMs?: number;
  readonly flags?: readonly string[];
}

/** `yes`, or the detail of the refusal. */
function answerOf(filter: unknown, person: Person): string {
  const parsed = worldOf(filter);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { fields, score = 50, source = 'beacon', atMs = WEDNESDAY, flags = [] } = person;
  const lead = sampleLead({ fields, sourceId: source, flags });
  const asked = { lead, score, atMs, live: { deniedKey: () => undefined } };
  const verdict = createEligibility(parsed.world).explain('apex', asked);
  return verdict.kind === 'eligible' ? 'yes' : verdict.detail;
}

const texan = (more: object) => ({ fields: { state: 'TX', dob: '1990-01-01', ...more } });

describe('example', () => {
  const cases: [name: string, person: Person, answer: string | RegExp][] = [
    ['nested', texan({}), 'yes'],
    ['nested', { ...texan({ dob: '2001-01-01' }), score: 70 }, 'yes'],
    [
      'nested',
      { ...texan({ dob: '2001-01-01' }), score: 60 },
      'no alternative holds: age is 25, wants at least 30; score is 60, wants at least 70',
    ],
    ['nested', { ...texan({}), source: 'acme' }, 'source is "acme", must not be "acme"'],
    ['zips', { fields: { zip: '78704' } }, 'yes'],
    ['zips', { fields: { zip: '78600' } }, 'yes'],
    ['zips', { fields: { zip: '78599' } }, /wants a zip in 787\*, 78600-78699, 10001$/],
    ['radius', { fields: { zip: '78701' } }, 'yes'],
    ['radius', { fields: { zip: '09001' } }, /a place that nobody knows/],
    ['radius', { fields: { zip: '75201' } }, /zip is "75201", 184.9 miles away, wants within 25/],
    ['regions', { fields: { state: 'TX' } }, 'yes'],
    ['regions', { fields: { state: 'CO' } }, 'yes'],
    ['regions', { fields: { state: 'CA' } }, /^state is "CA"/],
    ['regions', { fields: { state: 'PR' } }, /^state is "PR"/],
    ['words', { fields: { project: 'Roof leaks' } }, 'yes'],
    ['words', { fields: { project: 'waterproof the cellar' } }, /the words roof, gutter$/],
    ['words', { fields: { project: 'gutter of a Mobile Home' } }, /must not be text that matches/],
    ['calling-hours', { fields: { zip: '10001' } }, 'yes'],
    ['calling-hours', { fields: { zip: '10001' }, atMs: WEDNESDAY - HOUR }, /local_hour is 7/],
    ['calling-hours', { fields: { zip: '10001' }, atMs: WEDNESDAY + 12 * HOUR }, 'yes'],
    ['calling-hours', { fields: { zip: '10001' }, atMs: WEDNESDAY + 13 * HOUR }, /_hour is 21/],
    ['calling-hours', { fields: { zip: '10001' }, atMs: WEDNESDAY - 72 * HOUR }, /is "sun"/],
    ['calling-hours', { fields: { zip: '09001' } }, /local_hour is missing/],
    ['calling-hours', { fields: { state: 'TX' } }, /local_hour is missing/],
    ['calling-hours', { fields: { state: 'NY' } }, 'yes'],
    ['phone-line', { fields: { phone: '+15124721234' } }, 'yes'],
    ['phone-line', { fields: { phone: '+18005551234' } }, /phone_type is "toll_free"/],
    ['flagged', { fields: {} }, 'yes'],
    ['flagged', { fields: {}, flags: ['phone'] }, 'flagged is true, wants false'],
    ['contradiction', { fields: { state: 'TX' } }, /^state is "TX", wants "OK"$/],
  ];
  test.for(cases)('%s with %j', ([name, person, answer]) => {
    expect(answerOf(exampleOf(name), person)).toMatch(answer);
  });

  const examples = [...page.matchAll(/^# example: (.+)$/gm)].map(([, name = '']) => name);
  test('of every name is tried above', () => {
    expect(examples.length).toBeGreaterThan(6);
    expect(new Set(cases.map(([name]) => name))).toEqual(new Set(examples));
  });

  test.for(examples)('%s is warned about only if it is meant to be', (name) => {
    const parsed = worldOf(exampleOf(name));
    const about = parsed.ok ? parsed.warnings.map(({ path, says }) => `${path}: ${says}`) : [];
    expect(parsed.ok).toBe(true);
    expect(about.length).toBe(name === 'contradiction' ? 1 : 0);
    for (const line of about) expect(page).toContain(`\n${line}\n`);
  });
});

describe('the page shows what is said:', () => {
  const mistakes: [filter: unknown, fields: object][] = [
    [{ field: 'zip', within: { miles: 5, of: '09001' } }, FIELDS],
    [{ field: 'zip', in_zips: ['787*', '787xx'] }, FIELDS],
    [{ field: 'age', at_least: 30 }, { zip: { type: 'zip' } }],
  ];
  test.for(mistakes)('of %j', ([filter, fields]) => {
    const parsed = worldOf(filter, fields);
    const [error] = parsed.ok ? [] : parsed.errors;
    const fix = error?.path.endsWith('.field') ? '' : `; ${error?.fix}`;
    expect(page).toContain(`\n${error?.path}: ${error?.says}${fix}\n`);
  });

  test('the sentence of a radius', () => {
    const detail = answerOf(
      { field: 'zip', within: { miles: 25, of: '78704' } },
      { fields: { zip: '75201' } },
    );
    expect(page).toContain(`\n${detail}\n`);
  });

  test('the sentence of a nested filter', () => {
    const person = { ...texan({ dob: '2001-01-01' }), score: 60 };
    expect(page).toContain(`\n${answerOf(exampleOf('nested'), person)}\n`);
  });
});
