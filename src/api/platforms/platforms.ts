// The doors of web forms, ad platforms and automation tools: /in/form, /in/google, /in/meta,
// /in/webhook, /in/linkedin, and the hosted forms; and what buyers' CRMs post to /in/feedback.

import express from 'express';
import type { Request, Response } from 'express';

import type { ApiDeps } from '../deps.ts';
import { createFindDoor, type FindDoor } from '../doors/door-book.ts';
import { MAX_BODY_BYTES } from '../doors/doors.ts';
import { answerFeedback } from '../feedback/hook.ts';
import { readBytes } from '../http/body.ts';
import { nameDoor } from '../http/refusals.ts';
import { answerForm, showForm } from './form.ts';
import { answerGoogle } from './google.ts';
import { answerLinkedin } from './linkedin.ts';
import { answerMeta } from './meta.ts';
import { answerWebhook } from './webhook.ts';

/** Up to 1,000 announcements of leads. */
const MAX_NOTICE_BYTES = 1024 * 1024;

export interface Platform {
  readonly deps: ApiDeps;
  readonly findDoor: FindDoor;
}

/** `/in/google` is Google's, `/forms/:name` a form's. */
const doorAt = (path: string) => /^\/in\/(\w+)/.exec(path)?.[1] ?? 'form';

type Answer = (platform: Platform, req: Request, res: Response) => Promise<void>;

/** A router for all of them. Letter case and a slash at the end do not matter. */
export function createPlatformRouter(deps: ApiDeps): express.Router {
  const router = express.Router({ caseSensitive: false, strict: false });
  const platform: Platform = { deps, findDoor: createFindDoor(deps.currentWorld) };
  const bytes = readBytes(deps.maxBodyBytes ?? MAX_BODY_BYTES);
  const mount = (path: string, answer: Answer, read = bytes) =>
    router.all(path, nameDoor(doorAt(path)), read, (req, res) => answer(platform, req, res));
  mount('/in/form/:account', answerForm);
  mount('/forms/:name', showForm);
  mount('/in/google', answerGoogle);
  mount('/in/meta', answerMeta, readBytes(deps.maxBodyBytes ?? MAX_NOTICE_BYTES));
  mount('/in/webhook/:account', answerWebhook);
  mount('/in/webhook/:account/:key', answerWebhook);
  mount('/in/feedback/:buyer', ({ deps: all }, ...rest) => answerFeedback(all, ...rest));
  mount('/in/feedback/:buyer/:key', ({ deps: all }, ...rest) => answerFeedback(all, ...rest));
  mount('/in/linkedin', answerLinkedin);
  mount('/in/linkedin/:account', answerLinkedin);
  return router;
}
