// World files: what can be read, where it cannot be, the examples, the published schema, and what
// is said about a change.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { parseBuyersConfig } from '../../src/demo/buyer-config.ts';
import type { World } from '../../src/domain/world/world.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { changeText, diffWorlds } from '../../src/world/diff.ts';
import { digestOf } from '../../src/world/digest.ts';
import { worldJsonSchema } from '../../src/world/json-schema.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { readWorldText } from '../../src/world/read.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { smallDocument, spoil } from './world-document.ts';

const EXAMPLES = new URL('../../examples/worlds/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, EXAMPLES), 'utf8');

describe('a file', () => {
  test('reads the same as YAML and as JSON', () => {
    const yaml = 'sluice: 1\nbuyers:\n  apex: { time_zone: America/Denver }\n';
    const json = '{"sluice": 1, "buyers": {"apex": {"time_zone": "America/Denver"}}}';
    const read = { ok: true, document: JSON.parse(json) as unknown };
    expect(readWorldText(yaml, 'world.yaml')).toEqual(read);
    expect(readWorldText(json, 'world.json')).toEqual(read);
  });

  test('keeps times and words of YAML 1.1 as the text they are', () => {
    const text = 'open: 08:00\nanswer: no\nzip: "02134"';
    const document = { open: '08:00', answer: 'no', zip: '02134' };
    expect(readWorldText(text, 'w.yaml')).toEqual({ ok: true, document });
  });

  test('unfolds an alias', () => {
    const read = readWorldText('a: &x { b: 1 }\nc: *x', 'w.yml');
    expect(read).toEqual({ ok: true, document: { a: { b: 1 }, c: { b: 1 } } });
  });

  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair])) {
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]`);
  }

  const broken: [says: string, name: string, text: string, place: RegExp, why: RegExp][] = [
    [
      'a key that comes twice',
      'w.yaml',
      'sluice: 1\nbuyers:\n  a: {}\n  a: {}',
      /^w\.yaml:4:3$/,
      /unique/,
    ],
    ['a key that comes twice in JSON', 'w.json', '{"a": 1,\n "a": 2}', /^w\.json:2:2$/, /unique/],
    ['a missing bracket', 'w.yaml', 'sluice: 1\nlist: [1, 2', /^w\.yaml:2:/, /./],
    ['YAML in a JSON file', 'w.json', 'sluice: 1', /^w\.json:1:/, /./],
    ['a tag', 'w.yaml', 'sluice: !secret x', /^w\.yaml:1:9$/, /tag/i],
    ['two documents', 'w.yaml', 'sluice: 1\n---\nsluice: 1', /^w\.yaml:2:/, /document/],
    ['a map as a key', 'w.yaml', 'sluice: 1\n? { a: 1 }\n: 2', /^w\.yaml:2:3$/, /plain text/],
    ['an alias of nothing', 'w.yaml', 'a: *x', /^w\.yaml:/, /./],
    ['aliases that unfold to a million values', 'w.yaml', bomb.join('\n'), /^w\.yaml:/, /alias/i],
    ['nothing', 'w.yaml', '# later', /^w\.yaml:1:1$/, /empty/],
    ['5 MB', 'w.yaml', `a: ${'x'.repeat(5_000_000)}`, /^w\.yaml:1:1$/, /larger than 4 MB/],
  ];
  test.for(broken)('is refused for %s', ([, name, text, place, why]) => {
    const read = readWorldText(text, name);
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.issue.path).toMatch(place);
    expect(read.issue.path).toBe(`${name}:${read.issue.line}:${read.issue.column}`);
    expect(read.issue.says).toMatch(why);
  });
});

describe('the example', () => {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'));
  const worldOf = (name: string): World => {
    const read = readWorldText(textOf(name), name);
    const parsed = parseWorld(read.ok && read.document);
    expect(parsed).toMatchObject({ ok: true, warnings: [] });
    if (!parsed.ok) throw new Error(`${name} is not right`);
    return parsed.world;
  };

  test('worlds are the ones the README names', () => {
    expect(names).toEqual(['demo.yaml', 'fifty.yaml', 'home-services.yaml', 'insurance.yaml']);
  });

  test.for(names)('%s is right and draws no warning', (name) => {
    expect(Object.keys(worldOf(name).contracts).length).toBeGreaterThan(3);
  });

  const { buyers } = parseBuyersConfig(JSON.parse(textOf('demo-buyers.json')));

  test('demo has a stand-in for every address that it calls', () => {
    for (const contract of Object.values(worldOf('demo.yaml').contracts)) {
      const calls = [
        ['ping', contract.ping],
        ['post', contract.post],
        ...contract.deliveries.map(({ name, step }) => [name, step] as const),
      ] as const;
      for (const [kind, step] of calls) {
        if (!step || !('url' in step)) continue;
        expect(step.url).toBe(`http://127.0.0.1:3100/buyers/${contract.buyer}/${kind}`);
      }
      expect(Object.keys(buyers)).toContain(contract.buyer);
    }
  });

  test('demo sells the lead of the documentation at any hour of any day', () => {
    const world = worldOf('demo.yaml');
    const rules = createEligibility(world);
    const lead = sampleLead({ campaignId: 'auto_insurance' });
    const live = { deniedKey: () => undefined };
    const seen = new Set<string>();
    for (let hour = 0; hour < 7 * 24; hour += 1) {
      const asked = { lead, score: 84, live, atMs: Date.UTC(2026, 10, 16, hour) };
      const open = Object.keys(world.contracts).filter(
        (id) => rules.explain(id, asked).kind === 'eligible',
      );
      expect(open).toEqual(expect.arrayContaining(['apex_auto', 'cascade_auto', 'lumen_auto']));
      const granite = rules.explain('granite_auto', asked);
      seen.add(granite.kind === 'refused' ? granite.reason : granite.kind);
    }
    expect([...seen].sort()).toEqual(['eligible', 'outside_schedule']);
  });
});

