// Goal: what became of leads is counted as the guide says, a version is published and scores by
// itself, and a score can be reckoned again from what is stored. Method: leads written straight
// into the tables, many at once, with outcomes that differ by source.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCaseBook } from '../../src/activities/cases.ts';
import { fitScores } from '../../src/activities/scoring/fit-scores.ts';
import { createScoreActivities } from '../../src/activities/scoring/score.ts';
import { runScore } from '../../src/cli/scoring/score.ts';
import { findPublished, loadModel } from '../../src/db/scoring/models.ts';
import { countOutcomes, listJudged } from '../../src/db/scoring/outcomes.ts';
import { recordWorld } from '../../src/db/worlds.ts';
import type { Lead } from '../../src/domain/lead.ts';
import { facetsOf } from '../../src/domain/scoring/facets.ts';
import { scoreByHistory } from '../../src/domain/scoring/history-score.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { storeLead, storeSoldLead } from '../support/lead-rows.ts';

const DOCUMENT = {
  sluice: 1,
  verticals: { auto: { fields: { state: { type: 'state' } } } },
  campaigns: {
    auto: { vertical: 'auto', routing: [] },
    by_rules: { vertical: 'auto', routing: [], scoring: { by: 'rules' } },
  },
  sources: Object.fromEntries(
    Array.from({ length: 4 }, (_, n) => [
      `s${n}`,
      {
        keys: [{ sha256: String(n).repeat(64) }],
        campaigns: ['auto'],
        payout: { share_percent: 80 },
      },
    ]),
  ),
};

function loadWorld() {
  const parsed = parseWorld(DOCUMENT);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { world } = parsed;
  return { version: 1, world, eligibility: createEligibility(world) };
}
const { world } = loadWorld();

async function openBook(): Promise<TestDatabase> {
  const database = await createDatabase();
  const first = { document: DOCUMENT, digest: 'first', by: 'test', paused: [] };
  await recordWorld(database.pool, () => first);
  return database;
}

let db: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'sluice-score-'));
beforeAll(async () => void (db = await openBook()));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await db.close();
});

/** Judged leads of the last 60 days; of source s{n}, n + 1 of 5 are sold. */
async function inventLeads({ pool }: TestDatabase, leads: number): Promise<void> {
  await pool.query(
    `insert into leads (id, campaign_id, source_id, world_version, test, raw, fields, problems,
       unknown_fields, behaviour, received_at, status, outcome)
     select 'lead_' || lpad(n::text, 26, '0'), 'auto', 's' || n % 4, 1, false, '{}',
       jsonb_build_object('state', case when n % 3 = 0 then 'TX' else 'CA' end), '[]', '{}',
       jsonb_build_object('form_seconds', n % 40), 
       now() - interval '60 days' * (1 - n / $1::float8),
       case when sold then 'sold' else 'unsold' end,
       case when sold then '{"kind":"sold"}' else '{"kind":"unsold","reason":"all_rejected"}' end
         ::jsonb
     from (select n, (n / 4) % 5 <= n % 4 as sold from generate_series(1, $1::int) n) as made`,
    [leads],
  );
  await pool.query(
    `insert into verdicts (lead_id, round, step, verdict)
     select id, 1, 'score', jsonb_build_object('score', 40 + length(id) % 7 + public_no % 30)
     from leads`,
  );
}

const campaigns = [{ campaign: 'auto', vertical: 'auto', state_field: 'state' }];
const always = { from: new Date(0), to: new Date(Date.now() + 60_000), campaigns };

test('counts sold, returned and converted leads, and none that buyers never judged', async () => {
  const own = await openBook();
  const sale = [{ contractId: 'apex_auto', priceCents: 900 }];
  const at = { sourceId: 's1', subSource: 'a/b', behaviour: { form_seconds: 9 } };
  const sold = await storeSoldLead(own.pool, sale, at);
  const bad = await storeSoldLead(own.pool, sale, at);
  const returned = await storeSoldLead(own.pool, sale, at);
  await own.pool.query(`update attempts set state = 'returned' where lead_id = $1`, [returned]);
  await own.pool.query(
    `insert into feedback (id, lead_id, what, happened_at, done_by)
     values ('1', $1, 'contacted', now(), 'ada'), ('2', $1, 'converted', now(), 'ada'),
       ('3', $2, 'bad', now(), 'ada')`,
    [sold, bad],
  );
  const reasons = ['all_rejected', 'no_bids', 'none_eligible', 'none_reached'];
  for (const reason of reasons) {
    const leadId = await storeLead(own.pool, at);
    await own.pool.query(`update leads set status = 'unsold', outcome = $2 where id = $1`, [
      leadId,
      { kind: 'unsold', reason },
    ]);
  }
  await storeLead(own.pool, { ...at, test: true });
  await storeLead(own.pool, at);
  const counts = await countOutcomes(own.pool, { ...always, to: new Date(Date.now() + 1_000) });
  const of = (label: string, dimension: string) => {
    const found = counts.find((each) => each.label === label && each.dimension === dimension);
    return found && [found.key, Math.round(found.hits), Math.round(found.n)];
  };
  expect(of('accepted', 'all')).toEqual(['', 3, 5]);
  expect(of('accepted', 'sub_source')).toEqual(['auto/s1/a/b', 3, 5]);
  expect(of('accepted', 'state')).toEqual(['auto/TX', 3, 5]);
  expect(of('accepted', 'pace')).toEqual(['auto/8_to_30', 3, 5]);
  expect(of('returned', 'source')).toEqual(['auto/s1', 2, 3]);
  expect(of('converted', 'source')).toEqual(['auto/s1', 1, 2]);
  await own.close();
});

