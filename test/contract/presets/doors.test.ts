// Goal: what a preset posts is understood by the platform it names, and what that answers is read
// as it was meant. Method: the guide's contracts against a second Sluice's doors, over real HTTP;
// the journal is what the other side took in.

import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import type { LeadOutcome } from '../../../src/domain/lead.ts';
import { cents } from '../../../src/domain/money.ts';
import { startStand } from '../api-stand.ts';
import { OUTCOMES, PINGED } from '../doors/rivals/rival-stand.ts';
import { ACCOUNTS, buyersWorld, exampleAt, HEARD, pinged, posted } from './preset-stand.ts';

const world = buyersWorld();
const stand = await startStand({ currentWorld: () => ({ version: 7, world }) });
const here = new URL(stand.url).origin;
afterAll(() => stand.close());
beforeEach(() => {
  stand.leads.length = 0;
  stand.ping = { kind: 'forged' };
});

type Name = keyof typeof ACCOUNTS;
const NAMES = Object.keys(ACCOUNTS) as Name[];
const ofAuto: typeof PINGED =
  PINGED.kind === 'found'
    ? { kind: 'found', ping: { ...PINGED.ping, campaignId: 'auto', fields: { zip: '02134' } } }
    : PINGED;

/** CAKE's and Phonexa's doors have no pings. */
const PINGS: Name[] = ['leadprosper', 'leadconduit', 'leadspedia', 'boberdoo', 'leadexec'];

const postOnly = (name: Name) => exampleAt(name, here, 'post');

describe.each(NAMES)('%s', (name) => {
  const priced = !['boberdoo_classic', 'leadbyte', 'boberdoo'].includes(name);

  test('a lead that is sold is understood and accepted', async () => {
    stand.outcome = OUTCOMES.sold;
    const verdict = await posted(postOnly(name));
    expect(stand.leads.map(({ draft }) => draft)).toMatchObject([
      { fields: HEARD, problems: [], unknownFields: [], test: false },
    ]);
    expect(verdict).toMatchObject({
      ...{ kind: 'accepted', reference: expect.stringMatching(/./) as string },
      ...(priced && { priceCents: 960 }),
    });
  });

  const OTHERS: [LeadOutcome, RegExp][] = [
    [OUTCOMES.unsold, /^buyer_(rejected|error)$/],
    [OUTCOMES.rejected, /^buyer_rejected$/],
  ];
  test.for(OTHERS)('a lead that is %o is rejected', async ([outcome, reason]) => {
    stand.outcome = outcome;
    expect(await posted(postOnly(name))).toMatchObject({
      ...{ kind: 'rejected', reason: expect.stringMatching(reason) as string },
    });
  });

  test('a duplicate is told apart where the platform does', async () => {
    stand.outcome = OUTCOMES.duplicate;
    const verdict = await posted(postOnly(name));
    expect(verdict).toMatchObject({ kind: 'rejected' });
    if (TOLD.has(name)) expect(verdict).toMatchObject({ reason: 'buyer_duplicate' });
  });

  test('a lead that is not decided on is no sale where the platform can say so', async () => {
    stand.outcome = 'pending';
    const { kind } = await posted(postOnly(name));
    expect(kind).toBe(WAITS.has(name) ? 'pending' : 'accepted');
  });

  test.skipIf(ACCOUNTS[name][2] === null)('a wrong key sells nothing', async () => {
    const secrets = { [ACCOUNTS[name][2] ?? '']: 'guessed' };
    const { kind } = await posted(postOnly(name), { secrets });
    expect([kind, stand.leads]).toEqual(['rejected', []]);
  });

  test('a test says so by the platform’s own switch', async () => {
    stand.outcome = OUTCOMES.unsold;
    await posted(postOnly(name), { isTest: true });
    const { post } = exampleAt(name, here);
    expect(post?.testUrl).toBe(SWITCHLESS.has(name) ? null : post?.url);
    expect(stand.leads[0]?.draft.test).toBe(!SWITCHLESS.has(name));
  });
});

const TOLD = new Set<Name>(['leadprosper', 'leadexec', 'leadbyte', 'phonexa', 'cake']);
const WAITS = new Set<Name>(['boberdoo', 'boberdoo_classic', 'leadexec', 'phonexa']);
const SWITCHLESS = new Set<Name>(['leadconduit', 'leadexec']);

describe.each(PINGS)('a ping of %s', (name) => {
  test('is a bid, and its id comes back with the post', async () => {
    const quote = { kind: 'bid', payoutCents: cents(1205) } as const;
    stand.quoted = { pingId: 'ping_1', quote, expiresAtMs: 0 };
    const contract = exampleAt(name, here);
    const bid = await pinged(contract);
    expect(bid).toMatchObject({ kind: 'bid', priceCents: 1205 });
    if (name === 'leadconduit') return;
    expect(bid).toMatchObject({ bidId: 'ping_1' });
    stand.ping = ofAuto;
    stand.outcome = OUTCOMES.sold;
    const verdict = await posted(contract, { bidId: 'ping_1' });
    expect(verdict).toMatchObject({ kind: 'accepted' });
  });

  test('is none where nobody bids', async () => {
    stand.quoted = { pingId: 'p', quote: { kind: 'no_bid', reason: 'no_bids' }, expiresAtMs: 0 };
    expect(await pinged(exampleAt(name, here))).toMatchObject({ kind: 'no_bid' });
  });
});
