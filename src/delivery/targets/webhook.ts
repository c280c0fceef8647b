// A push to a web address of the buyer's, signed by Standard Webhooks or in one of the ways that
// receivers ask for. The body is the same on every try, and so is its `webhook-id`.

import { createHmac } from 'node:crypto';
import { z } from 'zod';

import type { OutgoingRequest } from '../adapter.ts';
import { signWebhook, UnusableSecret } from '../signing/standard-webhooks.ts';
import { secretRef } from '../secret-ref.ts';
import { targetKind } from './kind.ts';
import { fieldsOf, mapped, mappingOf } from './mapping.ts';
import { done, jsonRequest, refused, retry, stop, unanswered } from './replies.ts';
import type { DeliveryReply, Push, TargetHost } from './target.ts';

const CONFLICT = 409;
/** A secret that is not taken, and a receiver that is gone for good. */
const STOPS = [401, 403, 410];

const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,99}$/, 'wants the name of a header')
  .refine(
    (name) => !/^(host|content-length|transfer-encoding|connection|content-type)$/i.test(name),
    'is a header that Sluice writes itself',
  );
const secret = secretRef.describe('Where the secret is found.');

const signing = z.discriminatedUnion('scheme', [
  z.strictObject({
    scheme: z.literal('standard').describe('Standard Webhooks 1.0.0.'),
    secrets: z
      .array(secretRef)
      .min(1)
      .max(3)
      .describe('Each whsec_… and base64; several while they rotate.'),
  }),
  z.strictObject({
    scheme: z.literal('x_signature').describe('sha256=<hex HMAC of the body> in a header.'),
    secret,
    header: headerName.default('X-Signature').describe('Its name.'),
  }),
  z.strictObject({
    scheme: z.literal('basic').describe('Basic; the secret is user:password.'),
    secret,
  }),
  z.strictObject({ scheme: z.literal('bearer').describe('A bearer token.'), secret }),
  z.strictObject({
    scheme: z.literal('header').describe('The secret as a header.'),
    secret,
    name: headerName.describe('Its name.'),
  }),
  z.strictObject({
    scheme: z.literal('query').describe('The secret as a parameter of the address.'),
    secret,
    name: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,100}$/, 'wants the name of a parameter')
      .describe('Its name.'),
  }),
  z.strictObject({ scheme: z.literal('none').describe('Nothing: the address is all.') }),
]);

const options = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'wants an http or https URL' })
    .max(2_000)
    .refine((text) => !/^[^/]*\/\/[^/]*@/.test(text), 'wants no user and password')
    .describe('Where it is pushed to.'),
  signing: signing.describe('How the receiver knows that it is from you.'),
  headers: z.record(headerName, z.string().max(500)).default({}).describe('Sent as they stand.'),
  fields: mappingOf(z.string().min(1).max(100))
    .nullable()
    .default(null)
    .describe('The body, flat: its names: our fields. null: the event lead.sold.'),
  idempotent: z
    .boolean()
    .default(false)
    .describe('The receiver takes a webhook-id once, however often it comes.'),
});
type Options = z.output<typeof options>;

export const webhook = targetKind(options, {
  fieldsIn: ({ fields }) => fieldsOf(fields ?? {}, 'fields'),
  deliver: (given) => (push, host) => deliver(given, push, host),
});

async function deliver(given: Options, push: Push, host: TargetHost): Promise<DeliveryReply> {
  const id = webhookIdOf(push);
  const bare = jsonRequest(given.url, bodyOf(given, push), { ...given.headers, 'webhook-id': id });
  let request: OutgoingRequest;
  try {
    request = await signed(bare, given.signing, host);
  } catch (failure) {
    if (failure instanceof UnusableSecret) return stop(failure.message);
    throw failure;
  }
  const came = await host.call(request);
  if (came.kind !== 'answer') {
    return unanswered(came, given.idempotent ? 'harmless' : 'harms');
  }
  const { reply } = came;
  const { status } = reply;
  // A conflict on a repeat is with our own first try, whose answer was lost.
  if ((status >= 200 && status <= 299) || (status === CONFLICT && push.tries > 1)) {
    return done(`HTTP ${status}`);
  }
  const said = refused(reply, host);
  // Receivers are other people's programs: what they cannot read today they may read tomorrow.
  return said.kind === 'failed' && !STOPS.includes(status) ? retry(said.detail) : said;
}

/** Names the push; a dot, as in the contract of a team's member, may not stand in it. */
function webhookIdOf({ id }: Push): string {
  return id.replaceAll('.', '-');
}

function bodyOf({ fields: mapping }: Options, push: Push): object {
  if (mapping) return mapped(mapping, push);
  const { leadId, contractId, member, campaign, fields } = push.parcel;
  const { priceCents, reference } = push.sale;
  return {
    type: 'lead.sold',
    data: {
      lead_id: leadId,
      contract: contractId,
      ...(member !== undefined && { member }),
      campaign,
      price_cents: priceCents,
      ...(reference !== null && { reference }),
      fields,
    },
  };
}

async function signed(
  request: OutgoingRequest,
  by: Options['signing'],
  host: TargetHost,
): Promise<OutgoingRequest> {
  const body = request.body ?? '';
  const withHeaders = (more: Readonly<Record<string, string>>) => {
    return { ...request, headers: { ...request.headers, ...more } };
  };
  switch (by.scheme) {
    case 'none':
      return request;
    case 'standard': {
      const secrets = await Promise.all(by.secrets.map((reference) => host.secret(reference)));
      const timestampS = Math.floor(host.nowMs / 1_000);
      const id = request.headers['webhook-id'] ?? '';
      return withHeaders({
        'webhook-timestamp': String(timestampS),
        'webhook-signature': signWebhook({ id, timestampS, body, secrets }),
      });
    }
    case 'x_signature': {
      const hmac = createHmac('sha256', await host.secret(by.secret)).update(body);
      return withHeaders({ [by.header]: `sha256=${hmac.digest('hex')}` });
    }
    case 'basic': {
      const pair = Buffer.from(await host.secret(by.secret)).toString('base64');
      return withHeaders({ authorization: `Basic ${pair}` });
    }
    case 'bearer':
      return withHeaders({ authorization: `Bearer ${await host.secret(by.secret)}` });
    case 'header':
      return withHeaders({ [by.name]: await host.secret(by.secret) });
    case 'query': {
      const url = new URL(request.url);
      url.searchParams.set(by.name, await host.secret(by.secret));
      return { ...request, url: url.href };
    }
  }
}
