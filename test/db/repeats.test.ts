// Never the same person twice to a buyer: what counts, what is free again, and that of many claims
// at once no two give one person to one buyer.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimAttempt } from '../../src/db/attempts.ts';
import { deleteOldPersons, findSeen, hashPersons } from '../../src/db/persons/seen.ts';
import { fillPersons, forgetFills } from '../../src/db/persons/fills.ts';
import { settleUnaccepted } from '../../src/db/settlement.ts';
import type { LeadId, OfferKey } from '../../src/domain/ids.ts';
import type { Lead } from '../../src/domain/lead.ts';
import { personKeys, type RepeatQuestion } from '../../src/domain/person.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, planned, rejected, sending, storeLead } from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const BY = [['phone'], ['email']];

interface Scope {
  readonly through?: string | null;
  readonly withinDays?: number;
}

let persons = 0;
/** Somebody whom no lead before was. */
function somebody(): Lead['fields'] {
  persons += 1;
  return { phone: `+1999555${String(persons).padStart(4, '0')}`, email: `p${persons}@example.com` };
}

function ask(fields: Lead['fields'], contractId: string, scope: Scope = {}): RepeatQuestion[] {
  const { through = contractId, withinDays = 30 } = scope;
  const [buyer = ''] = contractId.split('_');
  return personKeys(BY, fields).map((key) => ({ contractId, buyer, through, withinDays, key }));
}

/** Plans and claims an offer of a new lead of this person. */
async function claim(fields: Lead['fields'], contractId = 'apex_auto', scope: Scope = {}) {
  const leadId = await storeLead(db.pool, { fields });
  const key = await planned(db.pool, leadId, { contractId });
  const repeats = ask(fields, contractId, scope);
  const claimed = await claimAttempt(db.pool, key, { maxPlaces: 1, switches: [], repeats });
  return { ...claimed, leadId, key };
}

const moveBack = (leadId: LeadId, days: number) =>
  db.pool.query(
    `with moved as (
       update attempts set sent_at = sent_at - make_interval(days => $2),
         planned_at = planned_at - make_interval(days => $2) where lead_id = $1)
     update buyer_persons set seen_at = seen_at - make_interval(days => $2),
       keep_until = keep_until - make_interval(days => $2) where lead_id = $1`,
    [leadId, days],
  );

const become = ({ leadId, contractId }: OfferKey, state: string) =>
  db.pool.query(
    `update attempts set state = $3, place = 1 where lead_id = $1 and contract_id = $2`,
    [leadId, contractId, state],
  );

describe('a claim', () => {
  test('is refused to a person whom the contract has had, and says by which lead', async () => {
    const ann = somebody();
    const first = await claim(ann);
    expect(first.kind).toBe('claimed');
    const again = await claim({ ...somebody(), email: ann['email'] ?? '' });
    expect(again).toMatchObject({
      kind: 'seen_before',
      seen: { leadId: first.leadId, fields: ['email'], withinDays: 30 },
    });
    expect((await claim(somebody())).kind).toBe('claimed');
  });

  test.for([
    ['accepted', 'seen_before'],
    ['pending', 'seen_before'],
    ['in_doubt', 'seen_before'],
    ['sending', 'seen_before'],
    ['returned', 'seen_before'],
    ['accepted_conflict', 'seen_before'],
    ['rejected', 'claimed'],
    ['not_sent', 'claimed'],
  ] as const)('after an offer that is %s comes to %s', async ([state, kind]) => {
    const ann = somebody();
    const first = await claim(ann);
    await become(first.key, state);
    expect((await claim(ann)).kind).toBe(kind);
  });

  test('looks back as far as the window, and no further', async () => {
    const ann = somebody();
    const first = await claim(ann);
    await moveBack(first.leadId, 29);
    expect((await claim(ann)).kind).toBe('seen_before');
    await moveBack(first.leadId, 1);
    expect((await claim(ann)).kind).toBe('claimed');
  });

  test('of another contract of the buyer is refused where the rule is the buyer’s', async () => {
    const ann = somebody();
    await claim(ann, 'apex_auto');
    expect((await claim(ann, 'apex_home', { through: null })).kind).toBe('seen_before');
    expect((await claim(ann, 'apex_home')).kind).toBe('claimed');
    expect((await claim(ann, 'bolt_auto', { through: null })).kind).toBe('claimed');
  });

  test('takes the members of a team for one buyer', async () => {
    const ann = somebody();
    const member = (name: string) => async () => {
      const leadId = await storeLead(db.pool, { fields: ann });
      const contractId = `desk.${name}`;
      const key = await planned(db.pool, leadId, { contractId, buyerId: `sales.${name}` });
      const repeats = ask(ann, contractId, { through: 'desk' });
      const asked = repeats.map((question) => ({ ...question, buyer: 'sales' }));
      return claimAttempt(db.pool, key, { maxPlaces: 1, switches: [], repeats: asked });
    };
    expect((await member('ann')()).kind).toBe('claimed');
    expect((await member('bob')()).kind).toBe('seen_before');
  });

  test('of an attempt that another run has claimed is taken, not seen before', async () => {
    const ann = somebody();
    const { key } = await claim(ann);
    const terms = { maxPlaces: 1, switches: [], repeats: ask(ann, 'apex_auto') };
    expect(await claimAttempt(db.pool, key, terms)).toEqual({ kind: 'taken' });
  });

  test('without a rule sends the same statements as ever', async () => {
    const leadId = await storeLead(db.pool);
    const key = await planned(db.pool, leadId);
    const told = (query: unknown) =>
      typeof query === 'string' ? query : (query as { name: string }).name;
    const sent: string[] = [];
    const connection = await db.pool.connect();
    const watched = {
      connect: () =>
        Promise.resolve({
          query: (query: never) => {
            sent.push(told(query));
            return connection.query(query);
          },
          release: () => undefined,
        }),
    } as unknown as typeof db.pool;
    const terms = { maxPlaces: 1, switches: [], repeats: [] };
    expect(await claimAttempt(watched, key, terms)).toEqual({ kind: 'claimed' });
    connection.release();
    expect(sent).toEqual(['begin', 'leads.lock', 'attempts.claim', 'commit']);
  });
});

