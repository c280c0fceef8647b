// Never the same person twice to a buyer: what counts, what is free again, and that of many claims
// at once no two give one person to one buyer.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimAttempt } from '../../../src/db/attempts.ts';
import { findSeen, hashPersons } from '../../../src/db/persons/seen.ts';
import type { OfferKey } from '../../../src/domain/ids.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { createBook, planned, storeLead } from '../../support/lead-rows.ts';
import { ask, claim, moveBack, somebody } from './person-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const become = ({ leadId, contractId }: OfferKey, state: string) =>
  db.pool.query(
    `update attempts set state = $3, place = 1 where lead_id = $1 and contract_id = $2`,
    [leadId, contractId, state],
  );

describe('a claim', () => {
  test('is refused to a person whom the contract has had, and says by which lead', async () => {
    const ann = somebody();
    const first = await claim(db.pool, ann);
    expect(first.kind).toBe('claimed');
    const again = await claim(db.pool, { ...somebody(), email: ann['email'] ?? '' });
    expect(again).toMatchObject({
      kind: 'seen_before',
      seen: { leadId: first.leadId, fields: ['email'], withinDays: 30 },
    });
    expect((await claim(db.pool, somebody())).kind).toBe('claimed');
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
    const first = await claim(db.pool, ann);
    await become(first.key, state);
    expect((await claim(db.pool, ann)).kind).toBe(kind);
  });

  test('looks back as far as the window, and no further', async () => {
    const ann = somebody();
    const first = await claim(db.pool, ann);
    await moveBack(db.pool, first.leadId, 29);
    expect((await claim(db.pool, ann)).kind).toBe('seen_before');
    await moveBack(db.pool, first.leadId, 1);
    expect((await claim(db.pool, ann)).kind).toBe('claimed');
  });

  test('of another contract of the buyer is refused where the rule is the buyer’s', async () => {
    const ann = somebody();
    await claim(db.pool, ann, { contractId: 'apex_auto' });
    expect((await claim(db.pool, ann, { contractId: 'apex_home', through: null })).kind).toBe(
      'seen_before',
    );
    expect((await claim(db.pool, ann, { contractId: 'apex_home' })).kind).toBe('claimed');
    expect((await claim(db.pool, ann, { contractId: 'bolt_auto', through: null })).kind).toBe(
      'claimed',
    );
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
    const { key } = await claim(db.pool, ann);
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
    const first = await claim(db.pool, ann, { contractId: 'apex_auto' });
    await moveBack(db.pool, first.leadId, 2);
    const later = await claim(db.pool, ann, { contractId: 'apex_home' });
    const questions = [
      ...ask(ann, 'apex_auto'),
      ...ask(ann, 'apex_life', { through: null }),
      ...ask(ann, 'bolt_auto'),
      ...ask(ann, 'apex_home', { withinDays: 1 }),
    ];
    await moveBack(db.pool, later.leadId, 1);
    const seen = await findSeen(db.pool, hashPersons(questions), { nowMs: Date.now() });
    const leads = [...seen].map(([contractId, { leadId }]) => [contractId, leadId]);
    expect(Object.fromEntries(leads)).toEqual({
      apex_auto: first.leadId,
      apex_life: later.leadId,
    });
  });
});
