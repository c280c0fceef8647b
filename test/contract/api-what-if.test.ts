// What-ifs over HTTP, with the world of the guide and recorded leads written down by hand.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderWhatIf } from '../../src/api/asking/what-if-text.ts';
import { type WhatIfLead, type WhatIfLine, whatIfLine } from '../../src/api/wire/what-if.ts';
import type { RecordedLead } from '../../src/domain/recorded.ts';
import { askWhatIf } from '../../src/cli/asking/what-if.ts';
import { readConfig } from '../../src/config.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { guideExample } from '../support/guide.ts';
import { until } from '../support/until.ts';
import { call, type Stand, startStand } from './api-stand.ts';
import { keys, world as keyed } from './intake-world.ts';
import { recordedLead } from './simulation-stand.ts';
import { worldOf } from './world-document.ts';

const PAGE = 'why-and-what-if.md';
type Sections = Record<string, Record<string, object>>;
const document = parse(guideExample(PAGE, 'world')) as Sections;
const change = parse(guideExample(PAGE, 'change')) as Sections;
const world = { ...worldOf(document), operators: keyed.operators };
const rules = { version: 1, world, eligibility: createEligibility(world) };
const { apex_roofs: apex } = document['contracts'] ?? {};
const changed = {
  ...document,
  contracts: {
    ...document['contracts'],
    apex_roofs: { ...apex, ...change['contracts']?.['apex_roofs'] },
  },
};

const KEY = 'contract/apex_roofs/day/2026-11-24/leads';
const HALF = 2 ** 39;
const fields = { first_name: 'Ann', phone: '+17205550142', state: 'CO' };
const notTexas = {
  contractId: 'bolt_roofs',
  reason: 'filter_not_met',
  detail: 'state is "CO", wants one of TX, NM',
} as const;

/** Fifty leads to Apex, and then by turns to Crest and Dune. */
const day: readonly RecordedLead[] = Array.from({ length: 60 }, (_, at) => {
  const of = { at, campaign: 'roofing', fields };
  const toApex = { stage: 'first', order: ['apex_roofs'], refused: [notTexas] };
  const endsAtMs = Date.parse('2026-11-25T07:00:00Z');
  const windows = [{ key: KEY, amount: 1, limit: 50, endsAtMs }];
  if (at < 50) {
    const offers = [{ contract: 'apex_roofs', cents: 4500, windows }];
    return recordedLead({ ...of, routes: [toApex], offers });
  }
  const full = { contractId: 'apex_roofs', reason: 'cap_reached', detail: `${KEY}: no room left` };
  const isDunes = at % 2 === 1;
  const order = isDunes ? ['dune_roofs', 'crest_roofs'] : ['crest_roofs', 'dune_roofs'];
  const rest = {
    ...({ stage: 'rest', method: 'round_robin', order, turn: at - 49 } as const),
    credits: { crest_roofs: isDunes ? -HALF : 0, dune_roofs: isDunes ? HALF : 0 },
  };
  const first = {
    stage: 'first',
    refused: [{ ...full, reason: 'cap_reached' as const }, notTexas],
  };
  return recordedLead({
    ...{ ...of, routes: [first, rest] },
    offers: [{ contract: order[0] ?? '', cents: 900 }],
  });
});

// What stands behind the application; tests set the scene.
const scene = { leads: day, of: 60, page: async () => undefined as void };

let stand: Stand;
beforeAll(async () => {
  stand = await startStand({
    currentWorld: () => rules,
    findRules: async () => rules,
    history: {
      countRecorded: async () => scene.of,
      listRecorded: async () => {
        await scene.page();
        return { leads: scene.leads };
      },
      readCapsBefore: async () => new Map(),
      findHadBefore: async () => [],
    },
  });
});
afterAll(() => stand.close());

const PERIOD = 'since=2026-11-24T18:00:00Z&until=2026-11-25T18:00:00Z';

async function ask(body: unknown, query = `${PERIOD}&leads=true`) {
  const answer = await call(stand, `POST /v1/what-if?${query}`, { by: 'operator', body });
  const lines = answer.text.split('\n').filter((line) => line !== '');
  return { answer, lines: lines.map((line) => whatIfLine.parse(JSON.parse(line))) };
}

function resultIn(lines: readonly WhatIfLine[]) {
  const last = lines.at(-1);
  if (!last || !('result' in last)) throw new Error('the last line is no result');
  const leads = lines.flatMap((line): WhatIfLead[] => ('lead' in line ? [line.lead] : []));
  return { result: last.result, leads };
}

test('the world as it is: progress, and a result in which nothing differs', async () => {
  const { answer, lines } = await ask(document);
  expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
  expect(lines.slice(0, -1)).toEqual([
    { progress: { done: 0, of: 60 } },
    { progress: { done: 60, of: 60 } },
  ]);
  const { result } = resultIn(lines);
  expect(result).toMatchObject({ leads: { simulated: 60, changed: 0, assumed: 0 }, notes: [] });
  expect(result.after).toEqual(result.before);
});

test('the guide shows what is printed, and nothing of a person is in it', async () => {
  const { answer, lines } = await ask(changed);
  const { result, leads } = resultIn(lines);
  expect(leads).toHaveLength(10);
  const printed = renderWhatIf(result, leads.slice(0, 1));
  const page = readFileSync(new URL(`../../docs/guides/${PAGE}`, import.meta.url), 'utf8');
  const unnamed = (text: string) => text.replace(/lead_\w{26}/g, 'lead');
  expect(unnamed(page)).toContain(unnamed(printed));
  for (const text of ['Ann', '5550142']) expect(answer.text).not.toContain(text);
});

