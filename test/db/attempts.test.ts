// The fence: an offer is planned once, with what was decided before it, and claimed by one run; the
// places of a lead are never given out twice, whoever asks at once.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimAttempt, findAttempt, listAttempts, planAttempt } from '../../src/db/attempts.ts';
import { storeVerdicts } from '../../src/db/verdicts.ts';
import { settleUnaccepted } from '../../src/db/settlement.ts';
import { listVerdicts } from '../../src/db/verdicts.ts';
import { recordWorld } from '../../src/db/worlds.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { cents } from '../../src/domain/money.ts';
import type { TestDatabase } from '../support/databases.ts';
import {
  createBook,
  inDoubt,
  planFor,
  planned,
  rejected,
  sending,
  storeLead,
} from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const score = { step: 'score', verdict: { score: 71, band: 'high' } };
const route = { step: 'route/auction', verdict: { order: ['apex_auto'] } };

describe('planning', () => {
  test('stores the attempt and what was decided before it', async () => {
    const leadId = await storeLead(db.pool);
    const window = { key: 'buyer/apex/day/2026-11-22/leads', amount: 1, limit: 5, endsAtMs: 9e12 };
    const plan = planFor(leadId, { capWindows: [window], verdicts: [score, route] });
    expect(await planAttempt(db.pool, plan)).toMatchObject({ kind: 'planned' });
    expect(await findAttempt(db.pool, plan)).toMatchObject({
      leadId,
      contractId: 'apex_auto',
      buyerId: 'apex',
      priceCents: 1480,
      state: 'planned',
      capWindows: [window],
      result: null,
    });
    const stored = await listVerdicts(db.pool, leadId, 1);
    expect(stored).toEqual(
      new Map<string, unknown>([
        ['score', score.verdict],
        ['route/auction', route.verdict],
      ]),
    );
  });

  test('a repeat with the same verdicts finds the attempt as it stands', async () => {
    const leadId = await storeLead(db.pool);
    const plan = planFor(leadId, { verdicts: [score] });
    const first = await planAttempt(db.pool, plan);
    const again = await planAttempt(db.pool, { ...plan, priceCents: cents(9999) });
    expect(first).toMatchObject({ kind: 'planned' });
    expect(again).toMatchObject({
      kind: 'found',
      attempt: { state: 'planned', priceCents: 1480 },
    });
  });

  test('keys of verdicts in another order are the same verdict', async () => {
    const leadId = await storeLead(db.pool);
    await planned(db.pool, leadId, { verdicts: [score] });
    const turned = { step: 'score', verdict: { band: 'high', score: 71 } };
    const again = await planAttempt(db.pool, planFor(leadId, { verdicts: [turned] }));
    expect(again).toMatchObject({ kind: 'found' });
  });

  test('a run whose verdicts differ from the stored ones is superseded and plans nothing', async () => {
    const leadId = await storeLead(db.pool);
    await storeVerdicts(db.pool, { leadId, round: 1, verdicts: [score] });
    const other = { step: 'score', verdict: { score: 12, band: 'low' } };
    const late = planFor(leadId, { verdicts: [other, route] });
    expect(await planAttempt(db.pool, late)).toEqual({ kind: 'superseded' });
    expect(await findAttempt(db.pool, late)).toBeUndefined();
    expect((await listVerdicts(db.pool, leadId, 1)).get('score')).toEqual(score.verdict);
  });

  test('of twenty runs that decided differently one plans and the rest start over', async () => {
    const leadId = await storeLead(db.pool);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        planAttempt(db.pool, planFor(leadId, { verdicts: [{ step: 'score', verdict: { n } }] })),
      ),
    );
    const kinds = results.map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual(['planned', ...Array.from({ length: 19 }, () => 'superseded')]);
  });
});

const contracts = Array.from({ length: 20 }, (_, n) => `c${String(n).padStart(2, '0')}_auto`);

/** Plans one offer per contract, claims all at once, and returns the contracts that got a place. */
async function race(
  leadId: LeadId,
  { maxPlaces, exclusive }: { maxPlaces: number; exclusive: (contractId: string) => boolean },
): Promise<string[]> {
  const keys = await Promise.all(
    contracts.map((contractId) =>
      planned(db.pool, leadId, { contractId, exclusive: exclusive(contractId) }),
    ),
  );
  const claims = await Promise.all(
    keys.map((key) => claimAttempt(db.pool, key, { maxPlaces, switches: [] })),
  );
  const others = claims.filter(({ kind }) => kind !== 'claimed');
  expect(others).toEqual(others.map(() => ({ kind: 'no_place' })));
  return contracts.filter((_, index) => claims[index]?.kind === 'claimed');
}

