// Two processes share the work, the caps and the answers; when one of them dies in the middle, the
// other takes its leads over, and no cap is passed.

import { expect } from 'vitest';
import { worldTest } from '../support/world.ts';
import { personNo } from '../support/world-draft.ts';

const test = worldTest({ processes: 2 });

test('a repeat at the other process gets the answer of the first', async ({ world }) => {
  const buyer = await world.buyer({ bidCents: 900, ping: { delayMs: 300 } });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  const fields = personNo(9200);
  const [here, there] = await Promise.all([
    campaign.submit(fields, { key: 'both', via: 0 }),
    campaign.submit(fields, { key: 'both', via: 1 }),
  ]);
  expect(here.body).toMatchObject({ status: 'sold' });
  expect(there.text).toBe(here.text);
  expect(buyer.received).toEqual(['ping', 'post']);
});

const LEADS = 200;

test(
  'T34 a cap of five, every third post rejected, 200 leads at once, one process killed',
  { timeout: 120_000 },
  async ({ world }) => {
    const buyer = await world.buyer({
      bidCents: 900,
      caps: [{ per: 'day', leads: 5 }],
      post: { rejectEvery: 3, delayMs: 100 },
    });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const acceptedPosts = () => buyer.lines('post').filter((line) => line.decision === 'accepted');
    const [survivor, victim] = [0, 1];

    let killed: Promise<void> | undefined;
    let answered = 0;
    const submitted = Array.from({ length: LEADS }, async (_, n) => {
      const [fields, key] = [personNo(1000 + n), `lead-${n}`];
      const via = n % 2 === 0 ? survivor : victim;
      // A source that gets no answer sends the same again, where it is heard.
      const answer = await campaign
        .submit(fields, { key, via })
        .catch(() => campaign.submit(fields, { key, via: survivor }));
      answered += 1;
      if (answered >= LEADS / 4) killed ??= world.processes[victim]?.kill();
      return answer.leadId;
    });
    // In the middle of the posts, not only of the leads: that is where a cap could be passed.
    await buyer.until('post', 3, 30_000);
    killed ??= world.processes[victim]?.kill();
    const ids = await Promise.all(submitted);
    await killed;
    expect(new Set(ids).size).toBe(LEADS);

    // What the killed process was told by the buyer nobody knows: an operator asks, and says so.
    for (const id of ids) {
      const { status, attempts } = await world.settled(id, 60_000);
      if (status !== 'in_doubt') continue;
      const line = buyer.lines('post').find((post) => post.leadId === id);
      const as = line?.decision === 'accepted' ? 'accepted' : 'rejected';
      await world.settleDoubt(id, attempts[0]?.contract ?? '', as);
    }
    for (const id of ids) await world.ended(id, 60_000);
    expect(acceptedPosts().length).toBeLessThanOrEqual(5);

    // Room that came back with the last rejections goes to the leads after.
    for (let tried = 0; tried < 10 && acceptedPosts().length < 5; tried += 1) {
      const { id } = await campaign.submitLead();
      await world.done(id);
    }
    const { id: late } = await campaign.submitLead();
    expect((await world.ended(late)).status).toBe('unsold');

    expect(acceptedPosts()).toHaveLength(5);
    const [stored] = await world.rows(
      `select count(*) filter (where state = 'accepted') as accepted,
         count(*) filter (where state in ('sending', 'in_doubt', 'planned')) as open,
         (select count(*) from sales where buyer_id = $1) as sales
       from attempts where buyer_id = $1`,
      [buyer.id],
    );
    expect(stored).toEqual({ accepted: 5, open: 0, sales: 5 });
    const { windows } = await world.caps(buyer);
    expect(Object.values(windows).map(({ used, limit }) => [used, limit])).toEqual([[5, 5]]);
  },
);

test('the leads of a process that died are finished by the other', async ({ world }) => {
  await world.processes[1]?.start();
  const buyer = await world.buyer({ bidCents: 900, ping: { delayMs: 800 } });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer], deadline: '2s' }]);
  const leadId = await campaign.beginLead({}, { via: 1 });
  await buyer.until('ping');
  await world.processes[1]?.kill();
  const trace = await world.ended(leadId, 10_000);
  expect(trace.status).toBe('sold');
  expect(buyer.lines('post')).toHaveLength(1);
});
