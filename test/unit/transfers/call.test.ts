// What a call came to, by what was told of it: in every order, twice, and with parts that never
// came.

import { describe, expect, test } from 'vitest';
import {
  type CallEnd,
  type CallEvent,
  decide,
  learn,
  NOTHING_KNOWN,
} from '../../../src/domain/transfers/call.ts';
import { describeCall, nextLook } from '../../../src/domain/transfers/watch.ts';

const sid = 'CA1';
const MIN_S = 30;
const status = (of: (CallEvent & { kind: 'status' })['status']): CallEvent => {
  return { kind: 'status', sid, status: of };
};
const answered: CallEvent = { kind: 'answered', sid, by: 'person' };
const takes: CallEvent = { kind: 'pressed', sid, accepts: true };
const consumer = (
  of: (CallEvent & { kind: 'consumer' })['status'],
  seconds: number | null = null,
) => {
  return { kind: 'consumer', status: of, seconds } as const;
};
const RANG = [status('initiated'), status('ringing')];
const TAKEN = [...RANG, answered, takes];
const OVER = status('completed');
const lookedNobody: CallEvent = { kind: 'looked', call: 'completed', by: null, consumer: null };

const factsOf = (events: readonly CallEvent[]) => events.reduce(learn, NOTHING_KNOWN);
const endOf = (events: readonly CallEvent[]): CallEnd | undefined => decide(factsOf(events), MIN_S);

const ends: [says: string, events: CallEvent[], end: string | undefined][] = [
  ['a talk of exactly the least length is a sale', [...TAKEN, consumer('completed', 30)], 'sold'],
  ['a second less is none', [...TAKEN, consumer('completed', 29)], 'call_too_short'],
  ['nothing is decided while they talk', [...TAKEN, consumer('in-progress')], undefined],
  ['a talk of unknown length is asked about', [...TAKEN, consumer('completed')], undefined],
  ['the consumer does not answer', [...TAKEN, consumer('no-answer')], 'consumer_not_reached'],
  ['the buyer is busy', [...RANG, status('busy')], 'call_busy'],
  ['the buyer does not answer', [...RANG, status('no-answer')], 'call_unanswered'],
  ['the call fails', [status('failed')], 'call_failed'],
  ['a machine answers', [...RANG, { ...answered, by: 'machine' }], 'call_machine'],
  ['another key, or none', [...RANG, answered, { ...takes, accepts: false }], 'call_declined'],
  ['the call is over, and the key may be on its way', [...RANG, answered, OVER], undefined],
  ['the call is over, and nobody was put through', [answered, OVER, lookedNobody], 'call_declined'],
  ['one look after the key may be too early', [...TAKEN, OVER, lookedNobody], undefined],
  [
    'two looks after the key are enough',
    [...TAKEN, OVER, lookedNobody, lookedNobody],
    'consumer_not_reached',
  ],
  ['nothing was told at all', [], undefined],
  [
    'all was lost, and the list of calls tells of the talk',
    [
      {
        kind: 'looked',
        call: 'completed',
        by: 'person',
        consumer: { status: 'completed', seconds: 40 },
      },
    ],
    'sold',
  ],
  [
    'they have talked long enough, and go on',
    [
      ...TAKEN,
      { kind: 'looked', call: 'in-progress', by: null, consumer: consumer('in-progress', 30) },
    ],
    'sold',
  ],
];
test.for(ends)('%s', ([, events, end]) => {
  const came = endOf(events);
  expect(came?.kind === 'accepted' ? 'sold' : came?.reason).toBe(end);
});

describe('whatever the order', () => {
  const stories: [name: string, events: CallEvent[]][] = [
    [
      'sold',
      [
        answered,
        takes,
        consumer('in-progress'),
        consumer('completed', 40),
        OVER,
        status('ringing'),
      ],
    ],
    ['too short', [answered, takes, consumer('completed', 5), OVER, consumer('ringing')]],
    ['declined', [answered, { ...takes, accepts: false }, OVER, status('initiated')]],
    ['not reached', [answered, takes, consumer('ringing'), consumer('busy'), OVER]],
    ['busy', [...RANG, status('busy'), { kind: 'placed', sid: null }]],
    ['machine', [...RANG, { ...answered, by: 'machine' }, OVER]],
  ];
  test.for(stories)('%s: one end, and no other before it', ([, events]) => {
    const whole = endOf(events);
    expect(whole).toBeDefined();
    for (const order of permutations(events)) {
      expect(endOf([...order, ...order])).toEqual(whole);
      order.forEach((_, index) => {
        const early = endOf(order.slice(0, index));
        if (early) expect(early).toEqual(whole);
      });
    }
  });
});

describe('the call in a line', () => {
  const times = { begunAtMs: 0, answeredAtMs: 12_000 };
  test('tells of a sale', () => {
    const events = [...TAKEN, consumer('completed', 40)];
    const end = endOf(events);
    expect(describeCall(factsOf(events), times, end)).toBe(
      'rang 12 s, pressed 1, talked 40 s: sold',
    );
  });
  test('tells of no sale', () => {
    const events = [...RANG, status('busy')];
    expect(describeCall(factsOf(events), { begunAtMs: 0 }, endOf(events))).toBe(
      'busy: not sold, the buyer’s phone was busy',
    );
  });
});

describe('silence', () => {
  const terms = { ringS: 20, pressWithinS: 8, minTalkS: 30 };
  const waitOf = (events: readonly CallEvent[], looks = 0, talkingAtMs?: number) => {
    const times = { begunAtMs: 0, ...(talkingAtMs !== undefined && { talkingAtMs }) };
    return nextLook(factsOf(events), { terms, times, nowMs: 10_000, looks }).ms;
  };
  test('is longer than the phone rings', () => expect(waitOf(RANG)).toBe(25_000));
  test('is short once the call is over', () => expect(waitOf([OVER])).toBe(5_000));
  test('lasts until a talk is a sale', () => {
    expect(waitOf([...TAKEN, consumer('in-progress')], 0, 0)).toBe(21_000);
  });
  test('doubles, up to ten minutes', () => {
    expect([1, 2, 20].map((looks) => waitOf(RANG, looks))).toEqual([50_000, 100_000, 600_000]);
  });
});

function permutations<T>(all: readonly T[]): T[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((first, index) =>
    permutations([...all.slice(0, index), ...all.slice(index + 1)]).map((rest) => [first, ...rest]),
  );
}
