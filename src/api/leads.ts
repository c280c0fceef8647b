// The routes of leads: submit one, read one, list them, settle a doubt.

import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

import type { Caller, OperatorCaller, SourceCaller } from './http/auth.ts';
import { type CampaignId, isLeadId, type LeadId } from '../domain/ids.ts';
import type { LeadOutcome } from '../domain/lead.ts';
import { cents } from '../domain/money.ts';
import type { LeadTrace } from '../db/reading/trace.ts';
import type { LeadDraft } from '../intake/draft.ts';
import { leadSubmission, toDraft } from '../intake/submission.ts';
import type { ShapeError } from '../intake/shape.ts';
import type { Acceptance, ApiDeps, IdempotencyKey } from './deps.ts';
import { bytesOf, parseJsonObject, requireType, type SafeJson } from './http/body.ts';
import { expectBody, expectShape, refuseNames } from './http/expect.ts';
import type { Route } from './http/routes.ts';
import { leadAnswer, statusOf } from './lead-answer.ts';
import { listPage } from './reading/lead-pages.ts';
import { toTraceBody } from './reading/lead-trace.ts';
import { Problem } from './problems.ts';
import { settlementBody } from './wire/lead.ts';
import { leadHeaders, leadQuery } from './wire/queries.ts';

/** A submission is text that people typed: a larger one is a mistake or an attack. */
export const MAX_BODY_BYTES = 64 * 1024;

export function createLeadRoutes(deps: ApiDeps): readonly Route[] {
  const maxBodyBytes = deps.maxBodyBytes ?? MAX_BODY_BYTES;
  return [
    {
      method: 'post',
      path: '/v1/leads',
      access: 'source',
      maxBodyBytes,
      handle: (req, res, caller) => submit(deps, { req, res, caller }),
    },
    {
      method: 'get',
      path: '/v1/leads',
      access: 'any_key',
      handle: async (req, res, caller) => {
        const query = expectShape(leadQuery, req.query);
        res.json(await listPage(deps, query, caller));
      },
    },
    {
      method: 'get',
      path: '/v1/leads/:leadId',
      access: 'any_key',
      handle: async (req, res, caller) => {
        const trace = await loadTrace(deps, req, caller);
        res.json(await readerView(deps, trace, caller));
      },
    },
    {
      method: 'post',
      path: '/v1/leads/:leadId/attempts/:contractId/settlement',
      access: 'operator',
      maxBodyBytes,
      handle: (req, res, caller) => settle(deps, { req, res, caller }),
    },
  ];
}

export interface Call<C extends Caller> {
  readonly req: Request;
  readonly res: Response;
  readonly caller: C;
}

/** Nothing is kept of a request that is refused here: its key works for the corrected one. */
async function submit(deps: ApiDeps, { req, res, caller }: Call<SourceCaller>): Promise<void> {
  const { world, version } = deps.currentWorld();
  if (world.sources[caller.id]?.paused) throw new Problem('source_paused');
  const key = readKey(req);
  requireType(req, ['application/json']);
  const body = parseJsonObject(bytesOf(req));
  const draft = readDraft(body, { sourceId: caller.id, loadedWorld: { world, version } });

  const accepted = await deps.acceptLead(draft, key);
  await answerLead(deps, { res, accepted, campaignId: draft.campaignId });
}

/** Answers with the outcome of a stored lead, or that it has none yet. */
export async function answerLead(
  deps: ApiDeps,
  { res, accepted, campaignId }: { res: Response; accepted: Acceptance; campaignId: CampaignId },
): Promise<void> {
  const { leadId } = accepted;
  res.locals['leadId'] = leadId;
  if (accepted.kind === 'conflict') {
    const detail = 'Send the corrected lead with a key of its own.';
    throw new Problem('idempotency_key_reused', { detail });
  }
  const campaign = deps.currentWorld().world.campaigns[campaignId];
  const outcome = await outcomeOf(deps, accepted, campaign?.answerWithinMs ?? 0);
  res.status(statusOf(outcome, campaign?.answers));
  if (outcome === 'pending') res.location(`/v1/leads/${leadId}`);
  res.json(leadAnswer(leadId, outcome, accepted.unknownFields));
}

