// Taking leads in, on a real PostgreSQL: one lead per key, whoever sends it how often, and the
// sweeper's look at what was left behind.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeLead } from '../../src/db/closing.ts';
import {
  claimUnsettled,
  deleteOldKeys,
  findOutcome,
  insertLead,
  listOutcomes,
  loadLead,
  type NewLead,
  sweepAgainSoon,
} from '../../src/db/leads.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, newLeadId, storeLead } from '../support/lead-rows.ts';
import { sampleLead } from '../support/sample-lead.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const sha = (body: string) => createHash('sha256').update(body).digest();

function submission(key: string | null, body = 'the body'): NewLead {
  const { receivedAtMs: _, ...lead } = sampleLead({ id: newLeadId() });
  const named = key === null ? null : { key, bodySha256: sha(body) };
  return {
    lead,
    raw: { phone: '5125550142' },
    unknownFields: ['colour'],
    waitsIn: 'a',
    key: named,
  };
}

async function countLeads(): Promise<number> {
  const counted = await db.pool.query<{ n: number }>('select count(*) as n from leads');
  return counted.rows[0]?.n ?? 0;
}

test('a lead comes back as it was taken in', async () => {
  const entry = submission(null);
  const inserted = await insertLead(db.pool, entry);
  expect(inserted).toMatchObject({ kind: 'new', lead: entry.lead });
  const loaded = await loadLead(db.pool, entry.lead.id);
  expect(inserted).toEqual({ kind: 'new', lead: loaded, publicNo: expect.any(Number) });
});

test('the same key with the same body finds the first lead and stores nothing', async () => {
  const first = submission('key-1');
  await insertLead(db.pool, first);
  const before = await countLeads();
  expect(await insertLead(db.pool, submission('key-1'))).toEqual({
    kind: 'repeat',
    leadId: first.lead.id,
    publicNo: expect.any(Number),
    outcome: null,
    unknownFields: ['colour'],
  });
  expect(await countLeads()).toBe(before);
});

test('the same key with another body is a conflict and stores nothing', async () => {
  const first = submission('key-2');
  await insertLead(db.pool, first);
  const before = await countLeads();
  const again = await insertLead(db.pool, submission('key-2', 'another body'));
  expect(again).toEqual({ kind: 'conflict', leadId: first.lead.id });
  expect(await countLeads()).toBe(before);
});

test('a key belongs to its source', async () => {
  const first = submission('key-3');
  await insertLead(db.pool, first);
  const theirs = submission('key-3');
  const other = { ...theirs, lead: { ...theirs.lead, sourceId: 'beacon' } };
  expect(await insertLead(db.pool, other)).toMatchObject({ kind: 'new' });
});

test('T49 thirty simultaneous submissions under one key are one lead', async () => {
  const before = await countLeads();
  const entries = Array.from({ length: 30 }, () => submission('key-4'));
  const results = await Promise.all(entries.map((entry) => insertLead(db.pool, entry)));
  const [first, ...more] = results.filter(({ kind }) => kind === 'new');
  expect(more).toEqual([]);
  const ids = results.map((result) => ('leadId' in result ? result.leadId : result.lead.id));
  expect(first).toBeDefined();
  expect(new Set(ids).size).toBe(1);
  expect(await countLeads()).toBe(before + 1);
});

test('a repeat brings the outcome, once there is one', async () => {
  const entry = submission('key-5');
  await insertLead(db.pool, entry);
  const unsold = { kind: 'unsold', reason: 'no_bids' } as const;
  const leadId = entry.lead.id;
  await closeLead(db.pool, { leadId, round: 1, unsold, verdicts: [], process: 'a' });
  const repeat = await insertLead(db.pool, submission('key-5'));
  expect(repeat).toMatchObject({ kind: 'repeat', outcome: unsold });
  expect(await listOutcomes(db.pool, [leadId, newLeadId()])).toEqual([
    { id: leadId, outcome: unsold, status: 'unsold' },
  ]);
});

test('a lead is found by its id and its public number, by its own source only', async () => {
  const [first, second] = [submission(null), submission(null)];
  const inserted = await insertLead(db.pool, first);
  await insertLead(db.pool, second);
  if (inserted.kind === 'conflict') throw new Error('a lead without a key met another');
  const { sourceId, id: leadId } = first.lead;
  const { publicNo } = inserted;
  const outcome = { kind: 'unsold', reason: 'no_bids' } as const;
  const found = { leadId, publicNo, outcome: null };
  expect(await findOutcome(db.pool, sourceId, publicNo)).toEqual(found);
  await closeLead(db.pool, { leadId, round: 1, unsold: outcome, verdicts: [], process: 'a' });
  for (const name of [leadId, publicNo]) {
    expect(await findOutcome(db.pool, sourceId, name)).toEqual({ ...found, outcome });
    expect(await findOutcome(db.pool, 'somebody_else', name)).toBeUndefined();
  }
  expect(await findOutcome(db.pool, sourceId, publicNo + 1_000_000)).toBeUndefined();
  expect(await findOutcome(db.pool, sourceId, newLeadId())).toBeUndefined();
});

test('a key is forgotten after 72 hours, and not a minute before', async () => {
  await insertLead(db.pool, submission('key-old'));
  await insertLead(db.pool, submission('key-young'));
  const age = (key: string, interval: string) =>
    db.pool.query(`update idempotency_keys set created_at = now() - $2::interval where key = $1`, [
      key,
      interval,
    ]);
  await age('key-old', '72 hours 1 minute');
  await age('key-young', '71 hours 59 minutes');
  await deleteOldKeys(db.pool);
  const left = await db.pool.query(
    `select key from idempotency_keys where key in ('key-old', 'key-young')`,
  );
  expect(left.rows).toEqual([{ key: 'key-young' }]);
});

test('the sweeper gets leads without outcome whose time has come, each in one process only', async () => {
  await db.pool.query(`update leads set sweep_at = now() + interval '1 hour'`);
  const due = await Promise.all(Array.from({ length: 20 }, () => storeLead(db.pool)));
  const closed = await storeLead(db.pool);
  await storeLead(db.pool); // Young: its own process still works on it.
  const unsold = { kind: 'unsold', reason: 'no_bids' } as const;
  await closeLead(db.pool, { leadId: closed, round: 1, unsold, verdicts: [], process: 'a' });
  await db.pool.query(`update leads set sweep_at = now() where id = any($1)`, [[...due, closed]]);

  const looks = await Promise.all(Array.from({ length: 6 }, () => claimUnsettled(db.pool, 5)));
  const claimed = looks.flat();
  expect(claimed.toSorted()).toEqual(due.toSorted());
  expect(await claimUnsettled(db.pool, 100)).toEqual([]);

  await sweepAgainSoon(db.pool, due.slice(0, 2));
  const soon = await db.pool.query(
    `select id from leads where sweep_at <= now() + interval '1 second' and outcome is null`,
  );
  expect(soon.rows.map(({ id }) => id as string).toSorted()).toEqual(due.slice(0, 2).toSorted());
});
