// docs/guides/prepaid.md does what it says: its example sells as many leads as it tells, and the
// commands print what it shows.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';

import { readBalances } from '../../src/cli/money/balance.ts';
import { sendDeposit } from '../../src/cli/money/deposit.ts';
import { readConfig } from '../../src/config.ts';
import { applyOps, type CapDecision } from '../../src/domain/caps/caps.ts';
import { balanceKeyOf } from '../../src/domain/caps/keys.ts';
import { describeDenial } from '../../src/domain/caps/uses.ts';
import { cents } from '../../src/domain/money.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { holdRoom, unusedCaps } from '../../src/routing/caps.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { type Stand, startStand } from './api-stand.ts';
import { keys, world } from './intake-world.ts';
import { smallDocument, worldOf } from './world-document.ts';

const page = readFileSync(new URL('../../docs/guides/prepaid.md', import.meta.url), 'utf8');
const KEY = balanceKeyOf('apex');
const atMs = Date.now();

/** The caps of apex by the example, with the deposit of the page. */
const caps = unusedCaps();
const paid = { key: KEY, totalCents: 25_000, upTo: 1 };
applyOps(caps, [{ op: 'deposit', id: 'deposit/1', ...paid }], atMs);

const { buyers } = parse(guideExample('prepaid.md', 'prepaid')) as { buyers: object };
const example = worldOf({ ...smallDocument(), buyers: { bolt: {}, ...buyers } });
const rules = createEligibility(example);
const sell = (id: string, priceCents: number): CapDecision => {
  const offer = { lead: sampleLead(), score: 50, atMs, priceCents: cents(priceCents) };
  return holdRoom(caps, { id, atMs, windows: rules.capWindows('apex_auto', offer) });
};

test('the deposit covers six leads at $40.00; what is left buys one at $10.00', () => {
  const six = Array.from({ length: 6 }, (_, n) => sell(`lead/${n}`, 4_000).kind);
  expect(new Set(six)).toEqual(new Set(['granted']));
  const seventh = sell('lead/7', 4_000);
  if (seventh.kind !== 'denied') throw new Error('the seventh was sold');
  expect(page).toContain(`\`cap_reached: ${describeDenial(seventh)}\``);
  expect(sell('lead/8', 1_001).kind).toBe('denied');
  expect(sell('lead/9', 1_000).kind).toBe('granted');
  applyOps(caps, [{ op: 'release', id: 'lead/9', atMs }], atMs);
});

describe('the commands', () => {
  let stand: Stand;
  const apex = { ...world.buyers['apex'], balance: { creditCents: cents(0) } };
  const payers = { ...world, buyers: { ...world.buyers, apex } as typeof world.buyers };
  beforeAll(async () => {
    stand = await startStand({
      currentWorld: () => ({ version: 7, world: payers }),
      readCaps: async () => new Map([['apex', caps]]),
      countCaps: async () => [{ buyerId: 'apex', key: KEY, counted: 24_000, endsAtMs: null }],
      readPaidIn: async () => [{ buyerId: 'apex', totalCents: 25_000, toldCents: 25_000 }],
    });
  });
  afterAll(() => stand.close());

  const caller = (operatorKey: string = keys.operator) => {
    const env = { SLUICE_URL: stand.url, SLUICE_OPERATOR_KEY: operatorKey };
    return { config: readConfig({ SLUICE_DATA_DIR: '/nowhere' }), env };
  };
  const plain = { refund: false, json: false };
  const ID = 'wire-20261124-0007';
  /** What the page shows after a command. */
  const shown = (command: string) =>
    page.split(`$ npx sluice ${command}\n`)[1]?.split('\n```')[0] ?? `no ${command}`;

  test('record a deposit, once under its id', async () => {
    const options = { ...plain, id: ID, note: 'November' };
    const said = await sendDeposit({ buyer: 'apex', amount: '250.00' }, options, caller());
    expect(said).toBe(shown(`deposit apex 250.00 --id ${ID} --note 'November'`));
    const again = await sendDeposit({ buyer: 'apex', amount: '$250' }, options, caller());
    expect(again).toBe(said);
    expect(stand.deposits).toMatchObject([{ id: ID, cents: 25_000, note: 'November', by: 'ada' }]);
  });

  test('show what is left, with the deposits', async () => {
    const text = await readBalances('apex', { json: false }, caller());
    const at = '2026-11-24T12:00:00Z';
    expect(text.replace('1970-01-01T00:00:00Z', at)).toBe(shown('balance apex'));
    const all = await readBalances(undefined, { json: false }, caller());
    expect(text.startsWith(all)).toBe(true);
    const json = JSON.parse(await readBalances('apex', { json: true }, caller())) as object;
    expect(json).toMatchObject({ left_cents: 1_000, deposits: [{ id: ID }] });
  });

  test('take money back', async () => {
    const said = await sendDeposit(
      { buyer: 'apex', amount: '50' },
      { ...plain, refund: true, json: true },
      caller(),
    );
    expect(JSON.parse(said)).toMatchObject({ cents: -5_000, total_cents: 20_000 });
  });

  test.for(['0', '-5', '12,50', 'all'])('refuse %s as an amount', async (amount) => {
    const sent = sendDeposit({ buyer: 'apex', amount }, plain, caller());
    await expect(sent).rejects.toThrow(`${amount} is no amount`);
  });

  test('say the id that they made up when nobody took the deposit', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const sent = sendDeposit({ buyer: 'apex', amount: '5' }, plain, caller('ok_wrong'));
    await expect(sent).rejects.toThrow('HTTP 401');
    expect(said.mock.calls.join('')).toMatch(/to send it again, add --id [0-9a-f-]{36}\n/);
    said.mockRestore();
  });
});
