// A HubSpot form, filled in for the person. A second one would be a second submission, and none
// has an id: what may have arrived is not sent again.

import { z } from 'zod';

import { secretRef } from '../../secret-ref.ts';
import { baseUrl, targetKind, vendorName } from '../kind.ts';
import { fieldsOf, mappedText, mappingOf, source } from '../mapping.ts';
import {
  codesOf,
  done,
  jsonOf,
  jsonRequest,
  namesIn,
  refused,
  retry,
  unanswered,
} from '../replies.ts';
import type { Push } from '../target.ts';

const TEN_SECONDS_MS = 10_000;
/** HubSpot's name of the object that contacts are. */
const CONTACT = '0-1';

const consent = z
  .strictObject({
    field: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,62}$/, 'wants the name of a field')
      .describe('The field of the lead that is true where the person agreed.'),
    text: z.string().min(1).max(5_000).describe('What the person agreed to.'),
    communications: z
      .array(
        z.strictObject({
          subscription_type: z.int().min(1).describe('The id of the subscription type.'),
          text: z.string().min(1).max(5_000).describe('What the person agreed to be sent.'),
        }),
      )
      .max(20)
      .default([])
      .describe('Subscriptions that the person agreed to with it.'),
  })
  .describe('What is told of the person’s consent, for leads that say they gave it.');

const context = z
  .strictObject({
    hutk: source.optional(),
    ipAddress: source.optional(),
    pageUri: source.optional(),
    pageName: source.optional(),
  })
  .describe('Where the form was filled in.');

const options = z.strictObject({
  base_url: baseUrl.default('https://api.hsforms.com').describe('Where forms are sent.'),
  portal_id: z
    .string()
    .regex(/^\d{1,15}$/, 'wants the number of the portal, in quotes')
    .describe('The number of the portal, in quotes.'),
  form_guid: z
    .string()
    .regex(/^[0-9A-Fa-f-]{36}$/, 'wants the id of the form, 36 characters')
    .describe('The id of the form.'),
  token: secretRef
    .nullable()
    .default(null)
    .describe('Where the token of the private app is found. null: the form takes all comers.'),
  fields: mappingOf(vendorName),
  context: context.default({}),
  consent: consent.nullable().default(null).describe('What the person agreed to, in words.'),
  skip_validation: z.boolean().default(false).describe('HubSpot takes values that do not fit.'),
});
type Options = z.output<typeof options>;

export const hubspotForm = targetKind(options, {
  fieldsIn: ({ fields, context: about, consent: agreed }) => [
    ...fieldsOf(fields, 'fields'),
    ...fieldsOf(given(about), 'context'),
    ...(agreed ? [{ path: ['consent', 'field'], field: agreed.field }] : []),
  ],
  deliver: (set) => async (push, host) => {
    const authorization = set.token === null ? undefined : await host.secret(set.token);
    const secure = authorization === undefined ? '' : 'secure/';
    const path = `/submissions/v3/integration/${secure}submit/${set.portal_id}/${set.form_guid}`;
    const headers = authorization === undefined ? {} : { authorization: `Bearer ${authorization}` };
    const body = bodyOf(set, push);
    const came = await host.call(jsonRequest(`${set.base_url}${path}`, body, headers));
    if (came.kind !== 'answer') return unanswered(came, 'harms');
    const { reply } = came;
    if (reply.status === 200) return done('HTTP 200, no record is named');
    const names = body.fields.map(({ name }) => name);
    const said = mistakes.safeParse(jsonOf(reply)).data?.errors ?? [];
    const codes = [...new Set(codesOf(...said.map(({ errorType }) => errorType)))];
    const more = reply.status === 400 ? [...codes, ...namesIn(reply.body, names)] : codes;
    const told = refused(reply, host, { more, repeat: 'harms' });
    const isQuick = reply.status === 429 && told.kind === 'retry' && told.afterMs === undefined;
    return isQuick ? retry(told.detail, TEN_SECONDS_MS) : told;
  },
});

const mistakes = z.object({ errors: z.array(z.object({ errorType: z.unknown() })) });

function given(about: Options['context']) {
  return Object.fromEntries(
    Object.entries(about).flatMap(([name, from]) => (from === undefined ? [] : [[name, from]])),
  );
}

function bodyOf({ fields, context: about, consent: agreed, skip_validation }: Options, push: Push) {
  const where = mappedText(given(about), push);
  // Nobody's consent is made up: the lead itself has to say it.
  const hasAgreed = agreed !== null && push.parcel.fields[agreed.field] === true;
  return {
    fields: Object.entries(mappedText(fields, push)).map(([name, value]) => {
      return { objectTypeId: CONTACT, name, value };
    }),
    ...(Object.keys(where).length > 0 && { context: where }),
    ...(hasAgreed && { legalConsentOptions: { consent: consentOf(agreed) } }),
    ...(skip_validation && { skipValidation: true }),
  };
}

function consentOf({ text, communications }: NonNullable<Options['consent']>) {
  return {
    consentToProcess: true,
    text,
    communications: communications.map(({ subscription_type: subscriptionTypeId, text: said }) => {
      return { value: true, subscriptionTypeId, text: said };
    }),
  };
}
