// What is refused at the front doors is counted, by the door and by why: once it is answered.

import type { Request, RequestHandler, Response } from 'express';

import type { Refusal } from '../../intake/doors/door.ts';
import type { ApiDeps } from '../deps.ts';
import type { ProblemCode } from '../problems.ts';

/** Why a request was refused; never anything of what it held. */
export type Why = Refusal | ProblemCode;

/** Remembers which door a request came to; without a name it is the API itself. */
export function nameDoor(door: string): RequestHandler {
  return (_, res, next) => {
    res.locals['door'] = door;
    next();
  };
}

/** One for each lead that is refused. */
export function noteRefusal(res: Response, why: Why): void {
  (res.locals['refusals'] ??= [] as Why[]).push(why);
}

// Platforms are answered by a status and their own words.
const BY_STATUS: Readonly<Record<number, Why>> = {
  401: 'wrong_key',
  403: 'wrong_key',
  404: 'wrong_key',
  405: 'method_not_allowed',
  503: 'unavailable',
};

export function countRefusals({ countRefusal }: ApiDeps): RequestHandler {
  return (_: Request, res, next) => {
    res.on('finish', () => {
      const { door = 'api', refusals } = res.locals as { door?: string; refusals?: Why[] };
      const rest = res.statusCode >= 400 ? [BY_STATUS[res.statusCode] ?? 'unreadable'] : [];
      for (const why of refusals ?? rest) countRefusal(door, why);
    });
    next();
  };
}
