// The doors: requests in other systems' formats become submissions, and what came of them is
// answered in the format's own words.

import { createHash } from 'node:crypto';
import express from 'express';
import type { Request, Response } from 'express';

import { isLeadId, type LeadId, type SourceId } from '../../domain/ids.ts';
import type { LeadOutcome } from '../../domain/lead.ts';
import { cents } from '../../domain/money.ts';
import {
  type Answered,
  type Asked,
  type DoorFormat,
  type DoorRequest,
  type Reading,
  refused,
  type Refusal,
  type Refused,
  type Reply,
  type Told,
} from '../../intake/doors/door.ts';
import { draftOf } from '../../intake/doors/draft.ts';
import { FORMATS } from '../../intake/doors/formats.ts';
import type { LeadDraft } from '../../intake/draft.ts';
import type { ApiDeps, PostAcceptance } from '../deps.ts';
import { bytesOf, readBytes } from '../http/body.ts';
import { afterPing, createPingLimit, openPing, quote } from '../pings.ts';
import { nameDoor, noteRefusal } from '../http/refusals.ts';
import { faultOf, Problem, type ProblemCode, PROBLEMS, toProblem } from '../problems.ts';
import { createFindDoor, type FindDoor, type OpenDoor } from './door-book.ts';

/** The longest body of a door; a lead is a few kilobytes. */
export const MAX_BODY_BYTES = 256 * 1024;

interface Doorway {
  readonly deps: ApiDeps;
  readonly findDoor: FindDoor;
  readonly admitPing: ReturnType<typeof createPingLimit>;
  /** Requests that are being answered, by what they say. */
  readonly running: Map<string, Promise<Reply>>;
}

/**
 * A router for all formats: at the addresses that their clients know, and under `/in/{format}`.
 * Letter case and a slash at the end do not matter.
 */
export function createDoorRouter(deps: ApiDeps): express.Router {
  const router = express.Router({ caseSensitive: false, strict: false });
  const doorway: Doorway = {
    deps,
    findDoor: createFindDoor(deps.currentWorld),
    admitPing: createPingLimit(deps.currentWorld),
    running: new Map(),
  };
  const bytes = readBytes(deps.maxBodyBytes ?? MAX_BODY_BYTES);
  for (const format of Object.values(FORMATS)) {
    for (const address of format.addresses) {
      router.all(
        [address, `/in/${format.name}${address}`],
        nameDoor(format.name),
        bytes,
        async (req, res) => {
          await serve(doorway, { format, address, req, res });
        },
      );
    }
  }
  return router;
}

interface Visit {
  readonly format: DoorFormat;
  readonly address: string;
  readonly req: Request;
  readonly res: Response;
}

async function serve(doorway: Doorway, { format, address, req, res }: Visit): Promise<void> {
  const reading = format.read(requestOf(req, address));
  if (reading.kind === 'answered') noteRefusal(res, 'unreadable');
  const reply =
    reading.kind === 'answered'
      ? reading.reply
      : await joined(doorway, nameOf(format, req), () =>
          replyTo(doorway, reading, { format, res }),
        );
  res
    .status(reply.status)
    .set(reply.headers ?? {})
    .type(reply.type)
    .send(reply.body);
}

async function replyTo(
  doorway: Doorway,
  reading: Read,
  { format, res }: { format: DoorFormat; res: Response },
): Promise<Reply> {
  if (reading.kind === 'read') {
    return reading.answer(await counted(doorway, { format, told: reading.told, res }), Date.now());
  }
  const answers: Answered[] = [];
  for (const told of reading.told) answers.push(await counted(doorway, { format, told, res }));
  return reading.answer(answers, Date.now());
}

type Read = Exclude<Reading, { kind: 'answered' }>;

/** None of the formats has an idempotency key: the same bytes while the first are worked on. */
async function joined(
  { running }: Doorway,
  name: string,
  work: () => Promise<Reply>,
): Promise<Reply> {
  const first = running.get(name);
  if (first) return first;
  const reply = work().finally(() => running.delete(name));
  running.set(name, reply);
  return reply;
}

/** Headers in which formats take a key, or that say how to read and to answer. */
const TOLD_IN = ['accept', 'content-type', 'x_key', 'access_token'];

function nameOf(format: DoorFormat, req: Request): string {
  const told = TOLD_IN.map((name) => req.get(name) ?? null);
  const line = JSON.stringify([format.name, req.method, req.url, ...told]);
  const sum = createHash('sha256').update(`${line}\n`);
  return sum.update(bytesOf(req)).digest('hex');
}

/** A request as the formats read it. */
export function requestOf(req: Request, address: string): DoorRequest {
  const at = req.originalUrl.indexOf('?');
  return {
    method: req.method,
    address,
    params: Object.fromEntries(
      Object.entries(req.params).map(([name, value]) => [name, String(value)]),
    ),
    query: at < 0 ? '' : req.originalUrl.slice(at + 1),
    header: (name) => req.get(name),
    body: bytesOf(req),
    atMs: Date.now(),
  };
}

interface Question {
  readonly format: DoorFormat;
  readonly told: Told | Asked | Refused;
  readonly res: Response;
}

