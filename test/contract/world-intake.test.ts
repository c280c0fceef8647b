// What verticals and campaigns ask of leads, as operators write it: read with its defaults, and
// each mistake told at its place. Each case takes a world that is right and spoils one thing.

import { describe, expect, test } from 'vitest';

import { parseWorld } from '../../src/world/parse.ts';
import { PING, smallDocument, spoil, worldOf } from './world-document.ts';

const FIELDS = 'verticals.auto.fields';
const CAMPAIGN = 'campaigns.auto';
const RULE = {
  name: 'grown',
  when: { field: 'age', below: 18 },
  says: 'too young',
  fields: ['dob'],
};
const ruleWith = (changes: object) => [{ ...RULE, ...changes }];
const RULES = `${CAMPAIGN}.rules`;

type Mistake = [path: string, value: unknown, at: string, says: string | RegExp, fix?: string];

const mistakes: Mistake[] = [
  [
    `${FIELDS}.ssn`,
    { type: 'ssn', personal: false },
    `${FIELDS}.ssn.personal`,
    /^a social security/,
  ],
  [`${FIELDS}.zip.check`, 'length', `${FIELDS}.zip.check`, 'only a phone has it'],
  [`${FIELDS}.phone.check`, 'strict', `${FIELDS}.phone.check`, 'wants plan or length'],
  [
    `${FIELDS}.sex`,
    { type: 'gender', choices: ['a'] },
    `${FIELDS}.sex.choices`,
    'only a choice has them',
  ],
  [RULES, ruleWith({ when: undefined }), `${RULES}[0].when`, 'is missing'],
  [RULES, ruleWith({ says: '' }), `${RULES}[0].says`, 'wants at least 1 characters'],
  [RULES, ruleWith({ fields: [] }), `${RULES}[0].fields`, 'wants at least 1 entries'],
  [RULES, ruleWith({ name: 'Too Young' }), `${RULES}[0].name`, /^an id begins/],
  [RULES, [RULE, RULE], RULES, 'two rules have the same name'],
  [
    RULES,
    ruleWith({ fields: ['servise'] }),
    `${RULES}[0].fields[0]`,
    '"servise" is no field of the vertical',
    'did you mean service?',
  ],
  [
    RULES,
    ruleWith({ when: { field: 'stat', is: 'TX' } }),
    `${RULES}[0].when.field`,
    /^"stat" is neither/,
    'did you mean state?',
  ],
  [
    RULES,
    ruleWith({ when: { field: 'dob', contains: '19' } }),
    `${RULES}[0].when.contains`,
    /^"dob" is a date/,
  ],
  [
    RULES,
    ruleWith({ when: { field: 'phone', matches: '(?=5)' } }),
    `${RULES}[0].when.matches`,
    /^is no RE2 pattern/,
  ],
  [
    RULES,
    ruleWith({ when: { field: 'service', is: 'siding' } }),
    `${RULES}[0].when.is`,
    /is none of its values$/,
  ],
  [
    RULES,
    ruleWith({
      when: { any: [{ field: 'age', below: 18 }, { not: { field: 'score', at_least: 5 } }] },
    }),
    `${RULES}[0].when.any[1].not.field`,
    'a lead has no score yet when it is checked',
    'ask in a contract’s filter',
  ],
  [
    'verticals.auto.rules',
    ruleWith({ fields: ['servise'] }),
    'verticals.auto.rules[0].fields[0]',
    /^"servise" is no field/,
  ],
  [`${CAMPAIGN}.consent`, { required: [] }, `${CAMPAIGN}.consent`, /^requires nothing/],
  [
    `${CAMPAIGN}.consent`,
    { required: ['url'] },
    `${CAMPAIGN}.consent.required[0]`,
    /^wants text, at, ip/,
  ],
  [
    `${CAMPAIGN}.consent`,
    { max_age: '30s' },
    `${CAMPAIGN}.consent.max_age`,
    'wants 1m to 10y, in whole m',
  ],
  [`${CAMPAIGN}.refuse`, ['email_odd'], `${CAMPAIGN}.refuse[0]`, /^wants email_disposable/],
  [
    `${CAMPAIGN}.refuse`,
    ['email_role'],
    `${CAMPAIGN}.refuse[0]`,
    /^no lead can show an address of an office/,
  ],
  [
    `${CAMPAIGN}.answers`,
    { rejected_status: 500 },
    `${CAMPAIGN}.answers.rejected_status`,
    'wants 200, 400, 409 or 422',
  ],
];

