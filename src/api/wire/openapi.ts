// The OpenAPI document, from the schemas by which the routes parse and answer.

import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

import { leadSubmission } from '../../intake/submission.ts';
import { SECTION_NAMES } from '../../world/edit.ts';
import { CAPS } from './caps.ts';
import { CONFIGURATION } from './configuration.ts';
import { DEPOSITS } from './deposits.ts';
import { entrySchemas } from './entries.ts';
import { explainBody, explanation } from './explain.ts';
import {
  leadActionAnswer,
  leadActionBody,
  leadAnswer,
  leadPage,
  settlementAnswer,
  settlementBody,
} from './lead.ts';
import {
  json,
  type Operation,
  OPERATOR,
  outcomeOrLater,
  problems,
  SOURCE,
  withCommonAnswers,
  withRefusals,
} from './operation.ts';
import { PINGS } from './ping.ts';
import { leadHeaders, leadQuery, pnlQuery } from './queries.ts';
import { pnlReport, readiness } from './report.ts';
import { EVENTS } from '../events/wire.ts';
import { FEEDBACK } from './scoring/score.ts';
import { FIELDS } from '../fields.ts';
import { DELIVERIES } from '../deliveries/wire.ts';
import { TRYING } from '../asking/try-wire.ts';
import { LOOKUPS } from '../lookups/wire.ts';
import { OUTCOMES } from '../outcomes/wire.ts';
import { SUPPRESSIONS } from '../suppressions/wire.ts';
import { leadTrace } from './trace.ts';
import { WHAT_IF } from './what-if.ts';

const ANY_KEY = [{ sourceKey: [] }, { operatorKey: [] }];
const NO_KEY: [] = [];

const leadId = z
  .string()
  .meta({ description: 'The lead', example: 'lead_01KATJ7Q1M3W8Y4E2S5X6ZRB0N' });

