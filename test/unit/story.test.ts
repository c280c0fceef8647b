// Goal: operators can read in the Temporal UI what happened to a lead, and nobody outside can write
// there: not a buyer by its reason, not a source by a value that a filter quotes.
// Method: stories with hostile words in every place that takes foreign text, read back as a table.

import { describe, expect, test } from 'vitest';

import { applyOps } from '../../src/domain/caps/caps.ts';
import type { LeadOutcome } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { describeCaps, describeLead, describeRefusal } from '../../src/domain/story.ts';
import { DAY, day, hold, HOUR, MIDNIGHT, MINUTE, NOON, release, seeded } from './caps-ops.ts';
import { auctionStory, type Told } from './story-of-a-lead.ts';

const sold: LeadOutcome = {
  kind: 'sold',
  payoutCents: cents(960),
  sales: [{ contractId: 'bolt', priceCents: cents(1_200) }],
};

/** The tables of a story, as cells; code spans are left as they are. */
const tables = (story: string): string[][] =>
  story
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| ---'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));

/** What is left for a Markdown reader to interpret: everything outside of code spans. */
const outsideCode = (story: string): string => story.replaceAll(/`[^`\n]*`/g, '');

describe('a lead’s story', () => {
  test('reads from the outcome to the offers', () => {
    expect(describeLead(auctionStory(), sold)).toMatchInlineSnapshot(`
      "**sold** to bolt for \\$12.00; the source earns \\$9.60

      campaign auto_insurance · source acme · world version 3 · score 72 (high)

      ### Stage best (ping-post)

      | contract | bid | ms | says |
      | --- | --- | --- | --- |
      | apex | \\$14.80 | 61 | bid |
      | bolt | \\$12.00 | 44 | bid |
      | crest | \\$3.00 | 52 | below_floor |
      | dune |  | 30 | no_bid \`no\` |

      floor \\$5.00, closed early: nobody outstanding could win

      | not asked | reason | because |
      | --- | --- | --- |
      | east | filter_not_met | \`no\` |

      ### Offers

      |  | contract | price | answer |
      | --- | --- | --- | --- |
      | 1 | apex | \\$14.80 | rejected: buyer_duplicate \`no\` |
      | 2 | bolt | \\$12.00 | **accepted** in 70 ms |

      &nbsp;"
    `);
  });

  test('says what is still open', () => {
    const story = auctionStory();
    expect(describeLead(story)).toMatch(/^\*\*in progress\*\*/);
    const doubt = { kind: 'in_doubt', reason: 'no_answer', detail: '', ms: 1_500 } as const;
    const offers = story.offers.map((offer) => ({ ...offer, report: doubt }));
    expect(describeLead({ ...story, offers })).toMatch(/^\*\*in doubt\*\*: apex may have the lead/);
  });

  test('says why there was no sale', () => {
    const outcome = { kind: 'unsold', reason: 'all_rejected' } as const;
    expect(describeLead({ ...auctionStory(), offers: [] }, outcome)).toMatch(
      /^\*\*unsold\*\*: every buyer that was offered the lead said no\n/,
    );
  });

  test('names the draw of a rotation, and the order with its prices', () => {
    const terms = { apex: { priceCents: cents(1_480) } };
    const drawn = { stage: 'rest', method: 'round_robin', turn: 7 };
    const route = { ...drawn, order: ['apex'], terms, refused: [] };
    const story = describeLead({ ...auctionStory(), stages: [{ route: route as never }] });
    expect(story).toContain('### Stage rest (round-robin, turn 7)');
    expect(story).toContain('order: apex at \\$14.80');
  });

  test('puts bids as they were ranked, then the others by price, then by name', () => {
    const story = auctionStory();
    const [stage] = story.stages;
    if (!stage?.auction) throw new Error('the story has an auction');
    const none = { kind: 'no_bid', reason: 'no_bid', ms: 5 } as const;
    const low = { kind: 'no_bid', reason: 'below_floor', ms: 5 } as const;
    const pings = [
      { contractId: 'd', ...none },
      { contractId: 'b', ...none },
      { contractId: 'g', ...low, priceCents: cents(2) },
      { contractId: 'f', ...low, priceCents: cents(3) },
      { contractId: 'e', kind: 'bid', priceCents: cents(9), ms: 5 } as const,
      // Its multiplier ranks it first.
      { contractId: 'c', kind: 'bid', priceCents: cents(5), ms: 5 } as const,
    ];
    const auction = { ...stage.auction, ranked: ['c', 'e'], pings };
    const told = describeLead({ ...story, stages: [{ ...stage, auction }] });
    const [, ...rows] = tables(told);
    const order = rows.slice(0, pings.length).map(([contract]) => contract);
    expect(order).toEqual(['c', 'e', 'f', 'g', 'b', 'd']);
  });
});

