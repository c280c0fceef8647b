// Explaining leads that do not exist and leads that do, over HTTP, with the world of the guide and
// the rest in memory.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderExplanation } from '../../src/api/asking/explain-text.ts';
import type { Explanation } from '../../src/api/wire/explain.ts';
import type { LeadTrace } from '../../src/db/reading/trace.ts';
import type { StageRoute } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { holdRoom, type KnownCaps, unusedCaps } from '../../src/routing/caps.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { call, type Stand, startStand } from './api-stand.ts';
import { world as keyed } from './intake-world.ts';
import { worldOf } from './world-document.ts';

const PAGE = 'why-and-what-if.md';
const document = parse(guideExample(PAGE, 'world')) as Record<string, unknown>;
const question = parse(guideExample(PAGE, 'question')) as Record<string, unknown>;
const guide = worldOf(document);
// The guide's world, whose source has the key `sk_test_acme`, with an operator.
const world = { ...guide, operators: keyed.operators };
const rules = { version: 7, world, eligibility: createEligibility(world) };

// What stands behind the application; tests set the scene.
const scene: {
  caps: KnownCaps | undefined;
  credits: Record<string, number>;
  writes: string[];
} = { caps: new Map(), credits: {}, writes: [] };

let stand: Stand;
beforeAll(async () => {
  stand = await startStand({
    currentWorld: () => rules,
    findRules: async (version = 7) => (version === 7 ? rules : undefined),
    readCaps: async () => structuredClone(scene.caps),
    listRotations: async () => new Map([['rest', { credits: scene.credits, turn: 12 }]]),
  });
});
afterAll(() => stand.close());

/** The caps of Apex after so many sales at a moment. */
function apexAfter(sales: number, atMs: number): KnownCaps {
  const caps = unusedCaps();
  const terms = { lead: sampleLead(), score: 50, priceCents: cents(4500), atMs };
  const windows = rules.eligibility.capWindows('apex_roofs', terms);
  for (let n = 0; n < sales; n += 1) {
    holdRoom(caps, { id: `sale/${n}`, atMs, windows });
  }
  return new Map([['apex', caps]]);
}

async function ask(body: object): Promise<Explanation> {
  const answer = await call(stand, 'POST /v1/explain', { by: 'operator', body });
  expect(answer.text).toContain('"stages"');
  expect(answer.status).toBe(200);
  return answer.body as unknown as Explanation;
}

const lineOf = (told: Explanation, contract: string) =>
  told.stages.flatMap((stage) => stage.contracts).find((line) => line.contract === contract);

test('a described lead is told its order, price and turn, and why the others may not', async () => {
  scene.caps = apexAfter(49, Date.now());
  scene.credits = { crest_roofs: -(2 ** 39), dune_roofs: 2 ** 39 };
  const told = await ask(question);
  expect(told).toMatchObject({ lead: null, as_of: 'now', caps: 'live', note: null, problems: [] });
  expect(lineOf(told, 'apex_roofs')).toMatchObject({ rank: 1, price_cents: 4500, eligible: true });
  expect(lineOf(told, 'bolt_roofs')).toMatchObject({
    eligible: false,
    rank: null,
    reason: 'filter_not_met',
  });
  expect(told.stages[1]).toMatchObject({ stage: 'rest', turn: 12 });
  expect(told.stages[1]?.contracts.map(({ contract }) => contract)).toEqual([
    'dune_roofs',
    'crest_roofs',
  ]);
});

test('a full cap names its window, use and limit, and until when', async () => {
  scene.caps = apexAfter(50, Date.now());
  const told = await ask(question);
  const line = lineOf(told, 'apex_roofs');
  expect(line).toMatchObject({ eligible: false, reason: 'cap_reached' });
  const undated = line?.detail?.replace(/\d{4}-\d\d-\d\d/g, 'then');
  expect(undated).toBe('contract/apex_roofs/day/then/leads 50/50 until then 00:00 America/Denver');
  expect(Date.parse(line?.until ?? '')).toBeGreaterThan(Date.now());
});

test('without Temporal no cap is judged, and the answer says so', async () => {
  scene.caps = undefined;
  const told = await ask(question);
  expect(told).toMatchObject({
    caps: 'unknown',
    note: 'Temporal does not answer: no cap was judged',
  });
  expect(lineOf(told, 'apex_roofs')).toMatchObject({ eligible: true, rank: 1 });
});

test('another time is judged by the world in force, without caps and turns', async () => {
  const told = await ask({ ...question, at: '2027-01-01T12:00:00Z' });
  expect(told).toMatchObject({ as_of: 'time', caps: 'unknown' });
  expect(told.stages.map(({ at }) => at)).toEqual(
    told.stages.map(() => '2027-01-01T12:00:00.000Z'),
  );
  expect(told.stages[1]?.note).toContain('nobody knows whose turn');
  expect(lineOf(told, 'dune_roofs')).toMatchObject({ eligible: true, rank: null });
});

test('problems of fields are told, and a given score is used', async () => {
  const fields = { first_name: 'Ann', phone: '12', state: 'CO', shoe: 44 };
  const told = await ask({ ...question, fields, score: 71 });
  expect(told.problems).toMatchObject([{ field: 'phone', reason: 'field_invalid' }]);
  expect(told.unknown_fields).toEqual(['shoe']);
  expect(told.score).toEqual({ score: 71, band: 'high', reasons: [] });
});

