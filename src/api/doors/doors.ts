// The doors: requests in other systems' formats become submissions, and what came of them is
// answered in the format's own words.

import { createHash } from 'node:crypto';
import express from 'express';
import type { Request, Response } from 'express';

import { isAway } from '../../db/pool.ts';
import type { LeadOutcome } from '../../domain/lead.ts';
import {
  type Answered,
  type DoorFormat,
  type DoorRequest,
  refused,
  type Refused,
  type Reply,
  type Told,
} from '../../intake/doors/door.ts';
import { FORMATS } from '../../intake/doors/formats.ts';
import { toSubmission } from '../../intake/doors/submission.ts';
import { toDraft } from '../../intake/submission.ts';
import type { ApiDeps } from '../deps.ts';
import { bytesOf, readBytes } from '../http/body.ts';
import { faultOf } from '../problems.ts';
import { createFindDoor, type FindDoor } from './door-book.ts';

/** The longest body of a door; a lead is a few kilobytes. */
const MAX_BODY_BYTES = 256 * 1024;

interface Doorway {
  readonly deps: ApiDeps;
  readonly findDoor: FindDoor;
  /** Requests that are being answered, by what they say. */
  readonly running: Map<string, Promise<Reply>>;
}

/**
 * A router for all formats: at the addresses that their clients know, and under `/in/{format}`.
 * Letter case and a slash at the end do not matter.
 */
export function createDoorRouter(deps: ApiDeps): express.Router {
  const router = express.Router({ caseSensitive: false, strict: false });
  const doorway = { deps, findDoor: createFindDoor(deps.currentWorld), running: new Map() };
  const bytes = readBytes(deps.maxBodyBytes ?? MAX_BODY_BYTES);
  for (const format of Object.values(FORMATS)) {
    for (const address of format.addresses) {
      router.all([address, `/in/${format.name}${address}`], bytes, async (req, res) => {
        await serve(doorway, { format, address, req, res });
      });
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
  const reply =
    reading.kind === 'answered'
      ? reading.reply
      : await joined(doorway, nameOf(format, req), async () =>
          reading.answer(await answer(doorway, { format, told: reading.told, res })),
        );
  res
    .status(reply.status)
    .set(reply.headers ?? {})
    .type(reply.type)
    .send(reply.body);
}

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

function nameOf(format: DoorFormat, req: Request): string {
  const sum = createHash('sha256').update(`${format.name} ${req.method} ${req.url}\n`);
  return sum.update(bytesOf(req)).digest('hex');
}

function requestOf(req: Request, address: string): DoorRequest {
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
  };
}

async function answer(
  { deps, findDoor }: Doorway,
  { format, told, res }: { format: DoorFormat; told: Told | Refused; res: Response },
): Promise<Answered> {
  if (told.kind === 'refused') return told;
  const found = findDoor(format.name, told);
  if (!found) return refused('wrong_key', 'the account or its password is not known here');
  res.locals['caller'] = { kind: 'source', id: found.sourceId };
  try {
    return await submit(deps, { ...found, told, res });
  } catch (error) {
    res.locals['fault'] = faultOf(error);
    deps.log.error({ fault: faultOf(error) }, 'a door could not be answered');
    const says = isAway(error) ? 'not available at the moment' : 'something went wrong here';
    return refused('unavailable', `${says}: nothing was stored, send it again`);
  }
}

async function submit(
  deps: ApiDeps,
  { sourceId, door, told, res }: NonNullable<ReturnType<FindDoor>> & { told: Told; res: Response },
): Promise<Answered> {
  const loadedWorld = deps.currentWorld();
  const { world } = loadedWorld;
  if (world.sources[sourceId]?.paused) return refused('paused', 'this source is paused');
  if (told.phase !== 'full') {
    return refused('not_here_yet', 'pings are not taken here yet: post the lead directly');
  }
  const vertical = world.verticals[world.campaigns[door.campaign]?.vertical ?? ''];
  if (!vertical) throw new Error(`no vertical for campaign ${door.campaign}`);
  const drafted = toDraft(toSubmission(told, door, vertical), { sourceId, loadedWorld });
  if (drafted.kind === 'wrong_types') {
    return refused('invalid', 'the lead does not have the right shape', drafted.errors);
  }
  if (drafted.kind !== 'draft') throw new Error(`${drafted.kind}: ${door.campaign}`);
  const accepted = await deps.acceptLead(drafted.draft, null);
  if (accepted.kind === 'conflict') throw new Error('a lead without a key met another');
  const { leadId, publicNo } = accepted;
  res.locals['leadId'] = leadId;
  return { kind: 'lead', leadId, publicNo, outcome: await outcomeOf(deps, leadId) };
}

/** The lead is stored: whatever fails from here on, its client must not send it as another. */
async function outcomeOf(
  deps: ApiDeps,
  leadId: Parameters<ApiDeps['distribute']>[0],
): Promise<LeadOutcome | 'pending'> {
  try {
    return await deps.distribute(leadId);
  } catch (error) {
    deps.log.warn({ lead_id: leadId, fault: faultOf(error) }, 'a stored lead is told as pending');
    return 'pending';
  }
}
