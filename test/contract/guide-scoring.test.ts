// The examples of the guides of scores and feedback are what the code takes and says.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readFeedbackRows } from '../../src/cli/scoring/feedback-rows.ts';
import { describeFit } from '../../src/cli/scoring/score.ts';
import type { Calibration } from '../../src/domain/scoring/calibration.ts';
import { LEAST_LEADS, LEAST_OF_EACH } from '../../src/domain/scoring/fit.ts';
import { WEIGHTS } from '../../src/domain/scoring/history-score.ts';
import { HALF_LIFE_DAYS, PRIOR_LEADS } from '../../src/domain/scoring/rates.ts';
import { feedbackBody } from '../../src/api/wire/scoring/score.ts';
import { guideExample } from '../support/guide.ts';
import { POST, smallDocument, worldOf } from './world-document.ts';

const page = (name: string) =>
  readFileSync(new URL(`../../docs/guides/${name}`, import.meta.url), 'utf8');

test('the settings of the guide make a world, and without them there are defaults', () => {
  const { campaigns } = parse(guideExample('scoring.md', 'scoring')) as {
    campaigns: { auto_insurance: object };
  };
  const contract = { buyer: 'apex', campaign: 'auto', price_cents: 700, post: POST };
  const world = worldOf({
    ...smallDocument(),
    campaigns: { auto: { vertical: 'auto', ...campaigns.auto_insurance } },
    contracts: { apex_auto: contract },
  });
  expect(world.campaigns['auto']).toMatchObject({
    scoring: { by: 'history', aiWaitMs: 400 },
    routing: [{ name: 'premium', minScore: 70 }],
  });
  const plain = worldOf(smallDocument());
  const [campaign] = Object.values(plain.campaigns);
  expect(campaign?.scoring).toEqual({ by: 'history', aiWaitMs: 600 });
});

test('the numbers of the guide are those of the code', () => {
  const text = page('scoring.md');
  expect(text).toContain(`It takes ${LEAST_LEADS} judged leads, with ${LEAST_OF_EACH} of either`);
  expect(text).toContain(`counts half after ${HALF_LIFE_DAYS} days`);
  expect(text).toContain(`by ${PRIOR_LEADS} leads`);
  const { rules, source, state, converted, returned } = WEIGHTS;
  const weights = [rules, source, `${state} each`, converted, returned];
  const rows = [...text.matchAll(/^\| the (?:score|source|state).* \| (.*) \|$/gm)];
  expect(rows.map(([, weight]) => weight)).toEqual(weights.slice(0, 3).map(String));
  for (const weight of weights) expect(text).toContain(`| ${weight} |`);
});

test('what the command says of a fit is as in the guide', () => {
  const measured = (brier: number, logLoss: number): Calibration => ({
    ...{ leads: 600, accepted: 300, brier, logLoss, bins: [], bands: [] },
  });
  const text = describeFit({
    ...{ kind: 'published', version: 4, leads: 3_000, inForce: null },
    ...{ candidate: measured(0.1884, 0.5571), rules: measured(0.2497, 0.6924) },
  });
  expect(page('scoring.md')).toContain(text);
});

test('the file and the request of the guide of feedback can be read', () => {
  const text = page('feedback.md');
  const [, csv = ''] = /```csv\n([^]*?)```/.exec(text) ?? [];
  const rows = readFeedbackRows(csv, Date.UTC(2026, 11, 1));
  expect(rows).toMatchObject([
    {
      names: 'A-1001',
      row: {
        lead: { externalId: 'A-1001', source: 'acme' },
        ...{ what: 'converted', valueCents: 125_000, atMs: Date.UTC(2026, 10, 24, 15) },
      },
    },
    { names: 'A-1002', row: { what: 'bad', reason: 'wrong number', valueCents: null } },
  ]);
  const [, body = ''] = /-d '(.*)'/.exec(text) ?? [];
  expect(feedbackBody.parse(JSON.parse(body))).toMatchObject({ what: 'converted' });
});
