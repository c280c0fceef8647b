// Rules that say when two leads are one person: their fields must be fields that leads have.

import type { PersonRule } from '../../domain/person.ts';
import type { World } from '../../domain/world/world.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';
import { ownOf } from '../maps.ts';

/** Duplicate rules of campaigns, and the rules against repeats of contracts and buyers. */
export function checkPersonRules(world: World): WorldIssue[] {
  const { campaigns, contracts, buyers } = world;
  // Grouped once: looking through all contracts for each buyer took 13 s for 10,000 contracts.
  const campaignsOf = new Map<string, string[]>();
  for (const { buyer, campaign } of Object.values(contracts)) {
    const known = campaignsOf.get(buyer);
    if (known) known.push(campaign);
    else campaignsOf.set(buyer, [campaign]);
  }
  return [
    ...Object.entries(campaigns).flatMap(([id, { vertical, duplicates }]) =>
      checkRule(duplicates, ['campaigns', id, 'duplicates'], fieldsOf(world, [vertical])),
    ),
    ...Object.entries(contracts).flatMap(([id, { campaign, noRepeats }]) =>
      checkRule(noRepeats, ['contracts', id, 'no_repeats'], soldIn(world, [campaign])),
    ),
    ...Object.entries(buyers).flatMap(([id, { noRepeats }]) =>
      checkRule(noRepeats, ['buyers', id, 'no_repeats'], soldIn(world, campaignsOf.get(id) ?? [])),
    ),
  ];
}

function checkRule(
  rule: Pick<PersonRule, 'by'> | null,
  path: Path,
  { fields, of }: { fields: ReadonlySet<string>; of: string },
): WorldIssue[] {
  // Nothing is known where the vertical itself could not be read, and that is told elsewhere.
  if (!rule || fields.size === 0) return [];
  return rule.by.flatMap((list, index) =>
    list.flatMap((field, place) => {
      if (fields.has(field)) return [];
      const near = didYouMean(field, fields);
      return [issueAt([...path, 'by', index, place], `"${field}" is no field of ${of}`, near)];
    }),
  );
}

/** The fields of the leads that these campaigns sell. */
function soldIn(world: World, campaignIds: readonly string[]) {
  const verticals = campaignIds.flatMap((id) => ownOf(world.campaigns, id)?.vertical ?? []);
  return fieldsOf(world, [...new Set(verticals)]);
}

function fieldsOf({ verticals }: World, ids: readonly string[]) {
  const fields = new Set(ids.flatMap((id) => Object.keys(ownOf(verticals, id)?.fields ?? {})));
  return { fields, of: ids.join(' or ') };
}
