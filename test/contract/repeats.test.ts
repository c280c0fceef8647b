// Rules against repeats: whose they are, what they ask about a lead, and what an operator is told.
// The rules are those of docs/guides/repeats.md, read out of the page.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { toLeadId } from '../../src/domain/ids.ts';
import type { Lead } from '../../src/domain/lead.ts';
import type { SeenBefore } from '../../src/domain/person.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { listKept, repeatQuestions } from '../../src/eligibility/repeats.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';

type Parts = Record<string, Record<string, object>>;

const example = (name: string) => parse(guideExample('repeats.md', name)) as Parts;

const FIELDS = { phone: { type: 'phone' }, email: { type: 'email' }, zip: { type: 'zip' } };
const BOLT = {
  buyer: 'bolt',
  campaign: 'auto',
  price_cents: 900,
  post: { url: 'https://bolt.example/leads' },
};

function rulesOf(parts: Parts) {
  const routing = [{ method: 'waterfall', contracts: ['apex_auto', 'bolt_auto'] }];
  const parsed = parseWorld({
    sluice: 1,
    verticals: { auto: { fields: FIELDS } },
    campaigns: { auto: { vertical: 'auto', routing } },
    ...parts,
    buyers: { apex: {}, bolt: {}, ...parts['buyers'] },
    contracts: { ...example('contract')['contracts'], bolt_auto: BOLT, ...parts['contracts'] },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return createEligibility(parsed.world);
}

const PLAIN = { ...BOLT, buyer: 'apex' };
const BOTH = ['apex_auto', 'bolt_auto'];
const asked = (rules: ReturnType<typeof rulesOf>, fields: Lead['fields']) =>
  repeatQuestions(rules.repeats, BOTH, { fields }).map(
    ({ contractId, through, withinDays, key: { values } }) =>
      `${contractId} through ${through ?? 'any'}, ${values.join(' ')}, ${withinDays} days`,
  );

const ANN = { phone: '+15125550142', email: 'Ann@Example.com' };

describe('what is asked', () => {
  test('for a contract’s rule: each list of fields, of that contract, in lower case', () => {
    expect(asked(rulesOf({}), ANN)).toEqual([
      'apex_auto through apex_auto, +15125550142, 90 days',
      'apex_auto through apex_auto, ann@example.com, 90 days',
    ]);
  });

  test('for a buyer’s rule: of all its contracts, beside the contract’s own', () => {
    expect(asked(rulesOf(example('buyer')), ANN)).toEqual([
      'apex_auto through apex_auto, +15125550142, 90 days',
      'apex_auto through apex_auto, ann@example.com, 90 days',
      'apex_auto through any, +15125550142, 30 days',
    ]);
  });

  test('an empty field is like nobody’s', () => {
    const rules = rulesOf({});
    expect(asked(rules, { phone: '+15125550142', email: '' })).toHaveLength(1);
    expect(asked(rules, { zip: '78704' })).toEqual([]);
  });

  test('nothing where no contract has a rule', () => {
    const rules = rulesOf({ contracts: { apex_auto: PLAIN } });
    expect(rules.repeats.size).toBe(0);
    expect(asked(rules, ANN)).toEqual([]);
  });

  test('nothing of contracts without the rule beside one that has it', () => {
    const { repeats } = rulesOf({});
    expect(repeatQuestions(repeats, ['bolt_auto'], { fields: ANN })).toEqual([]);
  });
});

test('each list of fields is looked through once per buyer, as far as the longest window', () => {
  const second = { ...PLAIN, no_repeats: { by: [['phone']], within: '7d' } };
  const third = { ...second, no_repeats: { by: [['zip', 'phone']], within: '10d' } };
  const { repeats } = rulesOf({ ...example('buyer'), contracts: { second, third } });
  const kept = listKept(repeats).map(
    ({ buyer, through, fields, withinDays }) =>
      `${buyer}/${through ?? 'any'} ${fields.join('+')} ${withinDays}`,
  );
  expect(kept).toEqual([
    'apex/apex_auto phone 90',
    'apex/apex_auto email 90',
    'apex/any phone 30',
    'apex/second phone 7',
    'apex/third zip+phone 10',
  ]);
});

describe('a contract', () => {
  const NOW = Date.parse('2026-11-22T18:00:00Z');
  const before: SeenBefore = {
    leadId: toLeadId('01JD8XK7M2Q3R4S5T6V7W8X9Y0'),
    atMs: Date.parse('2026-11-20T14:05:59Z'),
    fields: ['phone'],
    withinDays: 90,
  };
  const explain = (rules: ReturnType<typeof rulesOf>, contractId: string, found?: SeenBefore) => {
    const live = { deniedKey: () => undefined };
    const at = { lead: sampleLead(), score: 50, live, atMs: NOW };
    const seen = new Map(found ? BOTH.map((id) => [id, found]) : []);
    return rules.explain(contractId, { ...at, seen });
  };

  test('whose buyer has had the person is left out, and says which fields and when', () => {
    const refused = explain(rulesOf({}), 'apex_auto', before);
    expect(refused).toEqual({
      kind: 'refused',
      reason: 'seen_before',
      detail: `the same phone as ${before.leadId} of 2026-11-20 14:05 UTC, within 90 days`,
      untilMs: Date.parse('2027-02-18T14:05:59Z'),
    });
    expect(guideText()).toContain(
      'the same phone as lead_… of 2026-11-20 14:05 UTC, within 90 days',
    );
  });

  test('is eligible where nothing was found, and where it has no rule', () => {
    expect(explain(rulesOf({}), 'apex_auto')).toEqual({ kind: 'eligible' });
    expect(explain(rulesOf({}), 'bolt_auto', before)).toEqual({ kind: 'eligible' });
  });

  test('is left out by the buyer’s rule as well', () => {
    const rules = rulesOf({ ...example('buyer'), contracts: { apex_auto: PLAIN } });
    expect(explain(rules, 'apex_auto', before)).toMatchObject({ reason: 'seen_before' });
  });
});

function guideText(): string {
  const url = new URL('../../docs/guides/repeats.md', import.meta.url);
  return readFileSync(url, 'utf8').replaceAll('\n', ' ');
}

describe('tells', () => {
  const rule = (by: string[][], within = '30d') => ({ no_repeats: { by, within } });
  test.for([
    ['contracts', 'apex_auto', rule([['fone']]), 'by[0][0]', '"fone" is no field of auto'],
    [
      'buyers',
      'apex',
      rule([['phone'], ['zip', 'mail']]),
      'by[1][1]',
      '"mail" is no field of auto',
    ],
    ['contracts', 'apex_auto', rule([]), 'by', 'wants at least 1 entries'],
    ['contracts', 'apex_auto', rule([['phone']], '800d'), 'within', 'wants 1d to 730d, in whole d'],
  ] as const)('%s %s %j', ([section, id, terms, at, says]) => {
    const whole = { ...PLAIN, ...terms };
    const parsed = parseWorld({
      sluice: 1,
      verticals: { auto: { fields: FIELDS } },
      campaigns: { auto: { vertical: 'auto', routing: [] } },
      buyers: { apex: section === 'buyers' ? terms : {} },
      contracts: { apex_auto: section === 'contracts' ? whole : PLAIN },
    });
    const errors = parsed.ok ? [] : parsed.errors;
    expect(errors).toEqual([
      expect.objectContaining({ path: `${section}.${id}.no_repeats.${at}`, says }),
    ]);
  });
});
