// GET and POST /in/linkedin: LinkedIn's lead sync. Challenges are answered and notices are written
// down; what a door with a token announces is fetched by a workflow of its own.

import type { Request, Response } from 'express';

import type { NewNotice } from '../../db/intake/notices.ts';
import { type LinkedinNotice, readLinkedinNotice } from '../../intake/doors/platforms/linkedin.ts';
import { bytesOf } from '../http/body.ts';
import { listDoors, type NamedDoor, readSecrets } from './named-doors.ts';
import type { Platform } from './platforms.ts';
import { hexSignature, isSame } from './signature.ts';

const PREFIX = 'hmacsha256=';

/** With an account in the address only its door counts: each app has a secret of its own. */
export async function answerLinkedin(
  { deps }: Platform,
  req: Request,
  res: Response,
): Promise<void> {
  const say = (status: number, message: string) => void res.status(status).json({ message });
  const { account } = req.params as { account?: string };
  const doors = listDoors(deps.currentWorld(), 'linkedin').filter(
    ({ door }) => account === undefined || door.account.toLowerCase() === account.toLowerCase(),
  );
  const secrets = await readSecrets(deps, doors.flatMap(refsOf));
  if (req.method === 'GET') {
    const { challengeCode } = req.query;
    if (typeof challengeCode !== 'string' || !/^[\w-]{1,100}$/.test(challengeCode)) {
      return say(400, 'challengeCode: letters, digits and - are wanted');
    }
    const [secret, ...others] = secrets.values();
    if (secret === undefined) return say(404, 'no door of LinkedIn here');
    if (others.length > 0) return say(400, 'several apps: use /in/linkedin/{account}');
    const challengeResponse = hexSignature(secret, challengeCode);
    return void res.json({ challengeCode, challengeResponse });
  }
  if (req.method !== 'POST') {
    res.set('Allow', 'GET, POST');
    return say(405, 'GET or POST');
  }
  const bytes = bytesOf(req);
  const said = (req.get('x-li-signature') ?? '').toLowerCase().replace(PREFIX, '');
  const signed = Buffer.concat([Buffer.from(PREFIX), bytes]);
  const signers = [...secrets].flatMap(([reference, secret]) =>
    isSame(said, hexSignature(secret, signed)) ? reference : [],
  );
  if (signers.length === 0) return say(401, 'invalid signature');
  const notice = readLinkedinNotice(bytes);
  if (notice.kind === 'refused') return say(400, notice.says);
  const theirs = doors.filter((named) => refsOf(named).some((ref) => signers.includes(ref)));
  const found = theirs.find(({ door }) => door.account === notice.owner);
  if (found) await deps.storeNotices([toNotice(notice, found)]);
  else deps.log.warn('a lead of an account at LinkedIn that has no door');
  res.status(200).json({});
}

function refsOf({ door }: NamedDoor): readonly string[] {
  return door.linkedin ? [door.linkedin.clientSecretRef] : [];
}

function toNotice(notice: LinkedinNotice, { sourceId, name, door }: NamedDoor): NewNotice {
  const { externalId, about, isNew } = notice;
  const state = isNew && door.linkedin?.tokenRef ? 'waiting' : 'kept';
  return { platform: 'linkedin', externalId, sourceId, door: name, about, state };
}
