// Goal: operators record deposits of buyers, once each, and read deposits and balances; every
// mistake is told with what would be right. Method: real HTTP, entities that the reducer filled.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ApiDeps } from '../../src/api/deps.ts';
import { describeDeposit } from '../../src/cli/money/deposit.ts';
import { renderBalances } from '../../src/cli/money/balance.ts';
import type { BalanceLine, DepositAnswer, DepositsPage } from '../../src/api/wire/deposits.ts';
import { renderCaps } from '../../src/api/reading/cap-lines.ts';
import type { CapsPage } from '../../src/api/wire/caps.ts';
import { applyOps, type CapsState } from '../../src/domain/caps/caps.ts';
import { balanceKeyOf } from '../../src/domain/caps/keys.ts';
import { cents } from '../../src/domain/money.ts';
import { unusedCaps } from '../../src/routing/caps.ts';
import { call, type Stand, startStand } from './api-stand.ts';
import { world } from './intake-world.ts';

const balance = { creditCents: cents(5_000) };
const payers = {
  ...world,
  buyers: {
    ...world.buyers,
    apex: { ...world.buyers['apex'], balance },
    bolt: { ...world.buyers['bolt'], balance: { creditCents: cents(0) } },
    'sales.ann': { ...world.buyers['bolt'], inHouse: true },
  } as typeof world.buyers,
};
const inForce = { currentWorld: () => ({ version: 7, world: payers }) };

let stand: Stand;
beforeAll(async () => void (stand = await startStand(inForce)));
afterAll(() => stand.close());

const ask = (address: string, body?: unknown) => call(stand, address, { by: 'operator', body });
const pay = (body: unknown, buyer = 'apex') => ask(`POST /v1/buyers/${buyer}/deposits`, body);

