// Which pushes of a contract a sold lead gets: each delivery's own condition, compiled once per
// world, and what follows for those that come after a push that is not made.

import { factFieldsOf } from '../../domain/facts.ts';
import type { ContractId } from '../../domain/ids.ts';
import type { Lead } from '../../domain/lead.ts';
import type { Contract } from '../../domain/world/contract.ts';
import type { Vertical, World } from '../../domain/world/world.ts';
import { routingFacts } from '../facts.ts';
import { compileFilter, type FilterSetting } from '../filters/filter.ts';
import { settingOf } from '../filters/setting.ts';
import { createValueLists } from '../filters/value-lists.ts';

/** The deliveries that a lead does not get, by name, with the reason for people. */
export type Skipped = ReadonlyMap<string, string>;
export type DeliveryConditions = ReadonlyMap<ContractId, (lead: Lead) => Skipped>;

/** Contracts without conditions are left out. Throws on what the checks of worlds refuse. */
export function compileConditions({ contracts, campaigns, verticals }: World): DeliveryConditions {
  const lists = createValueLists();
  const compiled = new Map<ContractId, (lead: Lead) => Skipped>();
  for (const [id, contract] of Object.entries(contracts)) {
    const vertical = verticals[campaigns[contract.campaign]?.vertical ?? ''];
    if (!vertical || !contract.deliveries.some(({ when }) => when)) continue;
    compiled.set(id, compile(contract, vertical, settingOf(vertical, lists)));
  }
  return compiled;
}

function compile(contract: Contract, { fields }: Vertical, setting: FilterSetting) {
  const from = factFieldsOf(fields);
  const deliveries = contract.deliveries.map(({ name, when, after }) => ({
    ...{ name, after },
    meets: when ? compileFilter(when, setting) : undefined,
  }));
  return (lead: Lead): Skipped => {
    // As of its receipt, so that a repeat finds the same. Conditions do not ask for the score.
    const facts = routingFacts(lead, { score: 0, atMs: lead.receivedAtMs }, from);
    const skipped = new Map<string, string>();
    for (const { name, after, meets } of deliveries) {
      const verdict = meets?.(facts);
      if (verdict && !verdict.ok) skipped.set(name, `not for this lead: ${verdict.detail}`);
      else if (after && skipped.has(after))
        skipped.set(name, `${after} is not made, which it follows`);
    }
    return skipped;
  };
}
