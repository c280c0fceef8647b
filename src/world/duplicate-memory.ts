// What duplicate rules cannot know: leads from before the rule, and those of campaigns that keep no
// such memory. Told when a world is applied, since nobody would see it otherwise.

import { type DuplicateRule, memoryOf } from '../domain/duplicates.ts';
import type { Campaign } from '../domain/world/campaign.ts';
import type { World } from '../domain/world/world.ts';
import { issueAt, type WorldIssue } from './issues.ts';

/** The rules of `after` that begin without the leads of before. */
export function warnOfNewMemories(before: World, after: World): WorldIssue[] {
  const known = new Set(Object.entries(before.campaigns).flatMap(memoriesOf));
  const had = (id: string) => Object.hasOwn(before.campaigns, id);
  return Object.entries(after.campaigns).flatMap(([id, campaign]) => {
    const isNew = memoriesOf([id, campaign]).some((memory) => !known.has(memory));
    // A new campaign has no earlier leads; a wider memory may miss those of others.
    if (!isNew || (!had(id) && isOwn(campaign.duplicates))) return [];
    const says = 'counts the leads received from this version on; earlier ones are not known to it';
    return [issueAt(['campaigns', id, 'duplicates'], says)];
  });
}

const isOwn = (rule: DuplicateRule | null) =>
  rule?.scope === 'campaign' || rule?.scope === 'source';

/** Each list of fields in each memory, as fingerprints are kept. */
function memoriesOf([campaignId, { vertical, duplicates }]: [string, Campaign]): string[] {
  if (!duplicates) return [];
  const memory = memoryOf(duplicates, { campaignId, vertical, sourceId: '*' });
  return duplicates.by.map((fields) => `${memory} ${fields.join(',')}`);
}

/** Campaigns within the scope of a rule whose leads it does not see. */
export function warnOfBlindScopes({ campaigns }: World): WorldIssue[] {
  return Object.entries(campaigns).flatMap(([id, { vertical, duplicates }]) => {
    if (!duplicates || isOwn(duplicates)) return [];
    const { scope, by } = duplicates;
    const unseen = Object.entries(campaigns).filter(
      ([other, { vertical: its, duplicates: rule }]) =>
        other !== id &&
        (scope === 'all' || its === vertical) &&
        !(rule?.scope === scope && by.every((list) => hasList(rule, list))),
    );
    if (unseen.length === 0) return [];
    const names = unseen.slice(0, 3).map(([other]) => other);
    const more = unseen.length > 3 ? ` and ${unseen.length - 3} more` : '';
    const says = `does not see leads of ${names.join(', ')}${more}, which keep no such memory`;
    const fix = `give them duplicates with scope: ${scope} and the same lists of fields`;
    return [issueAt(['campaigns', id, 'duplicates', 'scope'], says, fix)];
  });
}

function hasList({ by }: DuplicateRule, list: readonly string[]): boolean {
  return by.some((own) => own.join() === list.join());
}