describe('a deposit', () => {
  test('is recorded, and sent again the answer is the same', async () => {
    const first = await pay({ id: 'wire-1', cents: 25_000, note: ' May ' });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      ...{ id: 'wire-1', buyer: 'apex', number: 1, cents: 25_000, total_cents: 25_000 },
      ...{ note: 'May', by: 'ada', at: new Date(0).toISOString(), counted: true, warnings: [] },
    });
    await pay({ id: 'wire-2', cents: -5_000 });
    const again = await pay({ id: 'wire-1', cents: 25_000, note: 'another note' });
    expect([again.status, again.text]).toEqual([200, first.text]);
  });

  const other: [says: string, body: object, buyer: string][] = [
    ['another amount', { id: 'wire-1', cents: 25_001 }, 'apex'],
    ['another buyer', { id: 'wire-1', cents: 25_000 }, 'bolt'],
  ];
  test.for(other)(
    'under an id of %s is refused with what the id names',
    async ([, body, buyer]) => {
      const answer = await pay(body, buyer);
      expect([answer.status, answer.body['code']]).toEqual([409, 'deposit_id_reused']);
      expect(answer.body['errors']).toEqual([
        {
          field: 'id',
          says: 'names a deposit of $250.00 of buyer apex already',
          fix: 'give every payment an id of its own; to correct one, send the difference',
        },
      ]);
    },
  );

  const wrong: [says: string, body: unknown, field: string][] = [
    ['no id', { cents: 1 }, 'id'],
    ['an id with blanks', { id: 'wire 1', cents: 1 }, 'id'],
    ['an id of 101 characters', { id: 'x'.repeat(101), cents: 1 }, 'id'],
    ['no amount', { id: 'a' }, 'cents'],
    ['nothing', { id: 'a', cents: 0 }, 'cents'],
    ['dollars', { id: 'a', cents: 12.5 }, 'cents'],
    ['text', { id: 'a', cents: '1250' }, 'cents'],
    ['more than ten million dollars', { id: 'a', cents: 1_000_000_001 }, 'cents'],
    ['a note of 501 characters', { id: 'a', cents: 1, note: 'x'.repeat(501) }, 'note'],
    ['an unknown name', { id: 'a', cents: 1, amount: 2 }, 'amount'],
  ];
  test.for(wrong)('with %s is refused, and nothing is kept', async ([, body, field]) => {
    const before = stand.deposits.length;
    const answer = await pay(body);
    expect([answer.status, answer.body['code']]).toEqual([422, 'invalid_request']);
    expect(answer.body['errors']).toMatchObject([{ field }]);
    for (const error of answer.body['errors'] as { fix?: string }[])
      expect(error.fix).toMatch(/\w/);
    expect(stand.deposits).toHaveLength(before);
  });

  test('of a buyer that is not there is refused with the nearest name', async () => {
    for (const path of ['deposits', 'balance']) {
      const answer = await ask(`GET /v1/buyers/apx/${path}`);
      expect([answer.status, answer.body['code']]).toEqual([404, 'no_such_entry']);
      const says = { says: 'there is no such buyer', fix: 'did you mean apex?' };
      expect(answer.body['errors']).toEqual([{ field: 'buyer', ...says }]);
    }
    expect((await pay({ id: 'a', cents: 1 }, '__proto__')).status).toBe(404);
  });

  test.for(['sales', 'sales.ann'])('of %s, in-house, is refused', async (buyer) => {
    const answer = await pay({ id: 'a', cents: 1 }, buyer);
    expect(answer.body).toMatchObject({ code: 'invalid_request', errors: [{ field: 'buyer' }] });
  });

  test('of a buyer without a balance is kept, with a warning', async () => {
    const answer = await pay({ id: 'wire-9', cents: 100 }, 'crest');
    expect(answer.status).toBe(200);
    expect(answer.body['warnings']).toEqual([
      {
        path: 'buyers.crest.balance',
        says: 'is not set: the deposits are kept, and limit nothing it buys',
        fix: 'set balance: { credit_cents: 0 }',
      },
    ]);
    const read = await ask('GET /v1/buyers/crest/balance');
    expect(read.body).toMatchObject({ credit_cents: null, left_cents: null, warnings: [{}] });
  });

  test('is the business of operators', async () => {
    for (const address of [
      'POST /v1/buyers/apex/deposits',
      'GET /v1/buyers/apex/deposits',
      'GET /v1/buyers/apex/balance',
      'GET /v1/balances',
    ]) {
      const body = address.startsWith('POST') ? { id: 'b', cents: 1 } : undefined;
      expect((await call(stand, address, { body })).status, address).toBe(401);
      const source = await call(stand, address, { by: 'acme', body });
      expect([source.status, source.body['code']], address).toEqual([403, 'operator_key_required']);
    }
    expect(stand.deposits.filter(({ id }) => id === 'b')).toEqual([]);
  });

  test('is said in a line, with what is still to come', async () => {
    const { body } = await pay({ id: 'wire-20', cents: -250 });
    const answer = { ...(body as unknown as DepositAnswer), counted: false };
    expect(describeDeposit(answer).split('\n')).toEqual([
      '$2.50 taken back from apex, deposit wire-20; $197.50 in all',
      'the buyer’s caps do not count it yet; they are told as soon as Temporal answers',
    ]);
  });
});

test('the list goes on from page to page, newest first', async () => {
  for (let number = 1; number <= 5; number += 1) await pay({ id: `p${number}`, cents: 1 }, 'bolt');
  const seen: number[] = [];
  let before: number | null = null;
  do {
    const more: string = before === null ? '' : `&before=${before}`;
    const answer = await ask(`GET /v1/buyers/bolt/deposits?limit=2${more}`);
    const page = answer.body as unknown as DepositsPage;
    seen.push(...page.deposits.map(({ number }) => number));
    before = page.next;
  } while (before !== null);
  expect(seen).toEqual([5, 4, 3, 2, 1]);
  const wrong = await ask('GET /v1/buyers/bolt/deposits?limit=0&before=x');
  expect(wrong.body['errors']).toMatchObject([{ field: 'before' }, { field: 'limit' }]);
});

