// From what a client told at a door to the draft of a lead.

import type { SourceId } from '../../domain/ids.ts';
import type { Door } from '../../domain/world/door.ts';
import type { LeadDraft } from '../draft.ts';
import { type LoadedWorld, toDraft } from '../submission.ts';
import { refused, type Refused, type Told } from './door.ts';
import { toSubmission } from './submission.ts';

/** The draft, or what is wrong with it. Throws if the door is not in the world: a bug. */
export function draftOf(
  told: Told,
  { sourceId, door, loadedWorld }: { sourceId: SourceId; door: Door; loadedWorld: LoadedWorld },
): LeadDraft | Refused {
  const { world } = loadedWorld;
  const vertical = world.verticals[world.campaigns[door.campaign]?.vertical ?? ''];
  if (!vertical) throw new Error(`no vertical for campaign ${door.campaign}`);
  const drafted = toDraft(toSubmission(told, door, vertical), { sourceId, loadedWorld });
  if (drafted.kind === 'draft') return drafted.draft;
  if (drafted.kind !== 'wrong_types') throw new Error(`${drafted.kind}: ${door.campaign}`);
  return refused('invalid', 'the lead does not have the right shape', drafted.errors);
}