test.each([
  ['nothing at all', {}, ['campaign', 'source', 'fields']],
  ['a source that is none', { ...question, source: 'nobody' }, ['source']],
  ['a stored lead with a score', { lead: 'lead_01KATJ7Q1M3W8Y4E2S5X6ZRB0N', score: 5 }, ['score']],
  ['a field of a wrong type', { ...question, fields: { state: ['CO'] } }, ['fields.state']],
  ['a name that is unknown', { ...question, colour: 'red' }, ['colour']],
  ['a time that is none', { ...question, at: 'soon' }, ['at']],
])('refuses %s and names it', async (_, body, fields) => {
  const answer = await call(stand, 'POST /v1/explain', { by: 'operator', body });
  expect(answer.status).toBe(422);
  const errors = answer.body['errors'] as { field: string }[];
  expect(errors.map(({ field }) => field)).toEqual(fields);
});

test('sources may not ask, and a lead that is not there is not found', async () => {
  const body = question;
  expect((await call(stand, 'POST /v1/explain', { by: 'acme', body })).status).toBe(403);
  const lead = 'lead_01KATJ7Q1M3W8Y4E2S5X6ZRB0N';
  const missing = await call(stand, 'POST /v1/explain', { by: 'operator', body: { lead } });
  expect(missing.body).toMatchObject({ code: 'no_such_lead' });
});

test('a stored lead is explained by what was known when it was routed', async () => {
  const atMs = Date.parse('2026-11-24T18:00:00Z');
  const key = 'contract/apex_roofs/day/2026-11-24/leads';
  const first: StageRoute = {
    stage: 'first',
    method: 'waterfall',
    order: [],
    atMs,
    refused: [
      { contractId: 'apex_roofs', reason: 'cap_reached', detail: `${key}: ${key} 50/50` },
      { contractId: 'bolt_roofs', reason: 'filter_not_met', detail: '' },
    ],
  };
  const rest: StageRoute = {
    stage: 'rest',
    method: 'round_robin',
    order: ['crest_roofs', 'dune_roofs'],
    refused: [],
    atMs: atMs + 3,
    turn: 4,
    credits: { crest_roofs: 2 ** 38, dune_roofs: -(2 ** 38) },
  };
  const lead = sampleLead({
    campaignId: 'roofing',
    worldVersion: 7,
    fields: { first_name: 'Ann', state: 'CO' },
    receivedAtMs: atMs - 9,
  });
  const verdicts = [first, rest].map((verdict) => ({
    round: 1,
    step: `route/${verdict.stage}`,
    verdict,
  }));
  const trace = { lead, unknownFields: [], verdicts, attempts: [] } as unknown as LeadTrace;
  stand.traces.splice(0, stand.traces.length, trace);

  const told = await ask({ lead: lead.id });
  expect(told).toMatchObject({ lead: lead.id, as_of: 'recorded', caps: 'recorded' });
  expect(told.stages.map(({ at }) => at)).toEqual([
    '2026-11-24T18:00:00.000Z',
    '2026-11-24T18:00:00.003Z',
  ]);
  expect(lineOf(told, 'apex_roofs')).toMatchObject({
    reason: 'cap_reached',
    detail: `${key}: ${key} 50/50`,
  });
  expect(told.stages[1]?.contracts.map(({ contract, rank }) => [contract, rank])).toEqual([
    ['crest_roofs', 1],
    ['dune_roofs', 2],
  ]);

  const [again, sent] = [
    { round: 2, step: 'route/rest' },
    { round: 1, state: 'rejected' },
  ];
  const plan = { worldVersion: 7, places: 1, stages: ['first', 'rest'] };
  stand.traces.splice(0, 1, {
    ...trace,
    verdicts: [
      ...verdicts,
      { round: 2, step: 'round', verdict: plan },
      { ...again, verdict: rest },
    ],
    attempts: [{ ...sent, contractId: 'dune_roofs' }],
  } as unknown as LeadTrace);
  const later = await ask({ lead: lead.id });
  expect(lineOf(later, 'dune_roofs')).toMatchObject({ reason: 'rejected_before', rank: null });
  stand.traces.splice(0, 1, trace);

  scene.caps = apexAfter(0, Date.now());
  const now = await ask({ lead: lead.id, at: 'now' });
  expect(lineOf(now, 'apex_roofs')).toMatchObject({ eligible: true, rank: 1 });
});

test('the text has a line for each contract and no control characters', async () => {
  scene.caps = apexAfter(50, Date.now());
  const text = renderExplanation(await ask({ ...question, fields: { state: 'CO' } }));
  expect(text.split('\n').filter((line) => /_roofs/.test(line))).toHaveLength(4);
  expect(text).toContain('would be rejected: first_name: missing');
  expect(text).toMatch(/^ {2}- {2}apex_roofs {2,}- {2}cap_reached: contract\/apex_roofs\/day/m);
});

test('the guide shows what is printed', async () => {
  scene.caps = apexAfter(50, Date.now());
  scene.credits = {};
  const page = readFileSync(new URL(`../../docs/guides/${PAGE}`, import.meta.url), 'utf8');
  const printed = renderExplanation(await ask(question));
  // Days and instants are those of the day on which it was seen.
  const undated = (text: string) => text.replace(/\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, 'then');
  expect(undated(page)).toContain(undated(printed));
});
