// A contract's status call and its policy for doubts, as operators write them.

import { z } from 'zod';

import { secretRef } from '../../../delivery/secret-ref.ts';
import { duration, settings } from '../settings.ts';
import { request, stepNames } from '../terms.ts';

const pause = duration('50ms', '24h', 'ms');

/** How the buyer is asked what it did with a lead. */
export const status = settings(
  {
    ...request,
    method: z.enum(['GET', 'POST']).default('POST').describe('GET has it all in the query.'),
    timeout: duration('50ms', '60s', 'ms').prefault('10s').describe('Per question.'),
    after: z
      .array(pause)
      .min(1)
      .max(20)
      .prefault(['5s', '30s', '2m', '10m'])
      .describe('The pauses before the first questions, a tenth more or less.'),
    every: pause.prefault('1h').describe('From then on.'),
    give_up_after: duration('1s', '30d', 'ms')
      .prefault('72h')
      .describe('The buyer is not asked any longer than this.'),
    unknown_after: duration('0s', '24h', 'ms')
      .prefault('30s')
      .describe('A lead that the buyer does not know so long after the post never came.'),
  },
  {
    ...stepNames,
    after: 'afterMs',
    every: 'everyMs',
    give_up_after: 'giveUpAfterMs',
    unknown_after: 'unknownAfterMs',
  },
).transform(({ method, afterMs, everyMs, giveUpAfterMs, unknownAfterMs, ...step }) => ({
  // Of the person nothing is sent: the buyer knows the lead by its id, or not at all.
  step: { ...step, fields: [] },
  ...{ method, afterMs, everyMs, giveUpAfterMs, unknownAfterMs },
}));

/** Of a buyer that signs what it reports of leads. */
export const outcomesSecret = secretRef
  .nullable()
  .default(null)
  .describe(
    'By which it signs what it did with leads, as Standard Webhooks: env:NAME or file:/path.',
  );

/** What a doubt is taken for when nobody knows in time. */
export const doubt = settings(
  {
    policy: z
      .enum(['ask', 'assume_sold', 'assume_rejected'])
      .default('ask')
      .describe('ask: it waits for the buyer or an operator, for as long as it takes.'),
    after: duration('1s', '30d', 'ms')
      .prefault('24h')
      .describe('How long after the post, or after the buyer said that it decides later.'),
  },
  { after: 'afterMs' },
);
