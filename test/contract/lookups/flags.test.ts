// Filters that ask for flags: only those of lookups that the campaign makes, and only once they
// were made; the guide's example is a world, and a described lead may be flagged.

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createEligibility } from '../../../src/eligibility/explain.ts';
import { parseWorld } from '../../../src/world/parse.ts';
import { lookupSettings } from '../../support/fake-lookups.ts';
import { guideExample } from '../../support/guide.ts';
import { sampleLead } from '../../support/sample-lead.ts';

const { twilio, email } = lookupSettings('https://services.example');
const is = (field: string) => ({ field, is: true });

const RULE = { name: 'odd', says: 'is odd', fields: ['phone'] };

/** A world in which a contract, a cap, a rule and a buyer ask for facts. */
function worldWith(asks: { filter?: object; when?: object; rule?: object; buyer?: object }) {
  const capOf = (when?: object) => (when ? [{ per: 'day', leads: 1, name: 'odd', when }] : []);
  return parseWorld({
    sluice: 1,
    operators: { ada: { keys: [{ sha256: '0'.repeat(64) }] } },
    verticals: { auto: { fields: { phone: { type: 'phone' }, email: { type: 'email' } } } },
    campaigns: {
      auto: {
        ...{ vertical: 'auto', lookups: { phone: twilio, mailbox: email } },
        routing: [{ method: 'waterfall', contracts: ['apex_auto'] }],
        rules: asks.rule ? [{ ...RULE, when: asks.rule }] : [],
      },
      home: { vertical: 'auto', routing: [] },
    },
    buyers: { apex: { caps: capOf(asks.buyer) } },
    contracts: {
      apex_auto: {
        ...{ buyer: 'apex', campaign: 'auto', price_cents: 500 },
        ...{ filter: asks.filter ?? null, caps: capOf(asks.when) },
        post: { url: 'https://apex.example/post' },
      },
    },
  });
}

const issuesOf = (asks: Parameters<typeof worldWith>[0]) => {
  const verdict = worldWith(asks);
  return verdict.ok ? [] : verdict.errors;
};

describe('a world', () => {
  test('may ask for flags in filters and caps', () => {
    const asks = { filter: is('flag.mailbox'), when: is('flagged'), buyer: is('flag.phone') };
    expect(issuesOf(asks)).toEqual([]);
  });

  const WRONG: [asks: Parameters<typeof worldWith>[0], at: string, says: RegExp, fix?: RegExp][] = [
    [{ filter: is('flag.mailbx') }, 'filter.field', /no lookup "mailbx"/, /flag\.mailbox\?/],
    [{ filter: { field: 'flag.phone', at_least: 1 } }, 'filter.at_least', /is a boolean/],
    [{ filter: { field: 'flagged', is: 'yes' } }, 'filter.is', /neither true nor false/],
    [{ when: is('flag.hlr') }, 'caps[0].when.field', /no lookup "hlr"/],
  ];
  test.for(WRONG)('%j is refused', ([asks, at, says, fix]) => {
    const [issue, ...others] = issuesOf(asks);
    expect(others).toEqual([]);
    expect(issue?.path).toBe(`contracts.apex_auto.${at}`);
    expect(issue?.says).toMatch(says);
    if (fix) expect(issue?.fix).toMatch(fix);
  });

  test.for(['flagged', 'flag.phone'])('has no rule that asks for %s', (field) => {
    expect(issuesOf({ rule: is(field) })).toEqual([
      expect.objectContaining({
        path: 'campaigns.auto.rules[0].when.field',
        says: 'a lead has no flags yet when it is checked',
      }),
    ]);
  });

  test('has no field of the name', () => {
    const verdict = parseWorld({
      sluice: 1,
      verticals: { auto: { fields: { flagged: { type: 'boolean' } } } },
    });
    expect(verdict).toMatchObject({
      ok: false,
      errors: [{ path: 'verticals.auto.fields.flagged' }],
    });
  });
});

test('the example of the guide takes what nobody flags, and what only the mailbox does', () => {
  const { contracts } = parse(guideExample('lookups.md', 'flags')) as {
    contracts: Readonly<Record<string, { filter: object }>>;
  };
  const takes = (id: string, flags: readonly string[]) => {
    const verdict = worldWith({ filter: contracts[id]?.filter ?? {} });
    if (!verdict.ok) throw new Error(JSON.stringify(verdict.errors));
    const lead = { ...sampleLead({ campaignId: 'auto' }), ...(flags.length > 0 && { flags }) };
    const live = { deniedKey: () => undefined };
    const asked = { lead, score: 50, live, atMs: lead.receivedAtMs };
    return createEligibility(verdict.world).explain('apex_auto', asked).kind === 'eligible';
  };
  const table = [[], ['mailbox'], ['phone'], ['phone', 'mailbox']].map((flags) =>
    ['apex_auto', 'harbor_auto'].map((id) => takes(id, flags)),
  );
  expect(table).toEqual([
    [true, true],
    [false, true],
    [false, false],
    [false, false],
  ]);
});
