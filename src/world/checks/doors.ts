// Do the doors of the sources lead somewhere, and can their clients be told apart.

import type { World } from '../../domain/world/world.ts';
import { didYouMean, issueAt, type WorldIssue } from '../issues.ts';
import { ownOf } from '../maps.ts';
import { checkPlatform } from './platforms.ts';

/** Checks every door against its source, its campaign's vertical and all other doors. */
export function checkDoors({ sources, campaigns, verticals }: World): WorldIssue[] {
  const owners = new Map<string, string>();
  const issues: WorldIssue[] = [];
  for (const [id, source] of Object.entries(sources)) {
    for (const [name, door] of Object.entries(source.doors)) {
      const at = ['sources', id, 'doors', name];
      if (!source.campaigns.includes(door.campaign)) {
        const fix = `add it to sources.${id}.campaigns, which has ${source.campaigns.join(', ')}`;
        issues.push(
          issueAt([...at, 'campaign'], 'the source may not submit to that campaign', fix),
        );
      }
      for (const hash of door.keys.length > 0 ? door.keys.map(({ sha256 }) => sha256) : ['']) {
        const place = JSON.stringify([door.format, door.account, hash]);
        const owner = owners.get(place);
        if (owner !== undefined) {
          const says = `${owner} has the same account and key: a request could be of either`;
          issues.push(issueAt([...at, 'account'], says, 'give each door its own'));
        }
        owners.set(place, `sources.${id}.doors.${name}`);
      }
      const vertical = ownOf(verticals, ownOf(campaigns, door.campaign)?.vertical ?? '');
      issues.push(...checkPlatform(door, vertical, at));
      if (!vertical) continue;
      const known = Object.keys(vertical.fields);
      for (const [theirs, ours] of Object.entries(door.fields)) {
        if (known.includes(ours)) continue;
        const says = `the vertical has no field "${ours}"`;
        issues.push(issueAt([...at, 'fields', theirs], says, didYouMean(ours, new Set(known))));
      }
    }
  }
  return issues;
}
