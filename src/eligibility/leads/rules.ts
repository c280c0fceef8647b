// What no lead of a campaign, or of its vertical, may be like: rules compiled once per world.

import { factFieldsOf } from '../../domain/facts.ts';
import type { CampaignId } from '../../domain/ids.ts';
import type { Lead } from '../../domain/lead.ts';
import type { Filter } from '../../domain/world/filter.ts';
import type { LeadRule } from '../../domain/world/intake.ts';
import type { World } from '../../domain/world/world.ts';
import { routingFacts } from '../facts.ts';
import { compileFilter } from '../filters/filter.ts';
import { settingOf } from '../filters/setting.ts';
import { createValueLists } from '../filters/value-lists.ts';

/**
 * The rules that a lead breaks, those of the vertical first; by its campaign. Of a lead that is
 * known in part, rules are held against it that ask for nothing else.
 */
export type LeadRules = ReadonlyMap<CampaignId, BrokenBy>;
type BrokenBy = (lead: Lead, of: { readonly isPart: boolean }) => readonly LeadRule[];

/** Campaigns without rules are left out. Throws on what the checks of worlds refuse. */
export function compileLeadRules({ campaigns, verticals }: World): LeadRules {
  const lists = createValueLists();
  const compiled = new Map<CampaignId, BrokenBy>();
  for (const [id, campaign] of Object.entries(campaigns)) {
    const vertical = verticals[campaign.vertical];
    const all = [...(vertical?.rules ?? []), ...(campaign.rules ?? [])];
    if (!vertical || all.length === 0) continue;
    const setting = settingOf(vertical, lists);
    const rules = all.map((rule) => ({
      rule,
      meets: compileFilter(rule.when, setting),
      asks: factsIn(rule.when),
    }));
    const from = factFieldsOf(vertical.fields);
    compiled.set(id, (lead, { isPart }) => {
      // As of its receipt, so that a repeat finds the same. Rules do not ask for the score.
      const facts = routingFacts(lead, { score: 0, atMs: lead.receivedAtMs }, from);
      return rules.flatMap(({ rule, meets, asks }) => {
        const isKnown = !isPart || asks.every((name) => facts.has(name));
        return isKnown && meets(facts).ok ? [rule] : [];
      });
    });
  }
  return compiled;
}

/** The names of all that a filter asks for. */
function factsIn(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'all':
    case 'any':
      return filter.of.flatMap(factsIn);
    case 'not':
      return factsIn(filter.of);
    case 'test':
      return [filter.field];
  }
}
