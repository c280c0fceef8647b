// What operators write of the doors of web forms, ad platforms, automation tools and buyers' CRMs.

import { z } from 'zod';

import { FEEDBACK_KINDS } from '../../domain/scoring/feedback.ts';
import { FEEDBACK_PARTS } from '../../domain/world/feedback-hook.ts';
import { parsePath } from '../../domain/world/value-path.ts';
import { secretRef } from '../../delivery/secret-ref.ts';
import { settings, url } from './settings.ts';

const origin = z
  .string()
  .max(300)
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'wants an origin such as https://www.example.com, without a path',
  );

const form = settings({
  thanks_url: url
    .nullable()
    .default(null)
    .describe('Where the browser goes after a lead was taken. null: a page of ours.'),
  refused_url: url
    .nullable()
    .default(null)
    .describe('Where it goes after a refusal. null: back to the form, with what is wrong.'),
  origins: z
    .array(origin)
    .max(50)
    .default([])
    .describe('The pages that may post, such as https://www.example.com. Empty: any.'),
  consent_text: z
    .string()
    .trim()
    .min(1)
    .max(5_000)
    .nullable()
    .default(null)
    .describe('What the hosted form has its visitor agree to. null: it does not ask.'),
});

const meta = settings({
  app_secret_ref: secretRef.describe('The app’s secret, env:NAME or file:/path.'),
  verify_token_ref: secretRef.describe('The verify token that the app was given.'),
  page_token_ref: secretRef.describe('The access token of the page.'),
});

const signature = settings({
  secret_ref: secretRef.describe('The shared secret, env:NAME or file:/path.'),
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, 'wants the name of a header')
    .toLowerCase()
    .describe('The header that it comes in.'),
  algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256').describe('Of the HMAC.'),
  encoding: z.enum(['hex', 'base64']).default('hex').describe('How its bytes are written.'),
  prefix: z.string().max(50).default('').describe('What stands before it, such as sha256=.'),
  scheme: z
    .enum(['plain', 'timed'])
    .default('plain')
    .describe('timed: the header is t=SECONDS,s=SIGNATURE over SECONDS.BODY.'),
});

const path = z
  .string()
  .refine((text) => parsePath(text) !== undefined, 'wants a path such as $.data.items[0].value');

const webhook = settings({
  paths: z
    .record(z.string().max(63), path)
    .refine((map) => Object.keys(map).length <= 200, 'at most 200 of them')
    .default({})
    .describe('Where in the body each field stands, such as $.data.phone.'),
  signature: signature.nullable().default(null).describe('null: it is not signed.'),
  answer: z
    .enum(['outcome', 'received'])
    .default('outcome')
    .describe('received: it is answered once the lead is stored, without the outcome.'),
});

const linkedin = settings({
  client_secret_ref: secretRef.describe('The app’s client secret, env:NAME or file:/path.'),
  token_ref: secretRef
    .nullable()
    .default(null)
    .describe('The access token that fetches leads. null: they are only written down.'),
  version: z
    .string()
    .regex(/^20\d\d(0[1-9]|1[0-2])$/, 'wants a year and a month such as 202511, in quotes')
    .default('202511')
    .describe('The version of LinkedIn’s API, YYYYMM.'),
  base_url: url
    .refine((text) => !/[?#]/.test(text), 'wants a URL without ? and #')
    .default('https://api.linkedin.com')
    .describe('Where LinkedIn’s API is.'),
});

/** The settings of a door that only one format has, under that format’s name. */
export const platformSettings = {
  form: form.optional().describe('Of a door of format form.'),
  meta: meta.optional().describe('Of a door of format meta.'),
  webhook: webhook.optional().describe('Of a door of format webhook.'),
  linkedin: linkedin.optional().describe('Of a door of format linkedin.'),
};

const word = z.string().trim().toLowerCase().min(1).max(100);

/** What a buyer's CRM posts about the leads it bought. */
export const feedbackHook = settings({
  paths: z
    .partialRecord(z.enum(FEEDBACK_PARTS), path)
    .refine((paths) => 'lead' in paths && 'what' in paths, 'wants the paths of lead and what')
    .describe('Where in the body each part stands, such as lead: $.deal.sluice_lead.'),
  words: z
    .record(word, z.enum(FEEDBACK_KINDS))
    .default({})
    .describe('What its words mean, such as closedwon: converted. Others are passed over.'),
  signature: signature.nullable().default(null).describe('null: the key in the address is all.'),
});