async function counted(doorway: Doorway, question: Question): Promise<Answered> {
  const answered = await answer(doorway, question);
  if (answered.kind === 'refused') noteRefusal(question.res, answered.why);
  return answered;
}

async function answer(doorway: Doorway, { format, told, res }: Question): Promise<Answered> {
  if (told.kind === 'refused') return told;
  const found = doorway.findDoor(format.name, told);
  if (!found) return refused('wrong_key', 'the account or its password is not known here');
  res.locals['caller'] = { kind: 'source', id: found.sourceId };
  try {
    if (told.kind === 'asked') return await look(doorway.deps, found.sourceId, told);
    return await submit(doorway, { ...found, told, res });
  } catch (thrown) {
    const problem = toProblem(thrown);
    const [status, title] = PROBLEMS[problem.code];
    if (status >= 500) res.locals['fault'] = faultOf(thrown);
    const { detail, errors = [] } = problem.details;
    const says = detail === undefined ? title : `${title}: ${detail}`;
    return refused(REFUSALS[problem.code] ?? 'unavailable', says, errors);
  }
}

/** What a lead of this source has come to. */
async function look(deps: ApiDeps, sourceId: SourceId, { lead }: Asked): Promise<Answered> {
  const name = isLeadId(lead) ? lead : /^\d{1,15}$/.test(lead) ? Number(lead) : undefined;
  const found = name === undefined ? undefined : await deps.findOutcome(sourceId, name);
  if (!found) return refused('no_such_lead', 'there is no such lead of this account');
  return { kind: 'lead', ...found, outcome: found.outcome ?? 'pending' };
}

/** A problem as formats know it; every other one is ours. */
const REFUSALS: Partial<Record<ProblemCode, Refusal>> = {
  source_paused: 'paused',
  invalid_request: 'invalid',
  ping_contradicted: 'invalid',
  ping_forged: 'ping_not_usable',
  ping_used: 'ping_not_usable',
  ping_expired: 'ping_not_usable',
  ping_of_another_source: 'ping_not_usable',
  too_many_requests: 'too_many_requests',
};

interface Entry extends OpenDoor {
  readonly told: Told;
  readonly res: Response;
}

async function submit(doorway: Doorway, entry: Entry): Promise<Answered> {
  const { deps } = doorway;
  const { sourceId, door, told } = entry;
  const loadedWorld = deps.currentWorld();
  if (loadedWorld.world.sources[sourceId]?.paused) throw new Problem('source_paused');
  const draft = draftOf(told, { sourceId, door, loadedWorld });
  if ('kind' in draft) throw new Problem('invalid_request', { errors: draft.errors });
  return told.phase === 'ping' ? ping(doorway, entry, draft) : post(doorway, entry, draft);
}

async function ping(
  { deps, admitPing }: Doorway,
  { sourceId }: Entry,
  draft: LeadDraft,
): Promise<Answered> {
  await admitPing({ kind: 'source', id: sourceId }, { isTest: draft.test });
  const told = await quote(deps, draft);
  switch (told.status) {
    case 'bid': {
      const expiresAtMs = Date.parse(told.expires_at);
      return {
        kind: 'bid',
        pingId: told.ping_id,
        payoutCents: cents(told.payout_cents),
        expiresAtMs,
      };
    }
    case 'no_bid':
      return { kind: 'no_bid', says: told.reason_text };
    case 'rejected':
      return refused('invalid', told.reason_text, told.problems);
  }
}

async function post(
  { deps }: Doorway,
  { sourceId, told, res }: Entry,
  draft: LeadDraft,
): Promise<Answered> {
  if (told.phase === 'post' && told.pingId === undefined) {
    return refused('invalid', 'the id of the ping is missing');
  }
  const accepted = await accept(deps, sourceId, { draft, pingId: told.pingId });
  if (accepted.kind === 'ping_used' || accepted.kind === 'ping_expired') {
    throw new Problem(accepted.kind);
  }
  if (accepted.kind === 'conflict') throw new Error('a lead without a key met another');
  const { leadId, publicNo } = accepted;
  res.locals['leadId'] = leadId;
  const outcome = outcomeOf(deps, leadId);
  return { kind: 'lead', leadId, publicNo, outcome: told.isLater ? 'pending' : await outcome };
}

async function accept(
  deps: ApiDeps,
  sourceId: SourceId,
  { draft, pingId }: { draft: LeadDraft; pingId: string | undefined },
): Promise<PostAcceptance> {
  if (pingId === undefined) return deps.acceptLead(draft, null);
  const ping = await openPing(deps, pingId, { kind: 'source', id: sourceId });
  return deps.acceptPost(afterPing(ping, draft), ping, null);
}

/** The lead is stored: whatever fails from here on, its client must not send it as another. */
export async function outcomeOf(deps: ApiDeps, leadId: LeadId): Promise<LeadOutcome | 'pending'> {
  try {
    return await deps.distribute(leadId);
  } catch (error) {
    deps.log.warn({ lead_id: leadId, fault: faultOf(error) }, 'a stored lead is told as pending');
    return 'pending';
  }
}