test('YAML is taken as PUT /v1/world takes it, and without `leads` only sums are told', async () => {
  const yaml = guideExample(PAGE, 'world');
  const answer = await call(stand, `POST /v1/what-if?${PERIOD}`, {
    ...{ by: 'operator', body: yaml },
    headers: { 'Content-Type': 'application/yaml' },
  });
  expect(answer.status).toBe(200);
  const sums = await ask(changed, PERIOD);
  expect(resultIn(sums.lines)).toMatchObject({ leads: [], result: { leads: { changed: 10 } } });
});

test('a campaign is told alone; without leads the text says so', async () => {
  const { lines } = await ask(document, `${PERIOD}&campaign=roofing`);
  expect(resultIn(lines).result).toMatchObject({ campaign: 'roofing', leads: { received: 60 } });
  scene.leads = [];
  const none = resultIn((await ask(document)).lines);
  scene.leads = day;
  expect(renderWhatIf(none.result)).toMatch(/^no leads in this period: leads from 2026-11-24T18/);
});

test('the command sends a file and prints the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-what-if-'));
  const file = join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(changed));
  const env = { SLUICE_URL: stand.url, SLUICE_OPERATOR_KEY: keys.operator };
  const shown: string[] = [];
  const onProgress = (text: string) => void shown.push(text);
  const from = { config: readConfig({ SLUICE_DATA_DIR: folder }), env, onProgress };
  const until = '2026-11-25T18:00:00Z';
  const options = { since: '2026-11-24T18:00:00Z', until, leads: true, json: false };
  const { result, leads } = resultIn((await ask(changed)).lines);
  expect(await askWhatIf(file, options, from)).toBe(renderWhatIf(result, leads));
  expect(shown).toEqual(['0 of 60 leads …', '60 of 60 leads …', '']);
  writeFileSync(file, '{');
  await expect(askWhatIf(file, options, from)).rejects.toThrow('HTTP 422');
  await expect(askWhatIf(join(folder, 'none'), options, from)).rejects.toThrow('cannot read');
});

test.each([
  ['a time that is none', 'since=yesterday', 'since'],
  ['a period that ends before it begins', 'since=1h&until=2h', 'since'],
  ['a period that is too long', 'since=40d', 'since'],
  ['a name that is unknown', 'since=1h&colour=red', 'colour'],
])('refuses %s and names it', async (_, query, field) => {
  const answer = await call(stand, `POST /v1/what-if?${query}`, { by: 'operator', body: document });
  expect(answer.status).toBe(422);
  const errors = answer.body['errors'] as { field: string }[];
  expect(errors.map((error) => error.field)).toEqual([field]);
});

test('refuses more leads than it runs at once, a campaign that is nowhere, and other keys', async () => {
  scene.of = 50_001;
  const many = await call(stand, 'POST /v1/what-if', { by: 'operator', body: document });
  scene.of = 60;
  expect(many.status).toBe(422);
  expect(many.text).toContain('the period has 50001 leads, at most 50000');
  const none = await call(stand, 'POST /v1/what-if?campaign=x', { by: 'operator', body: document });
  expect(none.body).toMatchObject({ code: 'unknown_campaign' });
  const source = await call(stand, 'POST /v1/what-if', { by: 'acme', body: document });
  expect(source.body).toMatchObject({ code: 'operator_key_required' });
  expect((await call(stand, 'POST /v1/what-if', { body: document })).status).toBe(401);
});

test('a document with errors is answered as by PUT /v1/world', async () => {
  const body = { ...document, colour: 'red' };
  const answer = await call(stand, 'POST /v1/what-if', { by: 'operator', body });
  expect(answer.body).toMatchObject({ code: 'invalid_world', errors: [{ field: 'colour' }] });
  const text = await call(stand, 'POST /v1/what-if', { by: 'operator', body: '{' });
  expect(text.body).toMatchObject({ code: 'invalid_world' });
});

/** Holds the next page back; `reached` is when it is asked for. */
function holdPage() {
  const gate = { open: () => {}, fail: (_: Error) => {} };
  const reached = new Promise<void>((isReached) => {
    const held = new Promise<void>((resolve, reject) => {
      Object.assign(gate, { open: resolve, fail: reject });
    });
    scene.page = () => {
      scene.page = async () => undefined;
      isReached();
      return held;
    };
  });
  return { reached, gate };
}

test('one at a time; a fault on the way is the last line, and the next one runs', async () => {
  const { reached, gate } = holdPage();
  const first = ask(document);
  await reached;
  const second = await call(stand, 'POST /v1/what-if', { by: 'operator', body: document });
  expect([second.status, second.body['code']]).toEqual([409, 'what_if_running']);
  gate.fail(new Error('the disk is full of secrets'));
  const { answer, lines } = await first;
  expect(answer.status).toBe(200);
  expect(lines.at(-1)).toMatchObject({ error: { code: 'internal_error' } });
  expect(answer.text).not.toContain('secrets');
  expect(resultIn((await ask(document)).lines).result.leads.simulated).toBe(60);
});

test('who goes away ends it, and another one may ask', async () => {
  const { reached, gate } = holdPage();
  const gone = new AbortController();
  const request = fetch(`${stand.url}/v1/what-if?${PERIOD}&leads=true`, {
    ...{ method: 'POST', body: JSON.stringify(changed), signal: gone.signal },
    headers: { Authorization: `Bearer ${keys.operator}`, 'Content-Type': 'application/json' },
  }).then((response) => response.text());
  await reached;
  gone.abort();
  await expect(request).rejects.toThrow();
  gate.open();
  await until('another one runs', async () => {
    const by = { by: 'operator', body: document } as const;
    return (await call(stand, `POST /v1/what-if?${PERIOD}`, by)).status === 200;
  });
});
