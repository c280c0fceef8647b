// POST /in/webhook/{account}/{key}: whatever an automation tool sends, read by the paths of its
// door, answered as the native API answers.

import type { Request, Response } from 'express';

import type { Refusal } from '../../intake/doors/door.ts';
import { readWebhook } from '../../intake/doors/platforms/webhook.ts';
import type { ApiDeps } from '../deps.ts';
import type { FindDoor, OpenDoor } from '../doors/door-book.ts';
import { outcomeOf, requestOf } from '../doors/doors.ts';
import { bytesOf } from '../http/body.ts';
import { leadAnswer } from '../lead-answer.ts';
import { Problem, type ProblemCode } from '../problems.ts';
import { readSecrets } from './named-doors.ts';
import { isSigned } from './signature.ts';
import { type Accepted, distributeSoon, keyFor, takeIn } from './take-in.ts';

const NOTHING = { paths: {}, signature: null, answer: 'outcome' } as const;

const PROBLEM: Readonly<Record<Refusal, ProblemCode>> = {
  wrong_key: 'key_missing_or_wrong',
  paused: 'source_paused',
  unreadable: 'malformed_request',
  invalid: 'invalid_request',
  ping_not_usable: 'invalid_request',
  no_such_lead: 'no_such_lead',
  too_many_requests: 'too_many_requests',
  unavailable: 'unavailable',
};

/** The answer of `POST /v1/leads`; with `answer: received`, `{"id", "status": "received"}`. */
export async function answerWebhook(
  { deps, findDoor }: { deps: ApiDeps; findDoor: FindDoor },
  req: Request,
  res: Response,
): Promise<void> {
  if (req.method !== 'POST')
    throw new Problem('method_not_allowed', { headers: { Allow: 'POST' } });
  const { account = '', key } = req.params as { account?: string; key?: string };
  const open = findDoor('webhook', { account, key: key ?? null });
  if (!open || !(await isAuthentic(deps, open, req))) {
    const detail = 'The address or the signature is not known here.';
    throw new Problem('key_missing_or_wrong', { detail });
  }
  const webhook = open.door.webhook ?? NOTHING;
  const read = readWebhook(requestOf(req, '/in/webhook'), webhook);
  if (read.kind === 'refused') throw new Problem(PROBLEM[read.why], { detail: `${read.says}.` });
  const told = { ...read, account, key: null };
  const once = told.externalId === undefined ? null : keyFor('webhook', account, told.externalId);
  const taken = await takeIn(deps, { open, told, res, key: once });
  if (taken.kind === 'refused') {
    const { says, errors } = taken;
    throw new Problem(PROBLEM[taken.why], { detail: `${says}.`, errors });
  }
  if (webhook.answer === 'received') {
    distributeSoon(deps, taken);
    return void res.json({ id: taken.leadId, status: 'received' });
  }
  const outcome = await awaited(deps, open, taken);
  if (outcome === 'pending') res.status(202).location(`/v1/leads/${taken.leadId}`);
  res.json(leadAnswer(taken.leadId, outcome, taken.unknownFields));
}

async function isAuthentic(deps: ApiDeps, { door }: OpenDoor, req: Request): Promise<boolean> {
  const signature = door.webhook?.signature;
  if (!signature) return true;
  const secret = (await readSecrets(deps, [signature.secretRef])).get(signature.secretRef);
  return (
    secret !== undefined &&
    isSigned(req.get(signature.header), { body: bytesOf(req), secret, signature })
  );
}

async function awaited(deps: ApiDeps, { door }: OpenDoor, taken: Accepted) {
  if (taken.kind === 'new') return outcomeOf(deps, taken.leadId);
  if (taken.outcome) return taken.outcome;
  const { answerWithinMs = 0 } = deps.currentWorld().world.campaigns[door.campaign] ?? {};
  return deps.awaitOutcome(taken.leadId, answerWithinMs).catch(() => 'pending' as const);
}
