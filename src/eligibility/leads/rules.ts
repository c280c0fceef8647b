// What no lead of a campaign, or of its vertical, may be like: rules compiled once per world.

import { factFieldsOf } from '../../domain/facts.ts';
import type { CampaignId } from '../../domain/ids.ts';
import type { Lead } from '../../domain/lead.ts';
import type { LeadRule } from '../../domain/world/intake.ts';
import type { World } from '../../domain/world/world.ts';
import { routingFacts } from '../facts.ts';
import { compileFilter } from '../filters/filter.ts';
import { settingOf } from '../filters/setting.ts';
import { createValueLists } from '../filters/value-lists.ts';

/** The rules that a lead breaks, those of the vertical first; by its campaign. */
export type LeadRules = ReadonlyMap<CampaignId, (lead: Lead) => readonly LeadRule[]>;

/** Campaigns without rules are left out. Throws on what the checks of worlds refuse. */
export function compileLeadRules({ campaigns, verticals }: World): LeadRules {
  const lists = createValueLists();
  const compiled = new Map<CampaignId, (lead: Lead) => readonly LeadRule[]>();
  for (const [id, campaign] of Object.entries(campaigns)) {
    const vertical = verticals[campaign.vertical];
    const all = [...(vertical?.rules ?? []), ...(campaign.rules ?? [])];
    if (!vertical || all.length === 0) continue;
    const setting = settingOf(vertical, lists);
    const rules = all.map((rule) => ({ rule, meets: compileFilter(rule.when, setting) }));
    const from = factFieldsOf(vertical.fields);
    compiled.set(id, (lead) => {
      // As of its receipt, so that a repeat finds the same. Rules do not ask for the score.
      const facts = routingFacts(lead, { score: 0, atMs: lead.receivedAtMs }, from);
      return rules.flatMap(({ rule, meets }) => (meets(facts).ok ? [rule] : []));
    });
  }
  return compiled;
}
