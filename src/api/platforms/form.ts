// The door of web forms: POST /in/form/{account} takes one, GET tells the stamp for it, and
// /forms/{account} is a page with the form on it. Where the browser goes next stands in the door,
// never in the request.

import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

import type { FormDoor } from '../../domain/world/platform.ts';
import { refused, type Refusal, type Refused } from '../../intake/doors/door.ts';
import { type FormTold, readForm } from '../../intake/doors/platforms/form.ts';
import { readValues } from '../../intake/doors/values.ts';
import type { LeadDraft } from '../../intake/draft.ts';
import { toPlain } from '../../intake/plain-values.ts';
import type { IdempotencyKey } from '../deps.ts';
import type { OpenDoor } from '../doors/door-book.ts';
import { requestOf } from '../doors/doors.ts';
import { bytesOf } from '../http/body.ts';
import { noteRefusal } from '../http/refusals.ts';
import { CONSENT_BOX, formPage, HONEYPOT, plainPage, sendPage } from './form-page.ts';
import { readMultipart } from './multipart.ts';
import { listDoors } from './named-doors.ts';
import { isWelcome, tellOrigins } from './origins.ts';
import type { Platform } from './platforms.ts';
import { makeStamp, readStamp, STAMP } from './stamp.ts';
import { distributeSoon, takeIn } from './take-in.ts';

const NO_FORM: FormDoor = { thanksUrl: null, refusedUrl: null, origins: [], consentText: null };
const NAMES = { honeypot: HONEYPOT, stamp: STAMP, consent: CONSENT_BOX };

const STATUS: Partial<Record<Refusal, number>> = {
  wrong_key: 404,
  paused: 403,
  invalid: 422,
  unavailable: 503,
};

interface Visit extends Platform {
  readonly req: Request;
  readonly res: Response;
  readonly open: OpenDoor;
  readonly form: FormDoor;
}

/** `/in/form/{account}`. */
export async function answerForm(platform: Platform, req: Request, res: Response): Promise<void> {
  const open = platform.findDoor('form', { account: String(req.params['account']), key: null });
  if (!open) return sayNothingHere(req, res);
  const visit: Visit = { ...platform, req, res, open, form: open.door.form ?? NO_FORM };
  tellOrigins(res, req, visit.form.origins);
  if (req.method === 'OPTIONS') return void res.status(204).end();
  if (req.method === 'GET' || req.method === 'HEAD') {
    return void res.json({ [STAMP]: await stampFor(visit) });
  }
  if (req.method !== 'POST') {
    res.set('Allow', 'GET, HEAD, OPTIONS, POST').status(405);
    return void res.json({ status: 'refused', says: 'post the form here', errors: [] });
  }
  await submit(visit);
}

/** `/forms/{account}`, or the campaign's name where it has one form only. */
export async function showForm(platform: Platform, req: Request, res: Response): Promise<void> {
  const open = findForm(platform, String(req.params['name']));
  if (!open || !/^(GET|HEAD)$/.test(req.method)) return sayNothingHere(req, res);
  const visit: Visit = { ...platform, req, res, open, form: open.door.form ?? NO_FORM };
  const { title, vertical } = aboutOf(visit);
  const { account } = open.door;
  const stamp = await stampFor(visit);
  const html = formPage({ title, account, vertical, form: visit.form, stamp });
  sendPage(res, { status: 200, html, form: visit.form });
}

function findForm({ deps, findDoor }: Platform, name: string): OpenDoor | undefined {
  const byAccount = findDoor('form', { account: name, key: null });
  if (byAccount) return byAccount;
  const all = listDoors(deps.currentWorld(), 'form').filter(({ door }) => door.campaign === name);
  return all.length === 1 ? all[0] : undefined;
}

async function submit(visit: Visit): Promise<void> {
  const { deps, req, open, res, form } = visit;
  if (!isWelcome(req, form.origins)) {
    const says = 'this page may not post here: it is not among the origins of the form';
    return refuse(visit, { status: 403, why: refused('wrong_key', says) });
  }
  const read = await valuesOf(req);
  if (read.kind === 'refused') return refuse(visit, { status: 400, why: read });
  const { values } = read;
  const now = Date.now();
  const { account } = open.door;
  const sent = readForm(values, {
    ...{ account, form, names: NAMES, now: new Date(now).toISOString() },
  });
  const key = await deps.stampKey().catch(() => undefined);
  const age = key ? readStamp(sent.stamp, { account, nowMs: now, key }) : undefined;
  const agent = req.get('user-agent')?.slice(0, 500);
  const told = {
    ...sent.told,
    behaviour: {
      ...age,
      ...(agent && { user_agent: agent }),
      ...(sent.suspectedBot && { suspected_bot: true }),
    },
  };
  const taken = await takeIn(deps, {
    ...{ open, told, res, key: onceKey(age?.form_age, req) },
    check: (draft) => checkDraft(draft, sent, form),
  });
  if (taken.kind !== 'refused') {
    distributeSoon(deps, taken);
    return welcome(visit);
  }
  // A bot that is told what was wrong would learn to do better.
  if (sent.suspectedBot && taken.why !== 'unavailable') return welcome(visit);
  await refuse(visit, { status: STATUS[taken.why] ?? 400, why: taken, values });
}

