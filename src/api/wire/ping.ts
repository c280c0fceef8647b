// Upstream ping-post: what sources ask before they hand a lead over, and what they are told.

import { z } from 'zod';

import { PING_REFUSALS } from '../../domain/ping.ts';
import { UNSOLD } from '../../domain/reasons.ts';
import { leadSubmission } from '../../intake/submission.ts';
import { amount, fieldProblem } from './lead.ts';
import {
  json,
  type Operation,
  outcomeOrLater,
  problems,
  SOURCE,
  withRefusals,
} from './operation.ts';
import { leadHeaders } from './queries.ts';
import { keysOf } from './words.ts';

const { shape } = leadSubmission;

/** `POST /v1/pings`: a submission without what makes it a lead. */
export const pingBody = z
  .strictObject({
    campaign: shape.campaign,
    fields: shape.fields.meta({
      description: 'What may be told beforehand; nothing that says who the person is is needed',
    }),
    sub_source: shape.sub_source,
    consent: shape.consent.meta({
      description: 'Not required, and not kept: what is outdated is refused',
    }),
    test: shape.test,
    asking_cents: shape.asking_cents,
  })
  .meta({
    id: 'Ping',
    example: { campaign: 'auto_insurance', fields: { zip: '78704', state: 'TX' } },
  });

/** `POST /v1/posts`: the lead of a ping. */
export const postBody = z
  .strictObject({
    ping_id: z.string().max(200).meta({ description: 'What the ping was answered with' }),
    fields: shape.fields.meta({
      description:
        'All of the lead. What the ping told may be left out, and must not be told otherwise',
    }),
    test: shape.test.meta({ description: 'true for the lead of a test ping, and for no other' }),
    external_id: shape.external_id,
    consent: shape.consent,
    behaviour: shape.behaviour,
  })
  .meta({ id: 'Post' });

const cached = z.boolean().meta({ description: 'The same was asked before: its bid still holds' });
const bid = z.strictObject({
  status: z.literal('bid'),
  ping_id: z.string().meta({ description: 'Send it with the post' }),
  payout_cents: amount.meta({ description: 'What you earn, at least, if the lead is sold' }),
  expires_at: z.iso.datetime().meta({ description: 'The post must come before' }),
  cached,
});
const noBid = z.strictObject({
  status: z.literal('no_bid'),
  reason: z.enum(keysOf(UNSOLD)),
  reason_text: z.string(),
  cached,
});
const rejected = z.strictObject({
  status: z.literal('rejected'),
  reason: z.enum(PING_REFUSALS),
  reason_text: z.string(),
  problems: z.array(fieldProblem),
});

/** The answer to a ping. */
export const pingAnswer = z
  .discriminatedUnion('status', [bid, noBid, rejected])
  .meta({ id: 'PingAnswer' });
export type PingAnswerBody = z.infer<typeof pingAnswer>;

export const PINGS: Readonly<Record<string, Operation>> = {
  'post /v1/pings': {
    tags: ['leads'],
    summary: 'Ask what a lead would earn',
    description:
      'Buyers are pinged, for a test at their test addresses; no lead is stored. The same ping ' +
      'again is answered from memory until ' +
      'it is over. The bid is a floor: if its buyer refuses, the next one counts that pays ' +
      'enough for it.',
    security: SOURCE,
    request: { body: json(pingBody) },
    responses: {
      200: { description: 'A bid, or none', ...json(pingAnswer) },
      ...problems(
        'malformed_json',
        'key_missing_or_wrong',
        'source_key_required',
        'source_paused',
        'campaign_not_allowed',
        'body_too_large',
        'unsupported_body_type',
        'invalid_request',
        'unknown_campaign',
        'too_many_requests',
        'unavailable',
      ),
    },
  },
  'post /v1/posts': {
    tags: ['leads'],
    summary: 'Hand over the lead of a ping',
    description: 'As a submission; buyers that were pinged are not asked for a bid again.',
    security: SOURCE,
    request: { headers: leadHeaders, body: json(postBody) },
    responses: withRefusals({
      ...outcomeOrLater,
      ...problems(
        'malformed_json',
        'key_missing_or_wrong',
        'source_key_required',
        'source_paused',
        'ping_of_another_source',
        'campaign_not_allowed',
        'ping_used',
        'ping_expired',
        'body_too_large',
        'unsupported_body_type',
        'invalid_request',
        'ping_forged',
        'ping_contradicted',
        'unknown_campaign',
        'idempotency_key_reused',
        'unavailable',
      ),
    }),
  },
};
