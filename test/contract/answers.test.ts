// Where an answer meets the request that waits for it: handed over here, told from elsewhere, found
// by looking, or not in time. Time is fake; the rows are the test's own.

import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { toLeadId, type LeadId } from '../../src/domain/ids.ts';
import type { LeadOutcome } from '../../src/domain/lead.ts';
import { type Answer, createAnswers } from '../../src/serving/answers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const one = toLeadId('01JD8XK7M2Q3R4S5T6V7W8X9Y0');
const two = toLeadId('01JD8XK7M2Q3R4S5T6V7W8X9Y1');
const unsold: LeadOutcome = { kind: 'unsold', reason: 'no_bids' };
const duplicate: LeadOutcome = { kind: 'duplicate', reason: 'duplicate' };

/**
 * A meeting place beside rows that a test fills in. `looks` is what was asked for, look by look.
 */
function meeting() {
  const rows = new Map<LeadId, LeadOutcome | null>();
  const looks: (readonly LeadId[])[] = [];
  const readOutcomes = vi.fn(async (ids: readonly LeadId[]) => {
    looks.push(ids);
    return ids.flatMap((id) => {
      const outcome = rows.get(id);
      return outcome === undefined ? [] : [{ id, outcome }];
    });
  });
  const answers = createAnswers({ readOutcomes });
  onTestFinished(() => answers.close());
  /** What a request got so far; undefined while it waits. */
  const wait = (id: LeadId, timeoutMs = 5_000) => {
    const got: { answer?: Answer } = {};
    void answers.waitFor(id, timeoutMs).then((answer) => (got.answer = answer));
    return got;
  };
  return { answers, rows, looks, readOutcomes, wait };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('an answer given in this process arrives at once, without a look', async () => {
  const { answers, wait, looks } = meeting();
  const got = wait(one);
  answers.give(one, unsold);
  await pass(0);
  expect(got.answer).toEqual(unsold);
  expect(looks).toEqual([]);
});

test('everyone who waits for a lead gets its answer, and nobody else', async () => {
  const { answers, wait } = meeting();
  const [first, again, other] = [wait(one), wait(one, 9_000), wait(two)];
  answers.give(one, unsold);
  await pass(0);
  expect([first.answer, again.answer, other.answer]).toEqual([unsold, unsold, undefined]);
});

test('the first answer counts, and one for nobody is dropped', async () => {
  const { answers, wait } = meeting();
  answers.give(one, duplicate);
  const got = wait(one);
  answers.give(one, unsold);
  answers.give(one, duplicate);
  await pass(0);
  expect(got.answer).toEqual(unsold);
});

test('what another process tells of is read from its row', async () => {
  const { answers, rows, wait, looks } = meeting();
  const got = wait(one);
  rows.set(one, unsold);
  await answers.told(one);
  expect(got.answer).toEqual(unsold);
  await answers.told(two);
  expect(looks, 'nobody waits for the second lead').toEqual([[one]]);
});

test('a lead in doubt is answered as pending', async () => {
  const { answers, rows, wait } = meeting();
  const got = wait(one);
  rows.set(one, null);
  await answers.told(one);
  expect(got.answer).toBe('pending');
});

test('what nobody told of is found by a look, twice a second, for those who have waited', async () => {
  const { rows, wait, looks } = meeting();
  const first = wait(one);
  await pass(600);
  const later = wait(two);
  rows.set(one, unsold).set(two, duplicate);
  await pass(399);
  expect(looks.flat()).toEqual([]);
  await pass(1);
  expect(looks, 'only the one that waits for half a second').toEqual([[one]]);
  expect([first.answer, later.answer]).toEqual([unsold, undefined]);
  await pass(500);
  expect(later.answer).toEqual(duplicate);
});

test('nobody waits, nobody looks', async () => {
  const { answers, readOutcomes, wait } = meeting();
  await pass(5_000);
  wait(one, 100);
  wait(two);
  answers.give(two, unsold);
  await pass(5_000);
  await answers.told(one);
  await answers.told(two);
  expect(readOutcomes).not.toHaveBeenCalled();
});

test('without an answer it is pending at the deadline, and not a millisecond sooner', async () => {
  const { answers, wait } = meeting();
  const [short, long] = [wait(one, 300), wait(one, 700)];
  await pass(299);
  expect(short.answer).toBeUndefined();
  await pass(1);
  expect([short.answer, long.answer]).toEqual(['pending', undefined]);
  answers.give(one, unsold);
  await pass(0);
  expect([short.answer, long.answer]).toEqual(['pending', unsold]);
});

test('a database that is away answers at a later look', async () => {
  const { readOutcomes, rows, wait } = meeting();
  const got = wait(one);
  rows.set(one, unsold);
  readOutcomes.mockRejectedValueOnce(new Error('PostgreSQL is away'));
  await pass(1_000);
  expect(got.answer).toBeUndefined();
  await pass(500);
  expect(got.answer).toEqual(unsold);
});

test('closing answers everyone, and ends the looks', async () => {
  const { answers, rows, wait, readOutcomes } = meeting();
  const got = [wait(one), wait(one), wait(two)];
  answers.close();
  await pass(0);
  expect(got.map(({ answer }) => answer)).toEqual(['pending', 'pending', 'pending']);
  const after = wait(two, 2_000);
  rows.set(two, unsold);
  await pass(1_999);
  expect(readOutcomes).not.toHaveBeenCalled();
  await pass(1);
  expect(after.answer, 'its own deadline still holds').toBe('pending');
});
