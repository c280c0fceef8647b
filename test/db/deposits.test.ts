// Deposits in their rows: each once by its id, whoever sends it how often; in one order for each
// buyer; told to the caps until they confirm; and only then to the leads that wait.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readCapsSeed } from '../../src/db/caps-seed.ts';
import { closeLead } from '../../src/db/closing.ts';
import { beginRound } from '../../src/db/waiting.ts';
import {
  listDeposits,
  listUntold,
  markTold,
  type NewDeposit,
  readPaidIn,
  recordDeposit,
  wakeForDeposits,
} from '../../src/db/deposits.ts';
import { applyOps, emptyCaps, seedCaps } from '../../src/domain/caps/caps.ts';
import { balanceKeyOf } from '../../src/domain/caps/keys.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import type { World } from '../../src/domain/world/world.ts';
import { createDepositDesk } from '../../src/serving/deposit-desk.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, storeLead } from '../support/lead-rows.ts';
import { deskWithEntity } from '../contract/desk-entity.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

let ids = 0;
const paid = (buyerId: string, cents: number, more: Partial<NewDeposit> = {}): NewDeposit => {
  ids += 1;
  return { id: `pay_${ids}`, buyerId, cents, note: null, by: 'ada', ...more };
};
const record = (...args: Parameters<typeof paid>) => recordDeposit(db.pool, paid(...args));
const times = <T>(n: number, deed: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, index) => deed(index)));

