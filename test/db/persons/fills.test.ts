// The persons of leads that a buyer had before its rule: found, kept as long as a window asks for
// them, and forgotten.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillPersons, forgetFills } from '../../../src/db/persons/fills.ts';
import { deleteOldPersons, findSeen, hashPersons } from '../../../src/db/persons/seen.ts';
import { settleUnaccepted } from '../../../src/db/settlement.ts';
import type { LeadId } from '../../../src/domain/ids.ts';
import type { Lead } from '../../../src/domain/lead.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { createBook, rejected, sending, storeLead } from '../../support/lead-rows.ts';
import { ask, claim, moveBack, somebody } from './person-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

describe('a rule that comes later', () => {
  const kept = { buyer: 'apex', through: null, fields: ['phone'], withinDays: 30 };
  const isSeen = async (fields: Lead['fields'], withinDays = 30) => {
    const questions = ask(fields, 'apex_auto', { through: null, withinDays });
    return (await findSeen(db.pool, hashPersons(questions), { nowMs: Date.now() })).size > 0;
  };
  /** Sent by a contract without a rule, some days ago. */
  const earlier = async (days: number) => {
    const fields = somebody();
    const key = await sending(db.pool, await storeLead(db.pool, { fields }));
    await moveBack(db.pool, key.leadId, days);
    return { fields, key };
  };

  test('knows the buyer’s earlier leads of its window, and those that came beside it', async () => {
    const [young, old, no] = [await earlier(29), await earlier(31), await earlier(1)];
    await settleUnaccepted(db.pool, no.key, rejected);
    expect(await isSeen(young.fields)).toBe(false);
    await fillPersons(db.pool, [kept]);
    expect([await isSeen(young.fields), await isSeen(old.fields, 90)]).toEqual([true, false]);
    expect(await isSeen(no.fields)).toBe(false);

    // Sent meanwhile by a lead of an earlier world.
    const beside = await earlier(0);
    await fillPersons(db.pool, [kept]);
    expect(await isSeen(beside.fields)).toBe(true);
  });

  test('begins anew when it looks further back, and when it was gone', async () => {
    await fillPersons(db.pool, [kept]);
    const old = await earlier(60);
    await fillPersons(db.pool, [kept]);
    expect(await isSeen(old.fields, 90)).toBe(false);
    await fillPersons(db.pool, [{ ...kept, withinDays: 90 }]);
    expect(await isSeen(old.fields, 90)).toBe(true);

    const missed = await earlier(20);
    await fillPersons(db.pool, [kept]);
    expect(await isSeen(missed.fields)).toBe(false);
    await forgetFills(db.pool, [{ ...kept, fields: ['email'] }]);
    await fillPersons(db.pool, [kept]);
    expect(await isSeen(missed.fields)).toBe(true);
  });

  test('a rule that stays is not forgotten', async () => {
    const two = { ...kept, fields: ['phone', 'email'] };
    await fillPersons(db.pool, [kept, two]);
    await forgetFills(db.pool, [kept, two]);
    const fills = await db.pool.query(`select fields from person_fills order by fields`);
    expect(fills.rows).toEqual([{ fields: ['phone'] }, { fields: ['phone', 'email'] }]);
  });

  test('goes through more leads than one batch holds', async () => {
    const leads = await db.pool.query<{ id: LeadId }>(
      `insert into leads (id, campaign_id, source_id, world_version, test, raw, fields, problems,
         unknown_fields, behaviour)
       select 'lead_bulk_' || n, 'auto', 'acme', 1, false, '{}',
         jsonb_build_object('phone', '+1999' || n), '[]', '{}', '{}'
       from generate_series(1, 4500) n returning id`,
    );
    await db.pool.query(
      `insert into attempts (lead_id, contract_id, round, buyer_id, stage, position, state,
         exclusive, place, price_cents, cap_windows, sent_at, planned_at)
       select id, 'bulk_auto', 1, 'bulk', 's', 1, 'accepted', true, 1, 0, '[]', now(), now()
       from unnest($1::text[]) id`,
      [leads.rows.map(({ id }) => id)],
    );
    await fillPersons(db.pool, [{ ...kept, buyer: 'bulk' }]);
    const stored = await db.pool.query<{ n: number }>(
      `select count(*) as n from buyer_persons where buyer_id = 'bulk'`,
    );
    expect(stored.rows).toEqual([{ n: 4500 }]);
  });
});

test('a person is forgotten after the longest window that asked for it', async () => {
  const [young, old] = [await claim(db.pool, somebody()), await claim(db.pool, somebody())];
  await moveBack(db.pool, young.leadId, 29);
  await moveBack(db.pool, old.leadId, 31);
  await deleteOldPersons(db.pool);
  const left = await db.pool.query<{ lead_id: string }>(
    `select distinct lead_id from buyer_persons where lead_id = any($1)`,
    [[young.leadId, old.leadId]],
  );
  expect(left.rows).toEqual([{ lead_id: young.leadId }]);
});