test('an old lead counts less: half after thirty days', async () => {
  const own = await openBook();
  const leadId = await storeSoldLead(own.pool, [{ contractId: 'apex_auto', priceCents: 900 }]);
  const to = new Date();
  await own.pool.query(`update leads set received_at = $2 where id = $1`, [
    leadId,
    new Date(to.getTime() - 30 * 86_400_000),
  ]);
  const [count] = await countOutcomes(own.pool, { ...always, to });
  expect(count?.n).toBeCloseTo(0.5, 6);
  await own.close();
});

test('leads are scored by history once there is enough, and a score is reckoned again', async () => {
  const nowMs = Date.now();
  expect(await fitScores(db.pool, { world, nowMs })).toEqual({
    ...{ kind: 'too_little', leads: 0, accepted: 0 },
  });
  expect(await findPublished(db.pool)).toBeUndefined();

  await inventLeads(db, 3_000);
  const fitted = await fitScores(db.pool, { world, nowMs: Date.now() + 1_000 });
  expect(fitted).toMatchObject({ kind: 'published', leads: 3_000 });
  const version = await findPublished(db.pool);
  const model = version === undefined ? undefined : await loadModel(db.pool, version);
  if (!model) throw new Error('no model was published');

  const cases = createCaseBook({ pool: db.pool, worldAt: async () => loadWorld() });
  const { scoreLead } = createScoreActivities({
    cases,
    grader: { awaitGrade: async () => ({ kind: 'unused' }) },
    scoreModel: () => model,
  } as never);
  const good = await scoreLead(await storeLead(db.pool, { sourceId: 's3' }));
  const poor = await scoreLead(await storeLead(db.pool, { sourceId: 's0' }));
  expect(good).toMatchObject({ scorer: 'history', rates: version });
  expect(good.score).toBeGreaterThan(poor.score + 30);
  expect(poor.reasons.map(([, says]) => says).join()).toContain('source s0: 2');

  // From the database alone, as a dispute would have it.
  const leadId = await storeLead(db.pool, { sourceId: 's0', subSource: 'unknown' });
  const score = await scoreLead(leadId);
  const again = await loadModel(db.pool, score.rates ?? 0);
  const { lead } = await cases.of(leadId);
  const facets = facetsOf(lead as Lead, { vertical: 'auto', stateField: 'state' });
  expect(again && scoreByHistory(again, { facets, rules: score.rules ?? 0 })).toEqual(score);

  const byRules = await scoreLead(await storeLead(db.pool, { campaignId: 'by_rules' }));
  expect(byRules).toMatchObject({ scorer: 'rules' });
  expect(byRules).not.toHaveProperty('rates');
});

test('a lead has the same words in SQL and in the code that scores it', async () => {
  const judged = await listJudged(db.pool, always, 10);
  const stored = await db.pool.query<{ id: string }>(
    `select id from leads where status in ('sold', 'unsold') order by received_at desc, id desc
     limit 10`,
  );
  const cases = createCaseBook({ pool: db.pool, worldAt: async () => loadWorld() });
  const leads = await Promise.all(
    stored.rows.toReversed().map(({ id }) => cases.of(id as Lead['id'])),
  );
  const facets = leads.map(({ lead }) => facetsOf(lead, { vertical: 'auto', stateField: 'state' }));
  expect(judged.map((each) => each.facets)).toEqual(facets);
});

test('what foretells no better is kept and not published; two fits at once are one', async () => {
  const before = await findPublished(db.pool);
  const nowMs = Date.now();
  const both = await Promise.all([1, 2].map(() => fitScores(db.pool, { world, nowMs })));
  expect(both.map(({ kind }) => kind).sort()).toEqual(['busy', 'not_better']);
  expect(await findPublished(db.pool)).toBe(before);
});

test('the back-test prints, plots, and knows nothing of its period', async () => {
  const svg = join(folder, 'plot.svg');
  const ask = (more: object) =>
    runScore(db.url, { fit: false, json: false, svg, ...more }, Date.now());
  const text = await ask({ backtest: '20d' });
  expect(text).toMatch(/judged leads, \d+\.\d % accepted/);
  expect(text).toMatch(/history before it +\d+ leads +Brier 0\.1/);
  expect(text).toContain(`plot: ${svg}`);
  expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [^]*<circle [^]*<\/svg>\n$/);
  const json = JSON.parse(await ask({ backtest: '20d', json: true })) as {
    leads: number;
    learnedFrom: number;
    history: { brier: number };
    rules: { brier: number };
  };
  expect(json.leads).toBeGreaterThan(900);
  expect(json.leads + json.learnedFrom).toBe(3_000);
  expect(json.history.brier).toBeLessThan(json.rules.brier);
  await expect(ask({ backtest: '0d' })).rejects.toThrow('no period');
  await expect(ask({})).rejects.toThrow('--fit or --backtest');
});
