// Goal: an operator reads from the trace, and from the terminal, why each buyer has a lead or not.
// Method: one recorded lead and its variations, through the pure functions that tell it.

import { describe, expect, test } from 'vitest';

import { toTraceBody } from '../../src/api/reading/lead-trace.ts';
import { renderPnlCsv, renderPnlTable } from '../../src/api/reading/pnl-table.ts';
import { renderStory } from '../../src/api/reading/story.ts';
import { leadTrace } from '../../src/api/wire/trace.ts';
import type { PnlRow } from '../../src/db/reading/pnl.ts';
import type { LeadTrace } from '../../src/db/reading/trace.ts';
import type { Auction } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { world } from './intake-world.ts';
import { doubtfulTrace, leadId, soldTrace } from './sample-trace.ts';

const ui = { temporalUiUrl: 'http://localhost:8233', namespace: 'default' };
const tell = (trace: LeadTrace) => toTraceBody(trace, world, ui);
const lines = (trace: LeadTrace) =>
  tell(trace).contracts.map(({ contract, result, reason }) => [contract, result, reason]);

describe('the trace', () => {
  test('gives each contract of the campaign one line with its reason', () => {
    expect(lines(soldTrace)).toEqual([
      ['apex', 'rejected', 'buyer_duplicate'],
      ['bolt', 'sold', null],
      ['crest', 'no_bid', 'below_floor'],
      ['dune', 'not_eligible', 'cap_reached'],
      ['last', 'not_reached', 'sold_before_its_stage'],
    ]);
  });

  const unsold: LeadTrace = {
    ...soldTrace,
    status: 'unsold',
    outcome: { kind: 'unsold', reason: 'all_rejected' },
  };
  const [first, second] = soldTrace.attempts;
  const facts: [says: string, trace: LeadTrace, contract: string, line: unknown[]][] = [
    [
      'says that a doubted buyer may have it',
      doubtfulTrace,
      'apex',
      ['apex', 'in_doubt', 'no_answer'],
    ],
    [
      'lets the next bidder wait while there is doubt',
      doubtfulTrace,
      'bolt',
      ['bolt', 'waiting', null],
    ],
    [
      'lets later stages wait while there is doubt',
      doubtfulTrace,
      'last',
      ['last', 'waiting', null],
    ],
    [
      'says that a bidder was not reached when another bought',
      { ...soldTrace, attempts: first ? [first] : [] },
      'bolt',
      ['bolt', 'not_offered', 'not_offered'],
    ],
    [
      'says that a dropped plan was never offered',
      {
        ...soldTrace,
        attempts: first && second ? [{ ...first, state: 'not_sent', result: null }, second] : [],
      },
      'apex',
      ['apex', 'not_offered', 'not_offered'],
    ],
    [
      'says which stage an unsold lead did not reach',
      { ...unsold, verdicts: [] },
      'last',
      ['last', 'not_reached', 'stage_not_reached'],
    ],
    [
      'says that a test lead is never offered',
      { ...unsold, attempts: [], lead: { ...soldTrace.lead, test: true } },
      'apex',
      ['apex', 'not_offered', 'test_lead'],
    ],
    [
      'keeps the reason of an offer that was not made',
      {
        ...unsold,
        attempts: soldTrace.attempts.map((attempt) => ({
          ...attempt,
          state: 'not_sent',
          result: { kind: 'not_offered', reason: 'cap_reached', detail: '5 of 5' },
        })),
      },
      'apex',
      ['apex', 'not_offered', 'cap_reached'],
    ],
  ];
  test.for(facts)('%s', ([, trace, contract, line]) => {
    expect(lines(trace).find(([name]) => name === contract)).toEqual(line);
  });

  test('ranks the bids, and shows what the others bid', () => {
    const [stage] = tell(soldTrace).stages;
    const bids = stage?.auction?.bids.map(({ contract, rank, price_cents, reason }) => [
      contract,
      rank,
      price_cents,
      reason,
    ]);
    expect(bids).toEqual([
      ['apex', 1, 1480, null],
      ['bolt', 2, 1200, null],
      ['crest', null, 300, 'below_floor'],
    ]);
  });

  test('ranks as the auction did, not by price alone', () => {
    const verdicts = soldTrace.verdicts.map((stored) =>
      stored.step === 'auction/auction'
        ? { ...stored, verdict: { ...(stored.verdict as Auction), ranked: ['bolt', 'apex'] } }
        : stored,
    );
    const [stage] = tell({ ...soldTrace, verdicts }).stages;
    const first = { contract: 'bolt', price_cents: 1200 };
    expect(stage?.auction?.bids[0]).toMatchObject({ ...first, rank: 1 });
    expect(stage?.order[0]).toMatchObject(first);
  });

  test('links to the workflow, with the slash of its id escaped', () => {
    expect(tell(soldTrace).workflow).toEqual({
      id: `lead/${leadId}`,
      url: `http://localhost:8233/namespaces/default/workflows/lead%2F${leadId}`,
    });
  });

  test('sums up posted transfers only', () => {
    const [charge, payout] = soldTrace.transfers;
    if (!charge || !payout) throw new Error('the sample has two transfers');
    const voided = { ...charge, id: 'x', state: 'voided', amountCents: cents(99_999) } as const;
    const { money } = tell({ ...soldTrace, transfers: [charge, payout, voided] });
    expect(money).toEqual({ revenue_cents: 1200, payout_cents: 960, margin_cents: 240 });
  });

  test.for([
    ['sold', soldTrace],
    ['in doubt', doubtfulTrace],
    ['without a verdict yet', { ...doubtfulTrace, verdicts: [], attempts: [] }],
  ] as const)('of a lead %s is what its schema promises', ([, trace]) => {
    expect(leadTrace.parse(tell(trace))).toEqual(tell(trace));
  });

  test('can be told when the version of the world is gone', () => {
    const body = toTraceBody(soldTrace, undefined, { ...ui, temporalUiUrl: null });
    expect(body.contracts.map(({ contract }) => contract)).toEqual([
      'dune',
      'apex',
      'bolt',
      'crest',
    ]);
    expect(body.workflow.url).toBeNull();
  });
});