test.for([1, 2, 3, 4, 5])(
  'of 50 claims at once no two give one person to one buyer (seed %i)',
  async (seed) => {
    const [phones, emails] = [
      [0, 1, 2, 3, 4, 5],
      ['', 'a', 'b', 'c', 'd', 'e'],
    ];
    const [drawn = []] = fc.sample(
      fc.array(
        fc.record({
          phone: fc.constantFrom(...phones.map((n) => `+1${seed}12555000${n}`)),
          email: fc.constantFrom(...emails.map((name) => name && `${name}${seed}@example.com`)),
          contractId: fc.constantFrom('apex_auto', 'apex_home'),
        }),
        { minLength: 50, maxLength: 50 },
      ),
      { seed, numRuns: 1 },
    );
    const keys = await Promise.all(
      drawn.map(async ({ contractId, ...fields }) =>
        planned(db.pool, await storeLead(db.pool, { fields }), { contractId }),
      ),
    );
    const claims = await Promise.all(
      keys.map((key, index) => {
        const { contractId = '', ...fields } = drawn[index] ?? {};
        const repeats = ask(fields, contractId, { through: null });
        return claimAttempt(db.pool, key, { maxPlaces: 1, switches: [], repeats });
      }),
    );
    const given = drawn.filter((_, index) => claims[index]?.kind === 'claimed');
    for (const by of ['phone', 'email'] as const) {
      const known = given.map((each) => each[by]).filter((value) => value !== '');
      expect(new Set(known).size, `${by} given twice`).toBe(known.length);
    }
    // And nobody was refused for nothing: each one refused shares a key with one that was given.
    const [phoneGiven, emailGiven] = [
      new Set(given.map(({ phone }) => phone)),
      new Set(given.map(({ email }) => email)),
    ];
    for (const { phone, email } of drawn) {
      expect(phoneGiven.has(phone) || (email !== '' && emailGiven.has(email))).toBe(true);
    }
    expect(given.length).toBeGreaterThan(0);
    expect(claims.filter(({ kind }) => kind === 'seen_before')).toHaveLength(50 - given.length);
  },
);

describe('routing', () => {
  test('asks for all contracts at once and gets the latest lead for each', async () => {
    const ann = somebody();
    const first = await claim(ann, 'apex_auto');
    await moveBack(first.leadId, 2);
    const later = await claim(ann, 'apex_home');
    const questions = [
      ...ask(ann, 'apex_auto'),
      ...ask(ann, 'apex_life', { through: null }),
      ...ask(ann, 'bolt_auto'),
      ...ask(ann, 'apex_home', { withinDays: 1 }),
    ];
    await moveBack(later.leadId, 1);
    const seen = await findSeen(db.pool, hashPersons(questions), { nowMs: Date.now() });
    const leads = [...seen].map(([contractId, { leadId }]) => [contractId, leadId]);
    expect(Object.fromEntries(leads)).toEqual({
      apex_auto: first.leadId,
      apex_life: later.leadId,
    });
  });
});

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
    await moveBack(key.leadId, days);
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
  const [young, old] = [await claim(somebody()), await claim(somebody())];
  await moveBack(young.leadId, 29);
  await moveBack(old.leadId, 31);
  await deleteOldPersons(db.pool);
  const left = await db.pool.query<{ lead_id: string }>(
    `select distinct lead_id from buyer_persons where lead_id = any($1)`,
    [[young.leadId, old.leadId]],
  );
  expect(left.rows).toEqual([{ lead_id: young.leadId }]);
});