export function readKey(req: Request): IdempotencyKey | null {
  const { 'idempotency-key': key } = expectShape(leadHeaders, req.headers);
  if (key === undefined) return null;
  return { key, bodySha256: createHash('sha256').update(bytesOf(req)).digest() };
}

/** The draft of a submission for one source. Throws the problem that names what is wrong. */
export function readDraft(body: SafeJson, from: Parameters<typeof toDraft>[1]): LeadDraft {
  const inFields = body.dropped.filter((path) => path.startsWith(IN_FIELDS));
  const elsewhere = body.dropped.filter((path) => !path.startsWith(IN_FIELDS));
  refuseNames(elsewhere);

  const submission = expectShape(leadSubmission, body.value);
  const droppedFields = inFields.map((path) => path.slice(IN_FIELDS.length));
  const drafted = toDraft(submission, { ...from, droppedFields });
  switch (drafted.kind) {
    case 'draft':
      return drafted.draft;
    case 'wrong_types':
      throw new Problem('invalid_request', { errors: drafted.errors });
    case 'unknown_campaign':
      throw new Problem('unknown_campaign', { errors: [useOneOf(drafted.allowed)] });
    case 'campaign_not_allowed':
      throw new Problem('campaign_not_allowed', { errors: [useOneOf(drafted.allowed)] });
  }
}

const IN_FIELDS = 'fields.';

/** The error that names the campaigns of a source. */
export function useOneOf(allowed: readonly string[]): ShapeError {
  const fix = allowed.length > 0 ? `use one of: ${allowed.join(', ')}` : 'ask the operator for one';
  return { field: 'campaign', says: 'not a campaign of this source', fix };
}

/** The lead is stored: whatever fails from here on, the source must not send it as another. */
async function outcomeOf(
  deps: ApiDeps,
  accepted: Exclude<Acceptance, { kind: 'conflict' }>,
  waitMs: number,
): Promise<LeadOutcome | 'pending'> {
  const { leadId } = accepted;
  try {
    if (accepted.kind === 'new') return await deps.distribute(leadId);
    return accepted.outcome ?? (await deps.awaitOutcome(leadId, waitMs));
  } catch (error) {
    // The sweeper starts what could not be started, and the source reads the outcome later.
    const { name, message } = error instanceof Error ? error : new Error('not an error');
    deps.log.warn({ lead_id: leadId, name, message }, 'a stored lead is answered as pending');
    return 'pending';
  }
}

/** One problem for a lead that is not there and for one that is another source's. */
async function loadTrace(deps: ApiDeps, req: Request, caller: Caller): Promise<LeadTrace> {
  const trace = await deps.findTrace(leadIdIn(req));
  const isTheirs = caller.kind === 'operator' || trace?.lead.sourceId === caller.id;
  if (!trace || !isTheirs) throw new Problem('no_such_lead');
  return trace;
}

function leadIdIn(req: Request): LeadId {
  const { leadId } = req.params;
  if (typeof leadId !== 'string' || !isLeadId(leadId)) throw new Problem('no_such_lead');
  return leadId;
}

async function readerView(deps: ApiDeps, trace: LeadTrace, caller: Caller) {
  const { lead, outcome, unknownFields } = trace;
  if (caller.kind === 'source') return leadAnswer(lead.id, outcome ?? 'pending', unknownFields);
  return toTraceBody(trace, await deps.findWorld(lead.worldVersion), deps);
}

async function settle(deps: ApiDeps, { req, res, caller }: Call<OperatorCaller>): Promise<void> {
  const leadId = leadIdIn(req);
  const contractId = String(req.params['contractId']);
  const { as, price_cents: named } = expectBody(settlementBody, req);
  const priceCents = named == null ? null : cents(named);
  const done = await deps.settleDoubt({ leadId, contractId, as, priceCents, by: caller.id });
  if (done === 'unknown') throw new Problem('no_such_attempt');
  if (done === 'not_in_doubt') throw new Problem('not_in_doubt');
  if (done !== 'settled') {
    throw new Problem('not_settled', { detail: `${contractId}: ${done.refused}.` });
  }
  res.json({ id: leadId, contract: contractId, settled_as: as });
}
