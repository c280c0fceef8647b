// What a lead that nobody bought waits for, and how that reads.

import { describe, expect, test } from 'vitest';
import { utcText } from '../../src/domain/calendar.ts';
import type { WhyNot } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import type { Offered } from '../../src/domain/outcome.ts';
import { describeLead, type LeadStory } from '../../src/domain/story.ts';
import { planWait } from '../../src/domain/waiting.ts';
import { auctionStory } from './story-of-a-lead.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-24T17:00:00Z');
const hold = { untilMs: NOW + 10 * HOUR, everyMs: HOUR };
const closed = (contractId: string, inMs: number): WhyNot => ({
  ...{ contractId, reason: 'outside_schedule', detail: 'closed' },
  untilMs: NOW + inMs,
});
const stageOf = (...refused: WhyNot[]) => ({
  route: { stage: 'day', method: 'waterfall' as const, order: [], refused },
});
const offered = (contractId: string, report: object): Offered =>
  ({ candidate: { contractId, priceCents: cents(5) }, report }) as Offered;
const plan = (stages: LeadStory['stages'], offers: Offered[] = []) =>
  planWait({ stages, offers }, 'none_eligible', { hold, nowMs: NOW });

describe('a wait', () => {
  test('ends with what passes first', () => {
    const wait = plan([stageOf(closed('b', 3 * HOUR), closed('a', 2 * HOUR))]);
    expect(wait.wakeAtMs).toBe(NOW + 2 * HOUR);
    expect(wait.for.map(({ contractId }) => contractId)).toEqual(['a', 'b']);
  });

  test('knows a full cap that was found full at the offer', () => {
    const full = { kind: 'not_offered', reason: 'cap_reached', detail: 'day 5/5' };
    const offers = [offered('a', { ...full, untilMs: NOW + 4 * HOUR })];
    expect(plan([stageOf()], offers)).toMatchObject({
      wakeAtMs: NOW + 4 * HOUR,
      for: [{ contractId: 'a', reason: 'cap_reached', detail: 'day 5/5' }],
    });
  });

  test.for([
    ['of which nothing passes', [{ contractId: 'a', reason: 'paused', detail: '' }]],
    ['of which all passes too late', [closed('a', 11 * HOUR)]],
  ] as const)('%s lasts to the end of the hold', ([, refused]) => {
    expect(plan([stageOf(...refused)])).toMatchObject({ wakeAtMs: hold.untilMs, for: [] });
  });

  test('is never shorter than a second, and counts what passes at the very end', () => {
    expect(plan([stageOf(closed('a', -5))]).wakeAtMs).toBe(NOW + 1_000);
    expect(plan([stageOf(closed('a', 10 * HOUR))]).for).toHaveLength(1);
  });

  test.for([
    ['a buyer that did not bid', auctionStory().stages, []],
    ['one that was not reached', [stageOf()], [offered('a', { kind: 'not_sent' })]],
  ] as const)('asks again after %s', ([, stages, offers]) => {
    expect(plan([...stages], [...offers]).wakeAtMs).toBe(NOW + HOUR);
  });

  test('does not ask those again who were asked and refused', () => {
    const offers = [offered('a', { kind: 'rejected', reason: 'buyer_rejected', detail: '' })];
    expect(plan([stageOf()], offers).wakeAtMs).toBe(hold.untilMs);
  });
});

describe('the story of a lead that waits', () => {
  const wait = plan([stageOf(closed('apex', HOUR))]);
  const story: LeadStory = { ...auctionStory(), offers: [], wait };

  test('says until when, and what for', () => {
    const text = describeLead(story);
    expect(text).toContain('**waiting** until 2026-11-24 18:00 UTC: no contract was eligible');
    expect(text).toContain('kept until 2026-11-25 03:00 UTC');
    expect(text).toContain('| apex | outside_schedule | `closed` | 2026-11-24 18:00 UTC |');
  });

  test('tells the rounds before, and what ended each wait', () => {
    const action = { action: 'offer', by: 'operator ada', contract: 'apex' } as const;
    const before = [
      { round: 1, wait, action: undefined },
      { round: 2, wait, action },
    ];
    const text = describeLead({ ...story, before }, { kind: 'unsold', reason: 'all_rejected' });
    expect(text).not.toContain('waiting');
    expect(text).toContain('- round 1, 2026-11-24 17:00 UTC: no contract was eligible; then its');
    expect(text).toContain('- round 2, 2026-11-24 17:00 UTC: no contract was eligible; then offer');
  });
});

describe('an instant as text', () => {
  test.for([
    ['1970-01-01 00:00 UTC', 0],
    ['1969-12-31 23:59 UTC', -1],
    ['2024-02-29 23:59 UTC', Date.parse('2024-02-29T23:59:59.999Z')],
    ['2000-12-31 09:05 UTC', Date.parse('2000-12-31T09:05:00Z')],
  ] as const)('%s', ([text, atMs]) => expect(utcText(atMs)).toBe(text));
});