describe('a deposit', () => {
  test('is recorded with what the buyer has paid in so far; a refund is negative', async () => {
    await record('apex', 25_000, { note: 'wire 7' });
    await record('bolt', 100);
    const { deposit } = await record('apex', -5_000);
    expect(deposit).toMatchObject({ number: 2, cents: -5_000, totalCents: 20_000, toldAt: null });
    expect(await readPaidIn(db.pool, ['apex', 'bolt', 'nobody'])).toEqual([
      { buyerId: 'apex', totalCents: 20_000, toldCents: 0 },
      { buyerId: 'bolt', totalCents: 100, toldCents: 0 },
    ]);
    const [last, first] = await listDeposits(db.pool, 'apex', { before: null, limit: 2 });
    expect([last?.number, first?.number, first?.note]).toEqual([2, 1, 'wire 7']);
    const rest = await listDeposits(db.pool, 'apex', { before: 2, limit: 9 });
    expect(rest.map(({ number }) => number)).toEqual([1]);
  });

  test('sent 50 times at once is one', async () => {
    const same = paid('crest', 700);
    const sent = await times(50, () => recordDeposit(db.pool, same));
    expect(sent.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
    expect(sent.filter(({ kind }) => kind === 'repeat')).toHaveLength(49);
    expect(new Set(sent.map(({ deposit }) => JSON.stringify(deposit))).size).toBe(1);
    expect(await readPaidIn(db.pool, ['crest'])).toMatchObject([{ totalCents: 700 }]);
  });

  test('under the id of another amount, or of another buyer, is a conflict', async () => {
    const first = paid('dune', 300);
    await recordDeposit(db.pool, first);
    for (const other of [{ cents: 301 }, { buyerId: 'dusk' }]) {
      const sent = await recordDeposit(db.pool, { ...first, ...other });
      expect(sent).toMatchObject({ kind: 'conflict', deposit: first });
    }
    const known = await readPaidIn(db.pool, ['dune', 'dusk']);
    expect(known).toMatchObject([{ buyerId: 'dune', totalCents: 300 }]);
  });

  test('beside 49 others at once has a number and a total of its own', async () => {
    await times(50, (index) => record('everest', index + 1));
    const all = await listDeposits(db.pool, 'everest', { before: null, limit: 99 });
    const inOrder = all.toReversed();
    expect(inOrder.map(({ number }) => number)).toEqual(inOrder.map((_, index) => index + 1));
    let sum = 0;
    for (const { cents, totalCents } of inOrder) expect(totalCents).toBe((sum += cents));
    expect(sum).toBe((50 * 51) / 2);
  });

  test('is never changed or deleted', async () => {
    const { deposit } = await record('flint', 5);
    for (const text of [
      'update deposits set cents = 6 where id = $1',
      'update deposits set total_cents = 6 where id = $1',
      'delete from deposits where id = $1',
    ]) {
      await expect(db.pool.query(text, [deposit.id])).rejects.toThrow('append-only');
    }
  });
});

describe('the caps of a buyer', () => {
  const key = balanceKeyOf('granite');

  test('are seeded with what was paid in, and told of it once more count it once', async () => {
    await record('granite', 400);
    await record('granite', 200);
    const seed = await readCapsSeed(db.pool, 'granite');
    expect(seed.deposits).toEqual({ key, totalCents: 600, upTo: 2 });
    const state = { ...emptyCaps(), epoch: 'run-1' };
    seedCaps(state, { epoch: 'run-1', ...seed }, Date.now());
    const [untold] = await listUntold(db.pool, 'granite');
    if (!untold) throw new Error('nobody was told');
    const op = { op: 'deposit', id: 'deposit/2', ...untold.deposits } as const;
    expect(applyOps(state, [op], Date.now())).toEqual([{ kind: 'done' }]);
    expect(state.windows[key]?.used).toBe(-600);
    await markTold(db.pool, { buyerId: 'granite', upTo: untold.deposits.upTo }, []);
    expect(await listUntold(db.pool, 'granite')).toEqual([]);
  });

  const world = { contracts: {} } as unknown as World;
  const depositsOver = (desk: Parameters<typeof createDepositDesk>[0]['desk']) =>
    createDepositDesk({ pool: db.pool, desk, currentWorld: () => world });

  // Of the tests before: whoever sweeps tells of all.
  const forgetOthers = () =>
    db.pool.query(`update deposits set told_at = now(), wakes = '{}' where told_at is null`);

  test('that count a deposit at once are marked as told in the answer', async () => {
    const { desk, used } = deskWithEntity();
    const { deposit } = await depositsOver(desk).record(paid('harbor', 900));
    expect(deposit.toldAt).toBeInstanceOf(Date);
    expect(used(balanceKeyOf('harbor'))).toBe(-900);
  });

  test('that do not answer are told by the sweeper of any process, until they do', async () => {
    await forgetOthers();
    const { desk, wire, used } = deskWithEntity();
    const here = depositsOver(desk);
    // Counted, and the answer lost: told again, it counts once.
    wire.next = ['lost before', 'lost after', 'lost before'];
    const { kind, deposit } = await here.record(paid('ivy', 900));
    expect([kind === 'conflict', deposit.toldAt]).toEqual([false, null]);
    wire.next = ['lost before', 'lost before', 'lost before'];
    await here.sweep();
    expect(await listUntold(db.pool, 'ivy')).toHaveLength(1);
    // The process that took it is gone.
    await depositsOver(desk).sweep();
    expect(await listUntold(db.pool, 'ivy')).toEqual([]);
    expect(used(balanceKeyOf('ivy'))).toBe(-900);
  });

  test('of one buyer that do not answer hold up no other', async () => {
    await record('jade', 100);
    await record('kestrel', 100);
    const deposit = vi.fn(async (buyerId: string) => buyerId !== 'jade');
    await depositsOver({ deposit, correct: async () => true }).sweep();
    expect(await listUntold(db.pool, 'jade')).toHaveLength(1);
    expect(await listUntold(db.pool, 'kestrel')).toEqual([]);
  });
});

describe('leads that wait for money', () => {
  const unsold = { kind: 'unsold', reason: 'none_eligible' } as const;
  const wait = { reason: 'none_eligible', sinceMs: 0, wakeAtMs: 9, untilMs: 9, for: [] } as const;
  const keep = (leadId: LeadId, round = 1) =>
    closeLead(db.pool, { leadId, round, unsold, verdicts: [], process: 'here', wait });
  const wake = () => wakeForDeposits(db.pool);
  const hold = async (buyerId: string) => {
    const leadId = await storeLead(db.pool, { campaignId: `of_${buyerId}` });
    await keep(leadId);
    return leadId;
  };
  async function wakesOf(leadId: LeadId): Promise<unknown[]> {
    const text = `select payload ->> 'by' as by from outbox where lead_id = $1 order by id`;
    const { rows } = await db.pool.query<{ by: string }>(text, [leadId]);
    return rows.map(({ by }) => by);
  }
  const toldAgo = (id: string, ago: string) =>
    db.pool.query(
      `update deposits set told_at = now() - $2::interval, wakes = array['of_' || buyer_id]
       where id = $1`,
      [id, ago],
    );

  test('are woken once, when the caps have counted it and no denial is remembered', async () => {
    const leadId = await hold('lark');
    const other = await hold('mesa');
    const { deposit } = await record('lark', 100);
    await wake();
    expect(await wakesOf(leadId), 'the caps know nothing of it').toEqual([]);
    await toldAgo(deposit.id, '1 second');
    await wake();
    expect(await wakesOf(leadId), 'another process may remember a denial').toEqual([]);
    await toldAgo(deposit.id, '5 seconds');
    await times(3, wake);
    expect(await wakesOf(leadId)).toEqual([`deposit ${deposit.id}`]);
    expect(await wakesOf(other)).toEqual([]);
  });

  test('are not woken by a refund', async () => {
    const leadId = await hold('north');
    const { deposit } = await record('north', -100);
    await toldAgo(deposit.id, '5 seconds');
    await wake();
    expect(await wakesOf(leadId)).toEqual([]);
  });

  test('that begin to wait after a deposit came in the middle of their round are woken', async () => {
    const leadId = await storeLead(db.pool, { campaignId: 'of_opal' });
    const { deposit } = await record('opal', 100);
    await markTold(db.pool, { buyerId: 'opal', upTo: 1 }, ['of_opal']);
    const other = await storeLead(db.pool, { campaignId: 'of_other' });
    await Promise.all([keep(leadId), keep(other)]);
    expect(await wakesOf(other)).toEqual([]);
    expect(await wakesOf(leadId)).toEqual([`deposit ${deposit.id}`]);
    await keep(leadId);
    expect(await wakesOf(leadId), 'a repeat').toHaveLength(1);
    // The round after the deposit knows of it.
    const plan = { worldVersion: 1, places: 1, stages: [] };
    await beginRound(db.pool, { leadId, round: 2 }, plan);
    await keep(leadId, 2);
    expect(await wakesOf(leadId)).toHaveLength(1);
  });
});
