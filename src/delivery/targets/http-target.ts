// A push to any receiver over HTTP, as the settings of the step say. Each try carries the same
// idempotency key, since a try whose answer was lost is made again.

import type { HttpPush } from '../../domain/world/contract.ts';
import type { IncomingReply, OutgoingRequest } from '../adapter.ts';
import { readAnswer } from '../answers/read.ts';
import { secretRefsOf, TOKEN } from '../requests/authorise.ts';
import { buildRequest } from '../requests/build.ts';
import { fetchToken, tokenKeyOf } from '../requests/oauth.ts';
import { unanswered } from './replies.ts';
import type { DeliveryReply, Push, Target, TargetHost } from './target.ts';

const GONE = 410;
const CONFLICT = 409;
const UNAUTHORISED = 401;

/** The target of a step that is set up as the receiver wants it. */
export function httpTarget(step: HttpPush): Target {
  return {
    async deliver(push, host): Promise<DeliveryReply> {
      const secrets = await secretsOf(step, host);
      if ('kind' in secrets) return secrets;
      const request = build(step, push, { secrets, host });
      if ('unbuildable' in request) return { kind: 'failed', detail: request.unbuildable };
      const came = await host.call(request);
      if (came.kind !== 'answer') return unanswered(came, 'harmless');
      const { auth } = step.request;
      if (came.reply.status === UNAUTHORISED && auth.kind === 'oauth2') {
        host.dropToken(tokenKeyOf(auth));
      }
      return read(came.reply, step, push.tries);
    },
  };
}

async function secretsOf(
  { request }: HttpPush,
  host: TargetHost,
): Promise<Map<string, string> | (DeliveryReply & { kind: 'retry' })> {
  const secrets = new Map<string, string>();
  for (const reference of secretRefsOf(request)) {
    secrets.set(reference, await host.secret(reference));
  }
  const { auth } = request;
  if (auth.kind !== 'oauth2') return secrets;
  try {
    const fetch = () => fetchToken(auth, secrets.get(auth.secret) ?? '', host);
    return secrets.set(TOKEN, await host.token(tokenKeyOf(auth), fetch));
  } catch (failure) {
    return { kind: 'retry', detail: failure instanceof Error ? failure.message : 'no token' };
  }
}

function build(
  { url, request }: HttpPush,
  { parcel, sale, id }: Push,
  { secrets, host }: { readonly secrets: ReadonlyMap<string, string>; readonly host: TargetHost },
): OutgoingRequest | { readonly unbuildable: string } {
  const moment = { nowMs: host.nowMs, timeZone: host.timeZone ?? 'UTC' };
  const built = buildRequest(url, request, { parcel, terms: sale, secrets, moment });
  if ('unbuildable' in built) return built;
  return { ...built, headers: { 'idempotency-key': id, ...built.headers } };
}

function read(reply: IncomingReply, { answer }: HttpPush, tries: number): DeliveryReply {
  const { status } = reply;
  const http = `HTTP ${status}`;
  // A conflict on a repeat is with our own first try, whose answer was lost.
  if (status === CONFLICT && tries > 1) return { kind: 'delivered', proof: http };
  if (status === GONE) return { kind: 'failed', detail: http, stop: true };
  if (answer === null) {
    const isTaken = status >= 200 && status <= 299;
    return isTaken ? { kind: 'delivered', proof: http } : { kind: 'retry', detail: http };
  }
  const { verdict, reason, reference, retryAfterS, by } = readAnswer(reply, answer, 'post');
  const detail = reason ?? (by.startsWith('HTTP') ? by : `${by}, ${http}`);
  switch (verdict) {
    case 'accepted':
    case 'pending':
      return { kind: 'delivered', proof: reference === undefined ? http : `${http}, ${reference}` };
    case 'duplicate':
      return tries > 1 ? { kind: 'delivered', proof: http } : { kind: 'failed', detail };
    case 'rejected':
    case 'invalid':
    case 'no_bid':
      return { kind: 'failed', detail };
    case 'error':
    case 'unknown': {
      const afterMs = retryAfterS === undefined ? {} : { afterMs: retryAfterS * 1_000 };
      return { kind: 'retry', detail, ...afterMs };
    }
  }
}
