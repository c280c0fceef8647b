// What a process remembers of the leads it works on.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCaseBook } from '../../src/activities/cases.ts';
import { createActivities } from '../../src/activities/index.ts';
import { storeVerdicts } from '../../src/db/verdicts.ts';
import { cents } from '../../src/domain/money.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { parseWorld } from '../../src/world/parse.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, storeLead } from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

function loadWorld() {
  const parsed = parseWorld({
    sluice: 1,
    verticals: { auto: { fields: { state: { type: 'state' } } } },
    campaigns: {
      auto: { vertical: 'auto', routing: [{ method: 'waterfall', contracts: ['apex_auto'] }] },
    },
    buyers: { apex: {} },
    contracts: {
      apex_auto: {
        ...{ buyer: 'apex', campaign: 'auto', price_cents: 500 },
        post: { url: 'https://apex.example/post' },
      },
    },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { world } = parsed;
  return { version: 1, world, eligibility: createEligibility(world) };
}

test('a run that decided otherwise than what is stored starts over from what is stored', async () => {
  const cases = createCaseBook({ pool: db.pool, worldAt: async () => loadWorld() });
  const never = () => {
    throw new Error('nothing is sent, held or told here');
  };
  const { offerLead, routeLead } = createActivities({
    ...{ pool: db.pool, cases, process: 'here', now: () => 2_000 },
    desk: { deniedKey: () => undefined, hold: never, release: never, keepLater: never } as never,
    ...{
      send: never,
      carriers: { mail: never, upload: never },
      readSecret: never,
      tokens: never as never,
      giveAnswer: never,
      grader: never as never,
      lookups: never as never,
      scoreModel: never,
      calls: never as never,
      pushes: { random: never, count: never, onUnwell: never },
    },
  });
  const leadId = await storeLead(db.pool);
  const at = { leadId, round: 1, stage: 'stage_1' };
  const late = await routeLead({ ...at, score: 50 });

  // Meanwhile another run of the same lead has decided, at another moment.
  const first = { ...late, atMs: 1_000 };
  const verdicts = [{ step: 'route/stage_1', verdict: first }];
  await storeVerdicts(db.pool, { leadId, round: 1, verdicts });

  const candidate = { contractId: 'apex_auto', priceCents: cents(500) };
  const offer = { ...at, contractId: 'apex_auto', position: 1, candidate };
  const report = await offerLead({
    ...offer,
    verdicts: [{ step: 'route/stage_1', verdict: late }],
  });
  expect(report.superseded).toBe(true);
  expect(await routeLead({ ...at, score: 50 })).toEqual(first);
});