describe('claiming', () => {
  test('of twenty offers of one exclusive lead at once one is claimed', async () => {
    const leadId = await storeLead(db.pool);
    expect(await race(leadId, { maxPlaces: 3, exclusive: () => true })).toHaveLength(1);
  });

  test('a lead for three gives out exactly three places at once', async () => {
    const leadId = await storeLead(db.pool);
    expect(await race(leadId, { maxPlaces: 3, exclusive: () => false })).toHaveLength(3);
    const places = await db.pool.query(
      `select place from attempts where lead_id = $1 and state = 'sending' order by place`,
      [leadId],
    );
    expect(places.rows).toEqual([{ place: 1 }, { place: 2 }, { place: 3 }]);
  });

  test('T26 exclusive and shared offers at once never both have the lead', async () => {
    for (let round = 0; round < 5; round += 1) {
      const leadId = await storeLead(db.pool);
      const isExclusive = (contractId: string) => Number(contractId.slice(1, 3)) % 2 === 0;
      const claimed = await race(leadId, { maxPlaces: 3, exclusive: isExclusive });
      const exclusive = claimed.filter(isExclusive).length;
      expect([claimed.length, exclusive]).toEqual(exclusive === 1 ? [1, 1] : [3, 0]);
    }
  });

  test('one offer claimed by twenty runs at once is claimed by one', async () => {
    const leadId = await storeLead(db.pool);
    const key = await planned(db.pool, leadId);
    const terms = { maxPlaces: 1, switches: [] };
    const claims = await Promise.all(contracts.map(() => claimAttempt(db.pool, key, terms)));
    expect(claims.map(({ kind }) => kind).toSorted()).toEqual([
      'claimed',
      ...Array.from({ length: 19 }, () => 'taken'),
    ]);
  });

  test('T1 doubt keeps the place, a rejection frees it', async () => {
    const leadId = await storeLead(db.pool);
    const first = await sending(db.pool, leadId, { contractId: 'apex_auto' });
    const next = await planned(db.pool, leadId, { contractId: 'bolt_auto' });
    const terms = { maxPlaces: 1, switches: [] };
    expect(await claimAttempt(db.pool, next, terms)).toEqual({ kind: 'no_place' });
    await settleUnaccepted(db.pool, first, inDoubt);
    expect(await claimAttempt(db.pool, next, terms)).toEqual({ kind: 'no_place' });
    await settleUnaccepted(db.pool, first, rejected);
    expect(await claimAttempt(db.pool, next, terms)).toEqual({ kind: 'claimed' });
    const states = (await listAttempts(db.pool, leadId)).map(({ state }) => state);
    expect(states).toEqual(['rejected', 'sending']);
  });

  test('a freed place is given out again', async () => {
    const leadId = await storeLead(db.pool);
    const shared = { exclusive: false, maxPlaces: 2 };
    const first = await sending(db.pool, leadId, { contractId: 'apex_auto', ...shared });
    await sending(db.pool, leadId, { contractId: 'bolt_auto', ...shared });
    await settleUnaccepted(db.pool, first, rejected);
    await sending(db.pool, leadId, { contractId: 'crest_auto', ...shared });
    const places = await db.pool.query(
      `select contract_id, place from attempts where lead_id = $1 and state = 'sending'
       order by place`,
      [leadId],
    );
    expect(places.rows).toEqual([
      { contract_id: 'crest_auto', place: 1 },
      { contract_id: 'bolt_auto', place: 2 },
    ]);
  });

  test('what is paused at the moment of the claim is not sent, and says by what', async () => {
    const leadId = await storeLead(db.pool);
    const key = await planned(db.pool, leadId);
    const switches = ['all', 'buyer/apex', 'contract/apex_auto'];
    const pause = (paused: readonly string[]) =>
      recordWorld(db.pool, () => {
        return { document: {}, digest: paused.join(), by: 'test', paused };
      });
    await pause(['buyer/apex', 'contract/other']);
    const claim = await claimAttempt(db.pool, key, { maxPlaces: 1, switches });
    expect(claim).toEqual({ kind: 'paused', subject: 'buyer/apex' });
    await pause([]);
    expect(await claimAttempt(db.pool, key, { maxPlaces: 1, switches })).toEqual({
      kind: 'claimed',
    });
  });

  test('two live attempts on one place are refused by the database itself', async () => {
    const leadId = await storeLead(db.pool);
    await sending(db.pool, leadId);
    await planned(db.pool, leadId, { contractId: 'bolt_auto' });
    const forced = db.pool.query(
      `update attempts set state = 'sending', place = 1
       where lead_id = $1 and contract_id = 'bolt_auto'`,
      [leadId],
    );
    await expect(forced).rejects.toThrow('attempts_one_per_place');
  });
});
