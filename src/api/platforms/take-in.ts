// What the doors of platforms share: the lead is stored, counted once by the platform's own id, and
// distributed while the platform has its answer already.

import { createHash } from 'node:crypto';
import type { Response } from 'express';

import { isAway } from '../../db/pool.ts';
import { refused, type Refused, type Told } from '../../intake/doors/door.ts';
import { draftOf } from '../../intake/doors/draft.ts';
import type { LeadDraft } from '../../intake/draft.ts';
import type { Acceptance, ApiDeps, IdempotencyKey } from '../deps.ts';
import type { OpenDoor } from '../doors/door-book.ts';
import { outcomeOf } from '../doors/doors.ts';
import { faultOf } from '../problems.ts';

export type Accepted = Exclude<Acceptance, { kind: 'conflict' }>;

export interface Arrival {
  readonly open: OpenDoor;
  readonly told: Told;
  readonly res: Response;
  /** Another arrival under this key is the same lead. */
  readonly key: IdempotencyKey | null;
  /** A last look at the draft, before anything is stored. */
  readonly check?: (draft: LeadDraft) => Refused | undefined;
}

/** Stores the lead, or finds the one that came before. Never throws. */
export async function takeIn(deps: ApiDeps, arrival: Arrival): Promise<Accepted | Refused> {
  const { open, told, res, key, check } = arrival;
  const { sourceId } = open;
  const loadedWorld = deps.currentWorld();
  res.locals['caller'] = { kind: 'source', id: sourceId };
  try {
    if (loadedWorld.world.sources[sourceId]?.paused) {
      return refused('paused', 'this source is paused');
    }
    const draft = draftOf(told, { ...open, loadedWorld });
    if ('kind' in draft) return draft;
    const wrong = check?.(draft);
    if (wrong) return wrong;
    const accepted = await deps.acceptLead(draft, key);
    if (accepted.kind === 'conflict') throw new Error('one key, two bodies');
    res.locals['leadId'] = accepted.leadId;
    return accepted;
  } catch (error) {
    res.locals['fault'] = faultOf(error);
    deps.log.error({ fault: faultOf(error) }, 'a door could not be answered');
    const says = isAway(error) ? 'not available at the moment' : 'something went wrong here';
    return refused('unavailable', `${says}: nothing was stored, send it again`);
  }
}

/** Has a new lead distributed; what fails is left to the sweeper. */
export function distributeSoon(deps: ApiDeps, accepted: Accepted): void {
  if (accepted.kind === 'new') void outcomeOf(deps, accepted.leadId);
}

/** The key under which a platform's own id counts once, whatever else is sent along with it. */
export function keyFor(...parts: readonly string[]): IdempotencyKey {
  const name = parts.join('/');
  const sum = createHash('sha256').update(name).digest();
  const key = `door/${name.length <= 200 ? name : `${parts[0] ?? ''}/${sum.toString('hex')}`}`;
  return { key, bodySha256: sum };
}
