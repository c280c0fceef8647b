// Upstream ping-post: a source asks what a lead would earn, then hands it over.

import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

import { contradictions, type Pinged, type PingRefusal } from '../domain/ping.ts';
import { sentenceOf } from '../domain/reasons.ts';
import type { LeadDraft } from '../intake/draft.ts';
import type { ShapeError } from '../intake/shape.ts';
import type { LoadedWorld } from '../intake/submission.ts';
import type { ApiDeps } from './deps.ts';
import type { SourceCaller } from './http/auth.ts';
import { bytesOf, parseJsonObject, requireType, type SafeJson } from './http/body.ts';
import { expectShape } from './http/expect.ts';
import type { Route } from './http/routes.ts';
import { answerLead, type Call, MAX_BODY_BYTES, readDraft, readKey } from './leads.ts';
import { Problem } from './problems.ts';
import { type PingAnswerBody, pingBody, postBody } from './wire/ping.ts';

export function createPingRoutes(deps: ApiDeps): readonly Route[] {
  const maxBodyBytes = deps.maxBodyBytes ?? MAX_BODY_BYTES;
  const admit = createPingLimit(deps.currentWorld);
  return [
    {
      method: 'post',
      path: '/v1/pings',
      access: 'source',
      maxBodyBytes,
      async handle(req, res, caller) {
        requireType(req, ['application/json']);
        const body = parseJsonObject(bytesOf(req));
        await admit(caller, { isTest: body.value['test'] === true });
        res.json(await ping(deps, caller, body));
      },
    },
    {
      method: 'post',
      path: '/v1/posts',
      access: 'source',
      maxBodyBytes,
      handle: (req, res, caller) => post(deps, { req, res, caller }),
    },
  ];
}

/**
 * Each process counts for itself: buyers are asked, and that costs them. Tests are counted apart,
 * so that they never keep a real ping waiting.
 */
export function createPingLimit(currentWorld: () => LoadedWorld) {
  const limits = new Map<number, RateLimiterMemory>();
  return async ({ id }: SourceCaller, { isTest }: { readonly isTest: boolean }): Promise<void> => {
    const points = currentWorld().world.sources[id]?.pingsPerSecond ?? 1;
    let limit = limits.get(points);
    if (!limit) limits.set(points, (limit = new RateLimiterMemory({ points, duration: 1 })));
    try {
      await limit.consume(isTest ? `${id} test` : id);
    } catch (rejected) {
      const { msBeforeNext } = rejected as RateLimiterRes;
      throw new Problem('too_many_requests', {
        detail: `At most ${points} pings a second.`,
        headers: { 'Retry-After': String(Math.max(1, Math.ceil(msBeforeNext / 1000))) },
      });
    }
  };
}

async function ping(deps: ApiDeps, caller: SourceCaller, body: SafeJson): Promise<PingAnswerBody> {
  const loadedWorld = currentFor(deps, caller);
  expectShape(pingBody, body.value);
  return quote(deps, readDraft(body, { sourceId: caller.id, loadedWorld }));
}

/** What is missing may still come with the post; what cannot be read is told now. */
export async function quote(deps: ApiDeps, draft: LeadDraft): Promise<PingAnswerBody> {
  const problems = draft.problems.flatMap(({ field, reason, says }) =>
    reason === 'field_invalid' ? [{ field, reason, says }] : [],
  );
  if (problems.length > 0) return refused('field_invalid', problems);
  const told = await deps.quotePing({ ...draft, problems: [] });
  if ('kind' in told) return refused(told.reason, told.problems);
  const { pingId, quote, expiresAtMs, cached } = told;
  if (quote.kind === 'no_bid') {
    const { reason } = quote;
    return { status: 'no_bid', reason, reason_text: sentenceOf(reason), cached };
  }
  return {
    status: 'bid',
    ping_id: pingId,
    payout_cents: quote.payoutCents,
    expires_at: new Date(expiresAtMs).toISOString(),
    cached,
  };
}

function refused(reason: PingRefusal['reason'], problems: PingRefusal['problems']): PingAnswerBody {
  const told = problems.map(({ field, reason, says }) => ({ field, reason, says }));
  return { status: 'rejected', reason, reason_text: sentenceOf(reason), problems: told };
}

async function post(deps: ApiDeps, { req, res, caller }: Call<SourceCaller>): Promise<void> {
  const loadedWorld = currentFor(deps, caller);
  const key = readKey(req);
  requireType(req, ['application/json']);
  const body = parseJsonObject(bytesOf(req));
  const { ping_id: pingId, ...told } = expectShape(postBody, body.value);
  const ping = await openPing(deps, pingId, caller);
  const submission = { ...told, campaign: ping.campaignId };
  const from = { sourceId: caller.id, loadedWorld };
  const draft = afterPing(ping, readDraft({ value: submission, dropped: body.dropped }, from));
  const accepted = await deps.acceptPost(draft, ping, key);
  if (accepted.kind === 'ping_used' || accepted.kind === 'ping_expired') {
    throw new Problem(accepted.kind);
  }
  await answerLead(deps, { res, accepted, campaignId: draft.campaignId });
}

function currentFor(deps: ApiDeps, { id }: SourceCaller): LoadedWorld {
  const loadedWorld = deps.currentWorld();
  if (loadedWorld.world.sources[id]?.paused) throw new Problem('source_paused');
  return loadedWorld;
}

/** The ping of an id. Throws the problem of one that is not this source's to use. */
export async function openPing(
  deps: ApiDeps,
  pingId: string,
  { id }: SourceCaller,
): Promise<Pinged> {
  const found = await deps.findPing(pingId, id);
  if (found.kind === 'found') return found.ping;
  throw new Problem(found.kind === 'expired' ? 'ping_expired' : problemOf(found.kind));
}

const problemOf = (kind: 'forged' | 'of_another_source') =>
  kind === 'forged' ? 'ping_forged' : 'ping_of_another_source';

/**
 * The lead of a ping: with what the ping told, and for no less than it was promised. Throws the
 * problem that names what the post tells otherwise.
 */
export function afterPing(ping: Pinged, draft: LeadDraft): LeadDraft {
  const errors: ShapeError[] = contradictions(ping, draft.fields).map((name) => ({
    field: `fields.${name}`,
    says: 'is not what the ping told',
    fix: 'send the same, or ping again with the new value',
  }));
  if (ping.test !== draft.test) {
    const fix = ping.test ? 'send `true`, or ping without it' : 'leave it out, or ping a test';
    errors.push({ field: 'test', says: `the ping was ${ping.test ? 'a' : 'no'} test`, fix });
  }
  if (errors.length > 0) throw new Problem('ping_contradicted', { errors });
  const told = new Set(Object.keys(ping.fields));
  const { quote } = ping;
  return {
    ...draft,
    fields: { ...ping.fields, ...draft.fields },
    problems: draft.problems.filter(({ field, reason }) => {
      return reason !== 'field_missing' || !told.has(field);
    }),
    askingCents: quote.kind === 'bid' ? quote.payoutCents : draft.askingCents,
  };
}
