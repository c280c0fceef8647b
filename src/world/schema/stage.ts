// A stage of a campaign's routing as operators write it: contracts, and the method that chooses
// among them.

import { z } from 'zod';

import { amountCents, duration, id, settings } from './settings.ts';

const terms = {
  name: id.optional().describe('Stands in traces. Default: stage_1, stage_2 …'),
  contracts: z.array(id).max(1_000).describe('The contracts of the stage, in any order.'),
  takes: z
    .enum(['all', 'overflow', 'after_hours'])
    .default('all')
    .describe(
      'overflow: only leads for which a contract of an earlier stage had no room left in a cap; ' +
        'after_hours: only those for which one was closed.',
    ),
  min_score: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe('Leads with a lower score pass the whole stage by.'),
  budget: duration('50ms', '2h', 'ms')
    .nullable()
    .default(null)
    .describe('No offer of the stage is begun later than this after its beginning.'),
  stop_after_rejections: z
    .int()
    .min(1)
    .max(1_000)
    .nullable()
    .default(null)
    .describe('The stage ends after so many rejected offers.'),
};
const termNames = { budget: 'budgetMs' } as const;

const waterfall = settings(
  {
    method: z
      .literal('waterfall')
      .describe('By priority; contracts of equal priority are a tier and take turns.'),
    ...terms,
  },
  termNames,
);

const rotation = settings(
  {
    method: z
      .enum(['round_robin', 'weighted'])
      .describe('round_robin: in turn; weighted: in turn, by weight.'),
    ...terms,
    by: z
      .enum(['leads', 'cents'])
      .default('leads')
      .describe('What the shares are of: leads, or money by each contract’s price_cents.'),
    catch_up: z
      .number()
      .min(1)
      .max(1_000)
      .multipleOf(0.1)
      .default(1.5)
      .describe('The most leads a contract may be owed, or be ahead.'),
  },
  { ...termNames, catch_up: 'catchUpLeads' },
);

const pingPost = settings(
  {
    method: z.literal('ping_post').describe('All contracts are asked for a bid at once.'),
    ...terms,
    deadline: duration('50ms', '10s', 'ms')
      .prefault('500ms')
      .describe('A ping that is not answered by then is lost.'),
    floor_cents: amountCents.prefault(0).describe('A bid below it does not count.'),
    early_close: z
      .boolean()
      .default(true)
      .describe('Close before the deadline when no outstanding buyer can change the result.'),
    pricing: z
      .enum(['first', 'second'])
      .default('first')
      .describe('first: the buyer pays its bid; second: the least that keeps its rank.'),
    pick: z
      .enum(['price', 'total'])
      .default('price')
      .describe('total: the best exclusive bid against the best total of shared ones.'),
    min_bidders: z
      .int()
      .min(1)
      .max(1_000)
      .default(1)
      .describe('With fewer counting bidders nobody is offered the lead.'),
    ties: z
      .enum(['priority', 'spread'])
      .default('priority')
      .describe('Between equal bids: by priority and id, or by a lot for each lead.'),
  },
  { ...termNames, deadline: 'deadlineMs' },
);

/** One entry of a campaign's `routing`. */
export const stage = z.discriminatedUnion('method', [waterfall, rotation, pingPost]);
