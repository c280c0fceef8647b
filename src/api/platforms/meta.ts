// GET and POST /in/meta: the webhook of Meta's lead ads. A post only announces leads: they are
// written down, it is answered, and each is fetched by a workflow of its own.

import type { Request, Response } from 'express';

import type { MetaDoor } from '../../domain/world/platform.ts';
import { type MetaNotice, readMetaNotices } from '../../intake/doors/platforms/meta.ts';
import type { NewNotice } from '../../db/doors/notices.ts';
import type { ApiDeps } from '../deps.ts';
import { bytesOf } from '../http/body.ts';
import { listDoors, type NamedDoor, readSecrets } from './named-doors.ts';
import type { Platform } from './platforms.ts';
import { hexSignature, isSame } from './signature.ts';

type MetaNamed = NamedDoor & { readonly settings: MetaDoor };

export async function answerMeta({ deps }: Platform, req: Request, res: Response): Promise<void> {
  const doors = listDoors(deps.currentWorld(), 'meta').flatMap((named) =>
    named.door.meta ? [{ ...named, settings: named.door.meta }] : [],
  );
  if (req.method === 'GET') return verify(deps, { doors, req, res });
  if (req.method !== 'POST') {
    return void res.set('Allow', 'GET, POST').status(405).json({ message: 'GET or POST' });
  }
  await announce(deps, { doors, req, res });
}

interface Visit {
  readonly doors: readonly MetaNamed[];
  readonly req: Request;
  readonly res: Response;
}

/** Meta asks once whether this is the place that its app was told of. */
async function verify(deps: ApiDeps, { doors, req, res }: Visit): Promise<void> {
  const { 'hub.mode': mode, 'hub.challenge': challenge, 'hub.verify_token': token } = req.query;
  const tokens = await readSecrets(
    deps,
    doors.map(({ settings }) => settings.verifyTokenRef),
  );
  const known =
    typeof token === 'string' && [...tokens.values()].some((each) => isSame(token, each));
  const wanted = typeof challenge === 'string' && /^[\x21-\x7e]{1,200}$/.test(challenge);
  if (mode !== 'subscribe' || !wanted || !known) {
    return void res.status(403).json({ message: 'the verify token is not known here' });
  }
  res.status(200).type('text/plain').send(challenge);
}

async function announce(deps: ApiDeps, { doors, req, res }: Visit): Promise<void> {
  const bytes = bytesOf(req);
  const said = (req.get('x-hub-signature-256') ?? '').replace(/^sha256=/i, '').toLowerCase();
  const secrets = await readSecrets(
    deps,
    doors.map(({ settings }) => settings.appSecretRef),
  );
  const signers = new Set(
    [...secrets].flatMap(([ref, secret]) => (isSame(said, hexSignature(secret, bytes)) ? ref : [])),
  );
  if (signers.size === 0) return void res.status(401).json({ message: 'invalid signature' });
  const announced = readMetaNotices(bytes);
  if ('kind' in announced) return void res.status(400).json({ message: announced.says });
  const theirs = doors.filter(({ settings }) => signers.has(settings.appSecretRef));
  const notices = announced.flatMap((notice) => toNotice(notice, theirs));
  if (notices.length < announced.length) {
    // Answered well all the same: Meta would send them for 36 hours, and then turn the app off.
    const leads = announced.length - notices.length;
    deps.log.warn({ leads }, 'leads of pages at Meta that have no door');
  }
  if (notices.length > 0) await deps.storeNotices(notices);
  res.status(200).json({});
}

/** A door of the form, or else of its page. */
function toNotice(notice: MetaNotice, doors: readonly MetaNamed[]): readonly NewNotice[] {
  const { leadgenId, pageId, formId, about } = notice;
  const found =
    doors.find(({ door }) => door.account === `${pageId}/${formId}`) ??
    doors.find(({ door }) => door.account === pageId);
  if (!found) return [];
  const { sourceId, name } = found;
  return [
    { platform: 'meta', externalId: leadgenId, sourceId, door: name, about, state: 'waiting' },
  ];
}
