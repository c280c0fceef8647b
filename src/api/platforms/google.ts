// POST /in/google: the webhook of Google Ads' lead forms. Answered as soon as the lead is stored.

import type { Request, Response } from 'express';

import type { Refusal } from '../../intake/doors/door.ts';
import { readGoogle } from '../../intake/doors/platforms/google.ts';
import type { FindDoor, OpenDoor } from '../doors/door-book.ts';
import { requestOf } from '../doors/doors.ts';
import type { ApiDeps } from '../deps.ts';
import { noteRefusal } from '../http/refusals.ts';
import { distributeSoon, keyFor, takeIn } from './take-in.ts';

/** A door for whichever form has no door of its own. */
const ANY_FORM = '*';

const STATUS: Partial<Record<Refusal, number>> = {
  wrong_key: 401,
  // Google sends it again: a pause costs no lead.
  paused: 503,
  unavailable: 503,
};

/** 200 with `{}`, also for a lead that came before; else `{"message"}`. */
export async function answerGoogle(
  { deps, findDoor }: { deps: ApiDeps; findDoor: FindDoor },
  req: Request,
  res: Response,
): Promise<void> {
  const say = (status: number, message: string) => void res.status(status).json({ message });
  if (req.method !== 'POST') {
    res.set('Allow', 'POST');
    return say(405, 'post the lead here');
  }
  const told = readGoogle(requestOf(req, '/in/google'));
  if (told.kind === 'refused') return say(400, told.says);
  const open = findFormDoor(findDoor, told);
  if (!open) return say(401, 'invalid key');
  const key = keyFor('google', told.externalId);
  const taken = await takeIn(deps, { open, told, res, key });
  if (taken.kind === 'refused') {
    noteRefusal(res, taken.why);
    const errors = taken.errors.map(({ field, says }) => `${field}: ${says}`);
    return say(STATUS[taken.why] ?? 400, [taken.says, ...errors].join('; '));
  }
  distributeSoon(deps, taken);
  res.status(200).json({});
}

function findFormDoor(
  findDoor: FindDoor,
  { account, key }: { account: string; key: string | null },
): OpenDoor | undefined {
  return findDoor('google', { account, key }) ?? findDoor('google', { account: ANY_FORM, key });
}
