// Goal: Claude's grade moves the score of a lead when it comes in time; whatever the API does
// instead, the lead is scored without it within the campaign's wait, and sold. Method: the fake API
// beside a whole world.

import { afterAll, beforeEach, describe, expect } from 'vitest';
import { CLAUDE_KEY, GOOD_GRADE, startFakeClaude } from '../support/fake-claude.ts';
import { clearText } from '../support/histories.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const api = await startFakeClaude();
beforeEach(() => void api.become({ says: 'grade', grade: GOOD_GRADE }));
afterAll(() => api.close());

const test = worldTest({
  env: { ANTHROPIC_API_KEY: CLAUDE_KEY, ANTHROPIC_BASE_URL: api.url },
});

const WAIT_MS = 500;
const SCORING = { scoring: { ai_wait_ms: WAIT_MS, by: 'rules' } };

let seconds = 100;
/** A lead that is asked about anew: its form took another time. */
const asked = () => ({ more: { behaviour: { form_seconds: (seconds += 1) } } });

async function sellingCampaign(world: World, more: object = SCORING) {
  const buyer = await world.buyer({ priceCents: 900 });
  return world.campaign([{ method: 'waterfall', buyers: [buyer] }], { ...more });
}

/** Applying a world closes the breaker again: what one test broke does not reach the next. */
describe('a lead', () => {
  test('is scored with the grade, which its trace and its story tell', async ({ world }) => {
    const campaign = await sellingCampaign(world);
    const { leadId } = await campaign.submit({}, asked());
    const trace = await world.ended(leadId);
    expect(trace).toMatchObject({
      status: 'sold',
      score: {
        scorer: 'claude',
        fallback_reason: null,
        grade: { outcome: 'graded', counts: true, adjustment: 4, says: GOOD_GRADE.reason },
      },
    });
    expect((trace.score?.score ?? 0) - (trace.score?.rules ?? 0)).toBe(4);
    expect(trace.score?.reasons.at(-1)).toEqual({
      says: `Claude: ${GOOD_GRADE.reason}`,
      points: 4,
    });
    const points = trace.score?.reasons.reduce((sum, reason) => sum + reason.points, 0);
    expect(points).toBe(trace.score?.score);
    await world.done(leadId);
    const history = await world.client.workflow.getHandle(`lead/${leadId}`).fetchHistory();
    const text = clearText(history);
    expect(text).toContain(GOOD_GRADE.reason);
    expect(text).not.toContain('5125550');
    const metrics = await fetch(`${world.processes[0]?.url}/metrics`);
    expect(await metrics.text()).toMatch(/sluice_ai_calls_total{outcome="graded"} [1-9]/);
  });

  const TROUBLE = [
    ['hangs', { says: 'nothing' }, 'timed_out'],
    ['hangs up', { says: 'hangs_up' }, 'unreachable'],
    ['lies', { says: 'text', text: '{"adjustment":"all"}' }, 'malformed'],
    ['declines', { says: 'refusal' }, 'refused'],
    [
      'is overloaded',
      { says: 'error', status: 529, type: 'overloaded_error', message: 'busy' },
      'overloaded',
    ],
  ] as const;
  test.for(TROUBLE)(
    'is scored by the rules and sold when the API %s',
    async (trouble, { world }) => {
      const [, behaviour, fallback] = trouble;
      const campaign = await sellingCampaign(world);
      api.become(behaviour);
      const { leadId } = await campaign.submit({}, asked());
      const trace = await world.ended(leadId);
      expect(trace).toMatchObject({
        status: 'sold',
        score: { scorer: 'rules', fallback_reason: fallback },
      });
      expect(trace.score?.rules).toBe(trace.score?.score);
    },
  );

  test('keeps a grade that came after its routing', async ({ world }) => {
    const campaign = await sellingCampaign(world, { scoring: { ai_wait_ms: 50, by: 'rules' } });
    api.become({ says: 'grade', grade: { ...GOOD_GRADE, adjustment: -7 }, afterMs: 1_500 });
    const { leadId } = await campaign.submit({}, asked());
    const trace = await world.ended(leadId);
    expect(trace).toMatchObject({ status: 'sold', score: { fallback_reason: 'timed_out' } });
    const late = await until('the late grade is stored', async () => {
      const { score } = await world.trace(leadId);
      return score?.grade && score;
    });
    expect(late).toMatchObject({
      score: trace.score?.score,
      grade: { outcome: 'graded', counts: false, adjustment: -7 },
    });
  });

  test('is not shown to Claude in a campaign that waits for no grade', async ({ world }) => {
    const campaign = await sellingCampaign(world, { scoring: { ai_wait_ms: 0 } });
    const before = api.asked.length;
    const { leadId } = await campaign.submit({}, asked());
    const trace = await world.ended(leadId);
    expect(trace).toMatchObject({ status: 'sold', score: { fallback_reason: null, grade: null } });
    expect(api.asked).toHaveLength(before);
  });
});
