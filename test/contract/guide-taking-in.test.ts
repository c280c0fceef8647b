// docs/guides/taking-in.md does what it says: its world takes and refuses leads as the page tells,
// on both sides of each edge.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';

import type { Found } from '../../src/activities/checks/check.ts';
import { checkConsent } from '../../src/activities/checks/consent.ts';
import { checkFields } from '../../src/activities/checks/fields.ts';
import { checkHints } from '../../src/activities/checks/hints.ts';
import { checkRules } from '../../src/activities/checks/rules.ts';
import type { Lead } from '../../src/domain/lead.ts';
import type { Consent } from '../../src/domain/validation/consent.ts';
import type { World } from '../../src/domain/world/world.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { normaliseFields } from '../../src/intake/fields.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';

const page = readFileSync(new URL('../../docs/guides/taking-in.md', import.meta.url), 'utf8');
const RECEIVED = Date.parse('2026-11-25T12:00:00Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const parsed = parseWorld({
  sluice: 1,
  ...(parse(guideExample('taking-in.md', 'campaign')) as object),
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
const { world } = parsed;

const ANN = {
  phone: '(512) 555-0142',
  email: 'ann.lee@example.com',
  zip: '78704',
  state: 'Texas',
  date_of_birth: '1950-03-02',
};
const at = (ms: number) => new Date(RECEIVED + ms).toISOString();
const AGREED: Consent = { text: 'I agree', at: at(-MINUTE), jornaya_id: 'token' };

type Sent = Partial<Record<string, unknown>>;

function leadOf(sent: Sent, consent: Consent | null = AGREED, of: World = world): Lead {
  const vertical = of.verticals['health'];
  if (!vertical) throw new Error('no vertical health');
  const read = normaliseFields(vertical, { ...ANN, ...sent });
  if (read.kind !== 'normal') throw new Error(JSON.stringify(read.errors));
  const { fields, problems } = read;
  const receivedAtMs = RECEIVED;
  return sampleLead({ campaignId: 'medicare', fields, problems, consent, receivedAtMs });
}

/** What the checks that ask nobody come to, in their order. */
function judge(lead: Lead, of: World = world): Found {
  const campaign = of.campaigns['medicare'];
  if (!campaign) throw new Error('no campaign medicare');
  const loaded = { version: 1, world: of, eligibility: createEligibility(of) };
  const asked = { lead, campaign, loaded, passed: [] };
  const checks: Found['checks'][number][] = [];
  for (const check of [checkFields, checkRules, checkConsent, checkHints]) {
    const found = check({}, asked);
    checks.push(...found.checks);
    if (found.kind === 'refused') return { ...found, checks };
  }
  return { kind: 'passed', checks };
}

/** `passed`, or the reason and the fields. */
function cameTo(lead: Lead): string {
  const found = judge(lead);
  if (found.kind === 'passed') return 'passed';
  return [found.reason, ...(found.problems ?? []).map(({ field }) => field)].join(' ');
}

describe('rules', () => {
  const YOUNG = 'rule_broken date_of_birth';
  const UNINSURED = 'rule_broken insured current_insurer';
  const cases: [says: string, sent: Sent, to: string][] = [
    ['a lead that breaks none is taken', {}, 'passed'],
    ['64 years on the day itself are enough', { date_of_birth: '1962-11-25' }, 'passed'],
    ['a day less is not', { date_of_birth: '1962-11-26' }, YOUNG],
    ['no insurer, and none is named', { insured: 'no' }, 'passed'],
    ['an insurer, and it is named', { insured: 'yes', current_insurer: 'Acme' }, 'passed'],
    ['no insurer, and one is named', { insured: 'no', current_insurer: 'Acme' }, UNINSURED],
    ['nobody said whether', { current_insurer: 'Acme' }, 'passed'],
    [
      'a missing field is told before any rule',
      { date_of_birth: '' },
      'field_missing date_of_birth',
    ],
  ];
  test.for(cases)('%s', ([, sent, to]) => expect(cameTo(leadOf(sent))).toBe(to));

  test('every broken one is told, in words that the page shows', () => {
    const lead = leadOf({ date_of_birth: '1990-01-01', insured: 'no', current_insurer: 'Acme' });
    const found = judge(lead);
    expect(found).toMatchObject({ kind: 'refused', reason: 'rule_broken' });
    const problems = found.kind === 'refused' ? (found.problems ?? []) : [];
    expect(problems.map(({ field }) => field)).toEqual([
      'insured',
      'current_insurer',
      'date_of_birth',
    ]);
    const shown = /^ {2}"problems": (.*)$/m.exec(page)?.[1] ?? '';
    expect(JSON.parse(shown)).toEqual(problems.slice(-1));
    expect(found.checks.at(-1)).toMatchObject({ check: 'rules', ok: false });
  });
});

describe('consent', () => {
  const without = (part: keyof Consent): Consent => ({ ...AGREED, [part]: undefined });
  const missing = (part: string) => `consent_missing consent.${part}`;
  const cases: [says: string, consent: Consent | null, to: string][] = [
    ['all that is required', AGREED, 'passed'],
    [
      'the other certificate',
      { ...without('jornaya_id'), trustedform_url: 'https://c.example/1' },
      'passed',
    ],
    ['none', null, `consent_missing consent.text consent.at consent.trustedform_url`],
    ['no text', without('text'), missing('text')],
    ['a text of blanks', { ...AGREED, text: '  ' }, missing('text')],
    ['no time', without('at'), missing('at')],
    ['no certificate', without('jornaya_id'), missing('trustedform_url')],
    ['exactly 30 days old', { ...AGREED, at: at(-30 * DAY) }, 'passed'],
    ['a moment older', { ...AGREED, at: at(-30 * DAY - 1) }, 'consent_outdated consent.at'],
    ['in another zone', { ...AGREED, at: '2026-11-25T07:00:00-05:00' }, 'passed'],
    ['five minutes ahead of our clock', { ...AGREED, at: at(5 * MINUTE) }, 'passed'],
    ['a moment more', { ...AGREED, at: at(5 * MINUTE + 1) }, 'consent_outdated consent.at'],
  ];
  test.for(cases)('%s', ([, consent, to]) => expect(cameTo(leadOf({}, consent))).toBe(to));

  test('a test lead and one that breaks a rule are no exceptions; the rule is told first', () => {
    expect(cameTo(leadOf({ date_of_birth: '1990-01-01' }, null))).toMatch(/^rule_broken/);
    expect(cameTo({ ...leadOf({}, null), test: true })).toMatch(/^consent_missing/);
  });
});

describe('hints', () => {
  const cases: [says: string, sent: Sent, codes: string[], to: string][] = [
    ['a plain lead has none', {}, [], 'passed'],
    [
      'a listed domain',
      { email: 'x@mailinator.com' },
      ['email_disposable'],
      'field_doubtful email',
    ],
    [
      'a domain under a listed one',
      { email: 'x@a.mailinator.com' },
      ['email_disposable'],
      'field_doubtful email',
    ],
    ['a domain that only ends like one', { email: 'x@ungmailinator.com' }, [], 'passed'],
    [
      'a domain that tells by its name',
      { email: 'x@my-tempmail.net' },
      ['email_disposable'],
      'field_doubtful email',
    ],
    ['an office is noted only', { email: 'info@acme.example' }, ['email_role'], 'passed'],
    ['an office with a tag', { email: 'sales+web@acme.example' }, ['email_role'], 'passed'],
    ['a person who is called so', { email: 'infonia@acme.example' }, [], 'passed'],
    ['letters the wrong way round', { email: 'ann@gmial.com' }, ['email_typo'], 'passed'],
    ['a letter too few', { email: 'ann@gmail.co' }, ['email_typo'], 'passed'],
    ['a letter too many', { email: 'ann@yahooo.com' }, ['email_typo'], 'passed'],
    ['a wrong letter', { email: 'ann@gmail.con' }, ['email_typo'], 'passed'],
    ['two slips are another domain', { email: 'ann@gnial.com' }, [], 'passed'],
    ['a provider of its own that is one slip away', { email: 'ann@ymail.com' }, [], 'passed'],
    ['the provider itself', { email: 'ann@gmail.com' }, [], 'passed'],
    ['a zip of the state', { zip: '79999', state: 'TX' }, [], 'passed'],
    [
      'a zip of another state',
      { zip: '73001', state: 'TX' },
      ['zip_not_in_state'],
      'field_doubtful zip',
    ],
    ['a zip without a state', { zip: '73001', state: '' }, [], 'passed'],
    ['a zip that nobody has', { zip: '00001' }, ['zip_unknown'], 'passed'],
  ];
  test.for(cases)('%s', ([, sent, codes, to]) => {
    const lead = leadOf(sent);
    const { checks } = judge(lead);
    expect(checks.flatMap(({ hints = [] }) => hints.map(({ code }) => code))).toEqual(codes);
    expect(cameTo(lead)).toBe(to);
  });

  test('none of them tells what was sent, but for the provider that was meant', () => {
    const { checks } = judge(leadOf({ email: 'sales@gmial.com', zip: '73001' }));
    const said = JSON.stringify(checks);
    expect(said).toContain('is gmail.com meant?');
    for (const value of ['gmial', 'sales@', '73001']) expect(said).not.toContain(value);
  });

  test('every hint stands on the page', () => {
    const all = 'email_disposable email_role email_typo zip_unknown zip_not_in_state'.split(' ');
    for (const code of all) expect(page).toContain(`| \`${code}\` |`);
  });
});

test('what the page says is read is read as it says, and what it says is not is not', () => {
  const rows = page.matchAll(/^\| `(\w+)` \| (.*) \| (.*) \| (`.*`) \|$/gm);
  const quoted = (cell = '') => [...cell.matchAll(/`([^`]*)`/g)].map(([, text = '']) => text);
  let count = 0;
  for (const [, type, reads, as, not] of rows) {
    if (type?.startsWith('email_') || type?.startsWith('zip_')) continue;
    count += 1;
    const field = { type: type as 'phone', required: false, personal: false, choices: [] };
    const vertical = { name: 'one', fields: { it: field } };
    const normal = (it: string) => {
      const read = normaliseFields(vertical, { it });
      return read.kind === 'normal' ? read.fields['it'] : undefined;
    };
    const found = new Set(quoted(reads).map((text) => String(normal(text))));
    expect([...found].includes('undefined'), `${type} reads ${[...found].join()}`).toBe(false);
    for (const text of quoted(as)) expect(found).toContain(text);
    for (const text of quoted(not)) expect(normal(text), `${type} ${text}`).toBeUndefined();
  }
  expect(count).toBe(13);
});