const LEADS: Readonly<Record<string, Operation>> = {
  'post /v1/leads': {
    tags: ['leads'],
    summary: 'Submit a lead',
    description:
      'Waits up to the answer time of the campaign. 200 is the outcome; 202 means that the lead ' +
      'is stored and still being worked on: read it at Location. Problems with single values, ' +
      'such as a phone number that is none, do not refuse the request: the lead is stored, and ' +
      'its status is `rejected`.',
    security: SOURCE,
    request: { headers: leadHeaders, body: json(leadSubmission) },
    responses: withRefusals({
      ...outcomeOrLater,
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
        'idempotency_key_reused',
        'unavailable',
      ),
    }),
  },
  'get /v1/leads': {
    tags: ['leads'],
    summary: 'List leads, newest first',
    description: 'Sources see their own. Nothing about the person is in a list.',
    security: ANY_KEY,
    request: { query: leadQuery },
    responses: {
      200: { description: 'A page', ...json(leadPage) },
      ...problems('key_missing_or_wrong', 'operator_key_required', 'invalid_request'),
    },
  },
  'get /v1/leads/:leadId': {
    tags: ['leads'],
    summary: 'Read a lead',
    description: 'The answer for the source that sent it, the full trace for operators.',
    security: ANY_KEY,
    request: { params: z.object({ leadId }) },
    responses: {
      200: { description: 'The lead', ...json(z.union([leadAnswer, leadTrace])) },
      ...problems('key_missing_or_wrong', 'no_such_lead'),
    },
  },
  'post /v1/leads/:leadId/actions': {
    tags: ['leads'],
    summary: 'Wake, offer or close a lead that waits',
    description: 'Accepted: its workflow acts within a second or two, and the trace tells.',
    security: OPERATOR,
    request: { params: z.object({ leadId }), body: json(leadActionBody) },
    responses: {
      202: { description: 'Accepted', ...json(leadActionAnswer) },
      ...problems(
        'malformed_json',
        'key_missing_or_wrong',
        'operator_key_required',
        'no_such_lead',
        'not_waiting',
        'body_too_large',
        'unsupported_body_type',
        'invalid_request',
      ),
    },
  },
  'post /v1/leads/:leadId/attempts/:contractId/settlement': {
    tags: ['leads'],
    summary: 'Settle a doubt',
    description: 'Says what a buyer did with a lead, where nobody knew. Charged, or offered on.',
    security: OPERATOR,
    request: {
      params: z.object({ leadId, contractId: z.string().meta({ description: 'The contract' }) }),
      body: json(settlementBody),
    },
    responses: {
      200: { description: 'Settled', ...json(settlementAnswer) },
      ...problems(
        'malformed_json',
        'key_missing_or_wrong',
        'operator_key_required',
        'no_such_attempt',
        'not_in_doubt',
        'invalid_request',
      ),
    },
  },
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...LEADS,
  ...PINGS,
  ...FIELDS,
  'get /v1/reports/pnl': {
    tags: ['reports'],
    summary: 'Profit and loss',
    description:
      'Money from the posted transfers of the ledger, by the day they were posted; received ' +
      'leads by the day they came. Days are those of the operator’s zone. Test leads count ' +
      'nowhere.',
    security: OPERATOR,
    request: { query: pnlQuery },
    responses: {
      200: {
        description: 'The report',
        content: {
          'application/json': { schema: pnlReport },
          'text/csv': { schema: z.string() },
        },
      },
      ...problems('key_missing_or_wrong', 'operator_key_required', 'invalid_request'),
    },
  },
  ...LOOKUPS,
  ...DELIVERIES,
  ...CAPS,
  ...DEPOSITS,
  ...EVENTS,
  ...FEEDBACK,
  ...OUTCOMES,
  ...SUPPRESSIONS,
  ...WHAT_IF,
  ...TRYING,
  ...CONFIGURATION,
  'post /v1/explain': {
    tags: ['leads'],
    summary: 'Explain what happens to a lead, and why',
    description:
      'For a stored lead, as it was routed or as of now; or for a described one that does not ' +
      'exist. Per stage and contract: may it buy, the one reason why not, rank and price. ' +
      'Nothing is pinged, held, drawn or stored.',
    security: OPERATOR,
    request: { body: json(explainBody) },
    responses: {
      200: { description: 'The explanation', ...json(explanation) },
      ...problems(
        'malformed_json',
        'key_missing_or_wrong',
        'operator_key_required',
        'campaign_not_allowed',
        'no_such_lead',
        'no_such_version',
        'body_too_large',
        'unsupported_body_type',
        'invalid_request',
        'unknown_campaign',
        'unavailable',
      ),
    },
  },
  'get /health/live': {
    tags: ['operations'],
    summary: 'Is the process alive?',
    security: NO_KEY,
    responses: {
      200: {
        description: 'It is',
        ...json(z.strictObject({ status: z.literal('alive'), version: z.string() })),
      },
    },
  },
  'get /health/ready': {
    tags: ['operations'],
    summary: 'Are leads worked on?',
    description: 'With `degraded`, leads are taken while a part is away.',
    security: NO_KEY,
    responses: {
      200: { description: 'They are', ...json(readiness) },
      503: { description: 'They are not', ...json(readiness) },
    },
  },
  'get /metrics': {
    tags: ['operations'],
    summary: 'Metrics for Prometheus',
    description: 'Without a key: expose it to your own network only.',
    security: NO_KEY,
    responses: {
      200: { description: 'Text', content: { 'text/plain': { schema: z.string() } } },
    },
  },
  'get /openapi.json': {
    tags: ['operations'],
    summary: 'This document',
    security: NO_KEY,
    responses: { 200: { description: 'OpenAPI 3.1', ...json(z.record(z.string(), z.unknown())) } },
  },
};

/** The document. `version` is that of the installation. */
export function buildOpenApi(version: string) {
  const registry = new OpenAPIRegistry();
  const bearer = { type: 'http', scheme: 'bearer' } as const;
  for (const [name, description] of [
    ['sourceKey', 'The key of a source'],
    ['operatorKey', 'The key of an operator'],
    ['buyerKey', 'The key of a buyer'],
  ] as const) {
    registry.registerComponent('securitySchemes', name, { ...bearer, description });
  }
  for (const [name, schema] of SECTION_NAMES.flatMap(entrySchemas)) {
    registry.registerComponent('schemas', name, schema);
  }
  for (const [address, operation] of Object.entries(OPERATIONS)) {
    const [method, path = ''] = address.split(' ');
    registry.registerPath({
      ...withCommonAnswers(path, operation),
      method: method as RouteConfig['method'],
      path: path.replace(/:(\w+)/g, '{$1}'),
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version,
      description: 'Lead distribution: submit leads, read what became of them, and the money.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
  });
}