describe('a balance', () => {
  const KEY = balanceKeyOf('apex');
  /** Paid in $300.00, of which the entity knows $250.00; $120.00 held or sold. */
  function entity(): CapsState {
    const state = unusedCaps();
    const window = { key: KEY, amount: 12_000, limit: 5_000, endsAtMs: null };
    const atMs = Date.now();
    applyOps(
      state,
      [
        { op: 'deposit', id: 'deposit/1', key: KEY, totalCents: 25_000, upTo: 1 },
        { op: 'hold', id: 'lead/1', atMs, windows: [window], version: 1 },
      ],
      atMs,
    );
    return state;
  }

  async function read(address: string, overrides: Partial<ApiDeps> = {}) {
    const own = await startStand({
      ...inForce,
      readCaps: async () => new Map([['apex', entity()]]),
      countCaps: async () => [{ buyerId: 'apex', key: KEY, counted: 11_000, endsAtMs: null }],
      readPaidIn: async () => [{ buyerId: 'apex', totalCents: 30_000, toldCents: 25_000 }],
      ...overrides,
    });
    const { body } = await call(own, address, { by: 'operator' });
    await own.close();
    return body;
  }
  const away = { readCaps: async () => undefined };

  test('is what was paid in and the credit, less what is held and sold', async () => {
    expect(await read('GET /v1/buyers/apex/balance')).toEqual({
      ...{ buyer: 'apex', deposited_cents: 30_000, credit_cents: 5_000 },
      ...{ used_cents: 12_000, counted_cents: 11_000, agrees: false },
      // $250 + $50 - $120: what the entity was not told of cannot be spent yet.
      ...{ left_cents: 18_000, uncounted_cents: 5_000, temporal: 'up', warnings: [] },
    });
  });

  test('is what PostgreSQL counts while Temporal is away', async () => {
    expect(await read('GET /v1/buyers/apex/balance', away)).toMatchObject({
      ...{ used_cents: null, left_cents: 24_000, uncounted_cents: 5_000, temporal: 'away' },
    });
  });

  test('stands in the list of all that pay ahead, by buyer', async () => {
    const all = (await read('GET /v1/balances')) as { balances: BalanceLine[]; next: string };
    expect(all.balances.map(({ buyer }) => buyer)).toEqual(['apex', 'bolt']);
    const first = await read('GET /v1/balances?limit=1');
    expect(first).toMatchObject({ balances: [{ buyer: 'apex' }], next: 'apex' });
    const second = await read('GET /v1/balances?limit=1&cursor=apex');
    expect(second).toMatchObject({ balances: [{ buyer: 'bolt', left_cents: 0 }], next: null });
    expect(renderBalances(all.balances)).toEqual([
      'buyer  paid in  credit     used     left  counted  agrees',
      'apex   $300.00  $50.00  $120.00  $180.00  $110.00  no      $50.00 not counted by the caps yet',
      'bolt     $0.00   $0.00    $0.00    $0.00    $0.00  yes',
    ]);
  });

  test('is a line of the table of caps, which says the same', async () => {
    const lines = async (overrides = {}) => {
      const page = (await read('GET /v1/caps?buyer=apex', overrides)) as unknown as CapsPage;
      return { page, line: page.caps.find(({ key }) => key === KEY) };
    };
    const { page, line } = await lines();
    expect(line).toMatchObject({ used: 12_000, limit: 30_000, left: 18_000, counted: 11_000 });
    expect(renderCaps(page.caps, true)).toMatch(
      /buyer apex, balance +\$120\.00 +\$300\.00 +\$180\.00 +\$110\.00 +no +never/,
    );
    const { line: counted } = await lines(away);
    expect(counted).toMatchObject({ used: null, limit: 35_000, left: 24_000, counted: 11_000 });
  });
});