describe('a mistake is told at its place', () => {
  test.for(mistakes)('%s: %j', ([path, value, at, says, fix]) => {
    const parsed = parseWorld(spoil(path, value));
    if (parsed.ok) throw new Error('it was taken');
    const [issue, ...more] = parsed.errors;
    expect(more).toEqual([]);
    expect(issue?.path).toBe(at);
    expect(issue?.says).toMatch(says);
    if (fix !== undefined) expect(issue?.fix).toBe(fix);
  });

  const missing: [code: string, kept: string[]][] = [
    ['zip_unknown', ['state']],
    ['zip_not_in_state', ['zip']],
    ['zip_not_in_state', ['state']],
  ];
  test.for(missing)('%s is refused of a vertical with %j only', ([code, kept]) => {
    const fields = Object.fromEntries(kept.map((type) => [type, { type }]));
    const campaigns = { auto: { vertical: 'auto', routing: [], refuse: [code] } };
    const parsed = parseWorld({ ...spoil(FIELDS, fields), contracts: {}, campaigns });
    expect(parsed.ok ? [] : parsed.errors.map(({ path }) => path)).toEqual([
      'campaigns.auto.refuse[0]',
    ]);
  });
});

describe('what is right', () => {
  test('what is not written is not asked for', () => {
    const { auto } = worldOf(smallDocument()).campaigns;
    expect(auto).not.toHaveProperty('rules');
    expect([auto?.consent, auto?.refuse, auto?.answers]).toEqual([undefined, undefined, undefined]);
  });

  test('consent wants text and time unless told', () => {
    const { auto } = worldOf(spoil(`${CAMPAIGN}.consent`, {})).campaigns;
    expect(auto?.consent).toEqual({ required: ['text', 'at'], maxAgeMinutes: null });
    const young = worldOf(spoil(`${CAMPAIGN}.consent`, { required: [], max_age: '2d' })).campaigns;
    expect(young['auto']?.consent).toEqual({ required: [], maxAgeMinutes: 2880 });
  });

  test('a status that is not named is 200', () => {
    const { auto } = worldOf(spoil(`${CAMPAIGN}.answers`, { duplicate_status: 409 })).campaigns;
    expect(auto?.answers).toEqual({ rejectedStatus: 200, duplicateStatus: 409 });
  });

  test('a rule that no lead can break is warned about', () => {
    const when = {
      all: [
        { field: 'state', is: 'TX' },
        { field: 'state', is: 'OK' },
      ],
    };
    const parsed = parseWorld(spoil(RULES, ruleWith({ when })));
    const told = parsed.ok ? parsed.warnings.map(({ path, says }) => `${path} ${says}`) : [];
    expect(told.join()).toMatch(/campaigns\.auto\.rules\[0\]\.when.* no lead can meet the filter/);
  });
});

describe('a social security number', () => {
  const withSsn = (apex: object) => {
    const whole = spoil(`${FIELDS}.ssn`, { type: 'ssn' });
    const { contracts } = whole as { contracts: Record<string, object> };
    contracts['apex_auto'] = { ...contracts['apex_auto'], ...apex };
    return parseWorld(whole);
  };
  const pathsOf = (parsed: ReturnType<typeof parseWorld>) =>
    parsed.ok ? [] : parsed.errors.map(({ path, fix }) => `${path}: ${fix}`);

  test('is in no ping, and may be in a post', () => {
    const ping = { ...PING, fields: ['zip', 'ssn'] };
    expect(pathsOf(withSsn({ ping }))).toEqual([
      'contracts.apex_auto.ping.fields[1]: send it with the post',
    ]);
    const post = { url: 'https://apex.example/post', fields: ['phone', 'ssn'] };
    expect(withSsn({ post }).ok).toBe(true);
  });

  test('is asked about by whether it exists, and by nothing else', () => {
    expect(withSsn({ filter: { field: 'ssn', exists: true } }).ok).toBe(true);
    for (const test of [{ is: '123456789' }, { starts_with: '123' }, { in: ['123456789'] }]) {
      expect(pathsOf(withSsn({ filter: { field: 'ssn', ...test } }))).toEqual([
        `contracts.apex_auto.filter.${Object.keys(test)[0]}: one of exists`,
      ]);
    }
  });

  test('is personal, and no key of a cap', () => {
    const parsed = withSsn({ caps: [{ per: 'day', leads: 1, each: 'ssn' }] });
    expect(pathsOf(parsed)).toEqual([
      'contracts.apex_auto.caps[0].each: choose a field that is not personal',
    ]);
    const told = withSsn({});
    expect(told.ok && told.world.verticals['auto']?.fields['ssn']?.personal).toBe(true);
  });
});