describe('the story in the terminal', () => {
  const story = renderStory(tell(soldTrace));

  test('reads from the lead to the money', async () => {
    await expect(story).toMatchFileSnapshot('../fixtures/story-of-a-sold-lead.txt');
  });

  test('says what is still open', () => {
    const open = renderStory(tell(doubtfulTrace));
    expect(open).toContain('in doubt: no buyer has been decided on yet');
    expect(open).toContain('not settled yet');
    expect(open).not.toContain('Money');
  });

  test('never passes on what would steer the terminal', () => {
    const hostile = '\u001b[2J\u001b]0;owned\u0007\r\nsold\u202e';
    const [first] = soldTrace.attempts;
    if (first?.result?.kind !== 'rejected') throw new Error('the sample begins with a rejection');
    const result = { ...first.result, detail: hostile };
    const told = renderStory(
      tell({
        ...soldTrace,
        lead: { ...soldTrace.lead, subSource: hostile, fields: { first_name: hostile } },
        unknownFields: [hostile],
        attempts: [{ ...first, result }],
      }),
    );
    expect(told).toContain('owned');
    expect(told.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(told.split('\n').filter((line) => line.startsWith('sold'))).toEqual([]);
  });
});

describe('profit and loss', () => {
  const nothing = { campaign: null, source: null, buyer: null, day: null };
  const rows: PnlRow[] = [
    {
      ...nothing,
      total: false,
      campaign: 'auto_insurance',
      day: '2026-11-22',
      received: 12,
      sold: 9,
      revenueCents: 123_456,
      payoutCents: 98_764,
      marginCents: 24_692,
    },
    {
      ...nothing,
      total: true,
      received: 12,
      sold: 9,
      revenueCents: 123_456,
      payoutCents: 98_764,
      marginCents: 24_692,
    },
  ];

  test('stands in columns, with the total under a rule', () => {
    expect(renderPnlTable(['campaign', 'day'], rows)).toMatchInlineSnapshot(`
      "campaign        day         received  sold    revenue   payout   margin
      -----------------------------------------------------------------------
      auto_insurance  2026-11-22        12     9  $1,234.56  $987.64  $246.92
      -----------------------------------------------------------------------
      total                             12     9  $1,234.56  $987.64  $246.92
      "
    `);
  });

  test('says that nothing is received for a buyer', () => {
    const row = { ...rows[0], total: false, buyer: 'apex', received: null } as PnlRow;
    expect(renderPnlTable(['buyer'], [row])).toMatch(/apex +- +9/);
  });

  test('is CSV in cents, with the total last', () => {
    expect(renderPnlCsv(['campaign', 'day'], rows)).toBe(
      'campaign,day,received,sold,revenue_cents,payout_cents,margin_cents\r\n' +
        'auto_insurance,2026-11-22,12,9,123456,98764,24692\r\n' +
        'total,,12,9,123456,98764,24692\r\n',
    );
  });

  test.for(['=1+1', '+1', '-1', '@x', '\tx', '\rx'])('starts no formula with %j', (name) => {
    const row = { ...rows[0], campaign: name } as PnlRow;
    const cell = renderPnlCsv(['campaign'], [row]).split('\r\n')[1] ?? '';
    expect(cell).toMatch(/^"?'/);
  });
});