type Values = Readonly<Record<string, unknown>>;
type Read = { readonly kind: 'values'; readonly values: Values };

async function valuesOf(req: Request): Promise<Read | Refused> {
  const type = req.get('content-type') ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) {
    const read = readValues(requestOf(req, '/in/form'), { types: ['form', 'json'] });
    return read.kind === 'values' ? read : refused('unreadable', read.says);
  }
  const read = await readMultipart(type, bytesOf(req));
  if (read.kind === 'unreadable') return refused('unreadable', read.says);
  const plain = toPlain(read.values);
  if (plain.kind === 'plain') return { kind: 'values', values: plain.value };
  return refused('unreadable', `${plain.says}: ${plain.fix}`);
}

/** A visitor is there to mend it: what is wrong is said, and nothing is stored. */
function checkDraft(draft: LeadDraft, sent: FormTold, form: FormDoor): Refused | undefined {
  if (sent.suspectedBot) return undefined;
  const errors = draft.problems.map(({ field, says }) => ({ field, says, fix: 'correct it' }));
  if (form.consentText !== null && !sent.agreed) {
    errors.push({ field: CONSENT_BOX, says: 'missing', fix: 'tick the box' });
  }
  return errors.length > 0 ? refused('invalid', 'please look at these again', errors) : undefined;
}

/** The same page sent twice, such as by a double click, is one lead. */
function onceKey(age: string | undefined, req: Request): IdempotencyKey | null {
  if (age === undefined || age === 'missing' || age === 'forged') return null;
  const bodySha256 = createHash('sha256').update(bytesOf(req)).digest();
  return { key: `form/${bodySha256.toString('hex')}`, bodySha256 };
}

const wantsJson = (req: Request) =>
  /\bapplication\/json\b/i.test(req.get('accept') ?? '') &&
  !/text\/html/i.test(req.get('accept') ?? '');

function welcome({ req, res, form }: Visit): void {
  if (wantsJson(req)) return void res.json({ status: 'received' });
  if (form.thanksUrl !== null) return void res.redirect(303, form.thanksUrl);
  const html = plainPage('Thank you', 'We have received what you sent.');
  sendPage(res, { status: 200, html });
}

async function refuse(
  visit: Visit,
  { status, why, values = {} }: { status: number; why: Refused; values?: Values },
): Promise<void> {
  const { req, res, form, open } = visit;
  noteRefusal(res, why.why);
  const errors = why.errors.map((error) => ({ ...error, field: nameIn(error.field) }));
  if (wantsJson(req)) {
    return void res.status(status).json({ status: 'refused', says: why.says, errors });
  }
  if (form.refusedUrl !== null) return void res.redirect(303, form.refusedUrl);
  const { title, vertical } = aboutOf(visit);
  const wrong = new Map(errors.map(({ field, says }) => [field, says]));
  const stamp = await stampFor(visit);
  const { account } = open.door;
  const { says } = why;
  const html = formPage({ title, account, vertical, form, stamp, values, wrong, says });
  sendPage(res, { status, html, form });
}

/** `fields.zip` is the form's `zip`. */
const nameIn = (field: string) => field.replace(/^fields\./, '');

async function stampFor({ deps, open }: Visit): Promise<string> {
  return makeStamp(open.door.account, Date.now(), await deps.stampKey());
}

function aboutOf({ deps, open }: Visit) {
  const { world } = deps.currentWorld();
  const campaign = world.campaigns[open.door.campaign];
  const vertical = world.verticals[campaign?.vertical ?? ''];
  if (!campaign || !vertical) throw new Error(`no vertical for campaign ${open.door.campaign}`);
  return { title: campaign.name, vertical };
}

function sayNothingHere(req: Request, res: Response): void {
  const says = 'There is no form at this address.';
  if (wantsJson(req)) return void res.status(404).json({ status: 'refused', says, errors: [] });
  sendPage(res, { status: 404, html: plainPage('Not found', says) });
}