test('JSON that is nested to hurt is refused where it goes too deep; brackets in strings do not count', () => {
  const opened = '\n{"a": '.repeat(5000);
  const issue = { says: 'is nested too deep', line: 102, column: 1 };
  expect(readWorldText(opened, 'world.json')).toMatchObject({ ok: false, issue });
  const quoted = JSON.stringify({ sluice: `\\"${'['.repeat(500)}` });
  expect(readWorldText(quoted, 'world.json')).toMatchObject({ ok: true });
});

test('the published JSON Schema is the one the code has', () => {
  const file = new URL('../../docs/reference/world.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(worldJsonSchema());
});

test('every setting of the published schema is explained', () => {
  const bare: string[] = [];
  const look = (part: unknown, path: string): void => {
    if (typeof part !== 'object' || part === null) return;
    const properties: unknown = 'properties' in part ? part.properties : undefined;
    if (typeof properties === 'object' && properties !== null && !Array.isArray(properties)) {
      for (const [key, value] of Object.entries(properties)) {
        const told: unknown = Object.hasOwn(value as object, 'description');
        const referred: unknown = Object.hasOwn(value as object, '$ref');
        if (!told && !referred) bare.push(`${path}.${key}`);
      }
    }
    for (const [key, value] of Object.entries(part)) look(value, `${path}.${key}`);
  };
  look(worldJsonSchema(), '');
  expect(bare).toEqual([]);
});

describe('a change', () => {
  const linesOf = (before: unknown, after: unknown) => diffWorlds(before, after).map(changeText);

  const changes: [says: string, path: string, value: unknown, lines: string[]][] = [
    [
      'of a value',
      'contracts.bolt_auto.price_cents',
      900,
      ['~ contracts.bolt_auto.price_cents: 700 → 900'],
    ],
    ['that adds a setting', 'paused', true, ['+ paused: true']],
    ['that takes a buyer out', 'buyers.apex', undefined, ['- buyers.apex: {}']],
    ['that adds a thing whole', 'buyers.new', { name: 'New' }, ['+ buyers.new: {"name":"New"}']],
    [
      'in a list of maps',
      'campaigns.auto.routing[1].name',
      'rest',
      ['+ campaigns.auto.routing[1].name: "rest"'],
    ],
    [
      'of a list of values',
      'sources.acme.campaigns',
      ['auto', 'home'],
      ['~ sources.acme.campaigns: ["auto"] → ["auto","home"]'],
    ],
    ['of nothing', 'sluice', 1, []],
  ];
  test.for(changes)('%s', ([, path, value, lines]) => {
    expect(linesOf(smallDocument(), spoil(path, value))).toEqual(lines);
  });

  test('is one short line, however long the list', () => {
    const zips = Array.from({ length: 40_000 }, (_, index) => String(10_000 + index));
    const [line = ''] = linesOf(
      smallDocument(),
      spoil('contracts.apex_auto.filter', { field: 'zip', in: zips }),
    );
    expect(line.length).toBeLessThan(140);
  });

  test('from nothing is the whole document, thing by thing', () => {
    expect(linesOf({}, { sluice: 1, buyers: { a: {} } })).toEqual([
      '+ sluice: 1',
      '+ buyers: {"a":{}}',
    ]);
  });
});

describe('a digest', () => {
  test('is the same for the same document, however it is written', () => {
    const turned = Object.fromEntries(Object.entries(smallDocument()).reverse());
    expect(digestOf(turned)).toBe(digestOf(smallDocument()));
    expect(digestOf({ a: 1, b: undefined })).toBe(digestOf({ a: 1 }));
    expect(digestOf({ a: 1 })).toBe(
      '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
    );
  });

  const others: [says: string, one: unknown, other: unknown][] = [
    ['another value', { a: 1 }, { a: 2 }],
    ['another type', { a: 1 }, { a: '1' }],
    ['another order of a list', { a: [1, 2] }, { a: [2, 1] }],
    ['null and nothing', { a: null }, {}],
    ['a key inside and outside', { a: { b: 1 } }, { a: {}, b: 1 }],
  ];
  test.for(others)('tells %s apart', ([, one, other]) => {
    expect(digestOf(one)).not.toBe(digestOf(other));
  });
});
