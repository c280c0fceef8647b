// Never the same person twice to a buyer, under real traffic; the buyers' journal is the witness.

import { expect } from 'vitest';
import { personNo } from '../support/world-draft.ts';
import { worldTest } from '../support/world.ts';

const test = worldTest();

const RULE = { no_repeats: { by: [['phone'], ['email']], within: '90d' } };
const ann = () => personNo(7_000);

test('of two leads of one person at once one is posted, the other goes on', async ({ world }) => {
  const once = await world.buyer({ priceCents: 900, contract: RULE, post: { delayMs: 80 } });
  // Behind: of equal priority they would take turns.
  const next = await world.buyer({ priceCents: 400, contract: { priority: 200 } });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [once, next] }]);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      campaign.submitLead({ ...ann(), ...(n % 2 === 0 ? { email: `other${n}@example.com` } : {}) }),
    ),
  );
  for (const { id } of answers) await world.ended(id);
  expect(once.lines('post')).toHaveLength(1);
  expect(next.lines('post')).toHaveLength(7);
  const told = await Promise.all(
    answers.map(async ({ id }) => {
      const { contracts } = await world.trace(id);
      const line = contracts.find(({ contract }) => contract === once.contract);
      return line?.reason ?? line?.result;
    }),
  );
  expect(told.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'seen_before'), 'sold']);
});

test('a rejection frees the person; a sale does not', async ({ world }) => {
  const once = await world.buyer({
    priceCents: 900,
    contract: RULE,
    post: { answer: 'reject' },
  });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [once] }]);
  const person = personNo(7_100);
  expect(await campaign.submitLead(person)).toMatchObject({ reason: 'all_rejected' });
  await once.become({ post: {} });
  expect(await campaign.submitLead(person)).toMatchObject({ status: 'sold' });
  const again = await campaign.submitLead(person);
  expect(again).toMatchObject({ status: 'unsold', reason: 'none_eligible' });
  const { contracts } = await world.ended(again.id);
  expect(contracts).toMatchObject([{ result: 'not_eligible', reason: 'seen_before' }]);
  expect(contracts[0]?.detail).toMatch(/^the same (phone|email) as lead_\w{26} of .* UTC/);
  expect(once.lines('post')).toHaveLength(2);
});

test('a rule added today knows whom the buyer had yesterday', async ({ world }) => {
  const buyer = await world.buyer({ priceCents: 900 });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
  const person = personNo(7_200);
  expect(await campaign.submitLead(person)).toMatchObject({ status: 'sold' });
  expect(await campaign.submitLead(person)).toMatchObject({ status: 'sold' });
  Object.assign(world.document.buyers[buyer.id] ?? {}, RULE);
  await world.apply();
  const again = await campaign.submitLead(person);
  expect(again).toMatchObject({ status: 'unsold', reason: 'none_eligible' });
  expect(buyer.lines('post')).toHaveLength(2);
  // And somebody new is sold.
  const fresh = await campaign.submitLead(personNo(7_201));
  expect(fresh).toMatchObject({ status: 'sold' });
});
