// The HTTP requests to a buyer: what contracts have in common.

import { z } from 'zod';

import { type Delivery, TARGET_ADAPTERS, type TargetAdapter } from '../../domain/world/contract.ts';
import { TARGETS } from '../../delivery/targets/targets.ts';
import { checkRequest } from './delivery/request.ts';
import { httpAsk, httpPush, toHttpPush, toHttpStep } from './delivery/step.ts';
import { breaker, limits, retry } from './deliveries/policies.ts';
import { filter } from './filter.ts';
import { twilioCall } from './calls/twilio-call.ts';
import { receiverHours } from './schedule.ts';
import { secretRef } from '../../delivery/secret-ref.ts';
import { duration, id, settings, url } from './settings.ts';

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

/** Whom to call, and with which token. */
export const request = {
  adapter: z
    .literal('json')
    .optional()
    .transform(() => 'json' as const)
    .meta({ default: 'json', description: 'The words in which the buyer is spoken to.' }),
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
export const stepNames = { secret: 'secretRef', timeout: 'timeoutMs' } as const;
const askNames = { ...stepNames, test_url: 'testUrl' } as const;

const pingOwn = {
  ...testUrl,
  fields: fields.describe('What is sent. Default: every field that is not personal.'),
  timeout: duration('50ms', '10s', 'ms')
    .prefault('1s')
    .describe('The stage’s deadline may be shorter, and then rules.'),
};

/** The question for a bid. */
export const ping = z.discriminatedUnion('adapter', [
  settings({ ...request, ...pingOwn }, askNames),
  settings({ ...httpAsk, ...pingOwn }, askNames)
    .superRefine(checkRequest)
    .transform(toHttpStep),
]);

const postOwn = {
  ...testUrl,
  fields: fields.describe(
    'What is sent. A lead that lacks one of these is not offered. Default: all there is.',
  ),
  timeout: duration('50ms', '60s', 'ms')
    .prefault('4s')
    .describe('A post that is not answered by then is in doubt. Over 5s it is made apart.'),
};

/** The kinds of receivers that say whether they took a lead. */
const DECIDING = TARGET_ADAPTERS.filter((name) => TARGETS[name].confirms);

function targetPost<Name extends TargetAdapter>(name: Name) {
  const adapter = z.literal(name).describe('The push into it is the sale.');
  const options = TARGETS[name].options.describe('Of this kind of receiver.');
  const { fields: sent, timeout } = postOwn;
  return settings({ adapter, options, fields: sent, timeout }, stepNames);
}

/** The offer of the lead itself. */
export const post = z.discriminatedUnion('adapter', [
  settings({ ...request, ...postOwn }, askNames),
  settings({ ...httpAsk, ...postOwn }, askNames)
    .superRefine(checkRequest)
    .transform(toHttpStep),
  ...DECIDING.map((name) => targetPost(name)),
  twilioCall,
]);

const push = {
  name: id.describe('Unique in the contract.'),
  fields: fields.describe('What is sent. Default: all there is.'),
  timeout: duration('50ms', '60s', 'ms').prefault('15s').describe('Per try.'),
  give_up_after: duration('1h', '240h', 'h')
    .prefault('72h')
    .describe('For how long a delivery is tried again.'),
  retry: retry.prefault({}).describe('When a push that failed is tried again.'),
  breaker: breaker.prefault({}).describe('When pushes to a failing receiver are held back.'),
  limits: limits.prefault({}).describe('How much each process pushes to the receiver’s host.'),
  during: receiverHours
    .nullable()
    .default(null)
    .describe('The receiver’s hours, in the buyer’s zone; a push waits for them. null: always.'),
  when: filter.nullable().default(null).describe('Which leads are pushed. null: every one sold.'),
  after: id
    .nullable()
    .default(null)
    .describe('A delivery above it, which has to be confirmed before this one is made.'),
};
const pushNames = { ...stepNames, give_up_after: 'giveUpAfterHours' } as const;

function targetDelivery<Name extends TargetAdapter>(name: Name) {
  const adapter = z.literal(name).describe('What it is pushed into.');
  const options = TARGETS[name].options.describe('Of this kind of receiver.');
  return settings({ adapter, options, ...push }, pushNames);
}

/** A push after the sale. */
export const delivery = z.discriminatedUnion('adapter', [
  settings({ ...request, ...push }, pushNames).transform(toDelivery),
  ...TARGET_ADAPTERS.map((name) => targetDelivery(name).transform(toDelivery)),
  settings({ ...httpPush, ...push }, pushNames)
    .superRefine(checkRequest)
    .transform(toDelivery)
    .transform(({ step, ...rest }) => ({ ...rest, step: toHttpPush(step) })),
]);

/** What is said of the push, apart from the request itself. */
function toDelivery<Read extends Omit<Delivery, 'step'>>(read: Read) {
  const { name, giveUpAfterHours, during, retry: again, ...more } = read;
  const { when = null, after = null, ...rest } = more;
  const { breaker: fuse, limits: most, ...step } = rest;
  const policy = { giveUpAfterHours, during, retry: again, breaker: fuse, limits: most };
  return { name, step, ...policy, when, after };
}
