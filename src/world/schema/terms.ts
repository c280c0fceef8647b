// The HTTP requests to a buyer: what contracts have in common.

import { z } from 'zod';

import { TARGET_ADAPTERS, type TargetAdapter } from '../../domain/world/contract.ts';
import { TARGETS } from '../../delivery/targets/targets.ts';
import { receiverHours } from './schedule.ts';
import { duration, id, secretRef, settings, url } from './settings.ts';

export const personLists = z
  .array(z.array(id).min(1).max(10))
  .min(1)
  .max(10)
  .describe('Lists of fields; two leads are one person if all fields of any list agree.');

/** When two leads are one person. */
const persons = settings(
  {
    by: personLists,
    within: duration('1d', '730d', 'd').prefault('30d').describe('How far back, in days.'),
  },
  { within: 'withinDays' },
);

/** Persons whom a buyer is not sent twice. */
export const noRepeats = persons.nullable().default(null);

const request = {
  adapter: z.literal('json').default('json').describe('The words in which the buyer is spoken to.'),
  url: url.describe('http or https.'),
  secret: secretRef
    .nullable()
    .default(null)
    .describe('Where the bearer token is found: env:NAME or file:/path.'),
};
const fields = z.array(id).max(200).nullable().default(null);
const testUrl = {
  test_url: url
    .nullable()
    .default(null)
    .describe('Where test leads go instead. null: they go nowhere, and the story says so.'),
};
const stepNames = { secret: 'secretRef', timeout: 'timeoutMs' } as const;
const askNames = { ...stepNames, test_url: 'testUrl' } as const;

/** The question for a bid. */
export const ping = settings(
  {
    ...request,
    ...testUrl,
    fields: fields.describe('What is sent. Default: every field that is not personal.'),
    timeout: duration('50ms', '10s', 'ms')
      .prefault('1s')
      .describe('The stage’s deadline may be shorter, and then rules.'),
  },
  askNames,
);

/** The offer of the lead itself. */
export const post = settings(
  {
    ...request,
    ...testUrl,
    fields: fields.describe(
      'What is sent. A lead that lacks one of these is not offered. Default: all there is.',
    ),
    timeout: duration('50ms', '60s', 'ms')
      .prefault('4s')
      .describe('A post that is not answered by then is in doubt. Over 5s it is made apart.'),
  },
  askNames,
);

const named = { name: id.describe('Unique in the contract.') };
const pushed = {
  fields: fields.describe('What is sent. Default: all there is.'),
  timeout: duration('50ms', '60s', 'ms').prefault('15s').describe('Per try.'),
  give_up_after: duration('1h', '240h', 'h')
    .prefault('72h')
    .describe('For how long a delivery is tried again.'),
  during: receiverHours
    .nullable()
    .default(null)
    .describe('The receiver’s hours, in the buyer’s zone; a push waits for them. null: always.'),
};
const pushNames = { ...stepNames, give_up_after: 'giveUpAfterHours' } as const;

/** A push in the words in which buyers are asked. */
const requestDelivery = settings({ ...named, ...request, ...pushed }, pushNames);

function targetDelivery<Name extends TargetAdapter>(name: Name) {
  const adapter = z.literal(name).describe('What it is pushed into.');
  const options = TARGETS[name].options.describe('Of this kind of receiver.');
  return settings({ ...named, adapter, options, ...pushed }, pushNames);
}

/** A push after the sale. */
export const delivery = z
  .discriminatedUnion('adapter', [requestDelivery, ...TARGET_ADAPTERS.map(targetDelivery)])
  .transform(({ name, giveUpAfterHours, during, ...step }) => ({
    ...{ name, step, giveUpAfterHours, during },
  }));