const hostile: [says: string, words: string][] = [
  ['a pipe', 'no | **sold** | $99.00'],
  ['a new row', 'no\n| apex | \\$99.00 | 1 | bid |'],
  ['a carriage return', 'no\r\n\r\n# sold'],
  ['Unicode line ends', 'no\u2028# sold\u2029# sold\u0085# sold\u000b# sold'],
  ['bold', '**accepted** in 5 ms'],
  ['a link', '[open](https://evil.example)'],
  ['a link that runs', '[open](javascript:alert(1))'],
  ['a bare link', 'see https://evil.example and www.evil.example'],
  ['an image that tells who reads', '![](https://evil.example/seen.png)'],
  ['HTML', '<img src=x onerror=alert(1)><script>alert(1)</script>'],
  ['maths', '$\\href{https://evil.example}{x}$ and $$x$$'],
  ['one dollar sign, and another', 'costs $5'],
  ['a code span that ends the quote', '` **sold** `'],
  ['many backticks', '``` **sold** ```'],
  ['a backslash at the end', 'no \\'],
  ['a comment', '<!-- '],
  ['a footnote', '[^1] [^1]: sold'],
  ['text that runs backwards', 'no \u202edlos\u2066 \u200f'],
  ['a terminal’s escape', '\u001b[2J\u0007'],
  ['half a surrogate pair', 'no \ud83d'],
  ['100,000 characters', 'A'.repeat(100_000)],
  ['emoji at the cut', `${'A'.repeat(99)}😀😀`],
];

describe('hostile words', () => {
  const places: [place: string, tell: (words: string) => Told][] = [
    ['as the reason of a no-bid', (words) => ({ noBid: words })],
    ['as the reason of a rejection', (words) => ({ rejection: words })],
    ['as the value that a filter quotes', (words) => ({ because: words })],
  ];
  test.for(hostile.flatMap((fact) => places.map((place) => [...fact, ...place] as const)))(
    '%s %s changes nothing around it',
    ([, words, , tell]) => {
      const plain = describeLead(auctionStory(tell('no')), sold);
      const told = describeLead(auctionStory(tell(words)), sold);
      expect(outsideCode(told)).toBe(outsideCode(plain));
      expect(tables(told).map((row) => row.length)).toEqual(tables(plain).map((row) => row.length));
      expect(told.length).toBeLessThan(plain.length + 110);
      expect(told).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u0085\u2028\u2029\u202e\u2066\u200f]/);
      expect(told).toBe(told.toWellFormed());
    },
  );

  test('words that are nothing but markup leave no empty quote', () => {
    expect(describeLead(auctionStory({ rejection: '\n|\r`' }), sold)).toContain(
      '| rejected: buyer_duplicate |',
    );
  });
});

test('every dollar sign of ours is escaped: two would be read as maths', () => {
  expect(outsideCode(describeLead(auctionStory(), sold))).not.toMatch(/(?<!\\)\$/);
});

test('S10: a story holds nothing of the person, since it is given nothing', () => {
  const person = ['Ann', 'Lee', '5125550142', 'ann.lee@example.com', '1984-03-02'];
  for (const marker of person) expect(describeLead(auctionStory(), sold)).not.toContain(marker);
});

test('a refusal lists its checks', () => {
  const checks = [
    { check: 'fields', ok: true, says: '9 of 9 fields' },
    { check: 'duplicate', ok: false, says: 'received 3 days ago' },
  ] as const;
  expect(describeRefusal({ kind: 'refused', reason: 'duplicate', checks })).toBe(
    '**refused**: the same person was received within the window\n\n' +
      '- passed fields: 9 of 9 fields\n- **failed** duplicate: received 3 days ago',
  );
});

describe('a buyer’s caps', () => {
  test('read as a table of what is used, of what, until when', () => {
    const state = seeded({ used: [{ key: 'buyer/apex/total/leads', by: 3, endsAtMs: null }] });
    applyOps(state, [hold('a', [day(5)]), hold('b', [day(5)]), release('b')], NOON);
    expect(describeCaps(state, NOON)).toBe(
      [
        '| cap | used | limit | ends |',
        '| --- | --- | --- | --- |',
        '| buyer/apex/total/leads | 3 | ? | never |',
        `| ${DAY} | 1 | 5 | in 720 min |`,
        '',
        '1 holds open',
      ].join('\n'),
    );
  });

  test('leave out what has ended, and say so when nothing is left', () => {
    const state = seeded();
    applyOps(state, [hold('a', [day(5)])], NOON);
    expect(describeCaps(state, MIDNIGHT - MINUTE)).toContain('in 1 min');
    expect(describeCaps(state, MIDNIGHT)).toBe('no cap has been used yet');
    expect(describeCaps(state, MIDNIGHT + HOUR)).toBe('no cap has been used yet');
  });

  test('say that nothing is granted before the seed', () => {
    const state = { ...seeded(), seeded: false };
    expect(describeCaps(state, NOON)).toMatch(/^\*\*not seeded yet\*\*/);
  });
});
