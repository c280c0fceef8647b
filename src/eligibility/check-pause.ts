// Is a contract left out because something is paused: everything, its campaign, its buyer, itself,
// or the source of the lead.

import type { Campaign } from '../domain/world/campaign.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { Buyer, World } from '../domain/world/world.ts';
import type { Question } from './explain.ts';
import { type Refused, refuse } from './refusal.ts';

/** The check: of a contract that is paused, by whatever it belongs to, always the same refusal. */
export function checkPause(
  world: World,
  parts: { buyer: Buyer; campaign: Campaign; contract: Contract },
): (question: Question) => Refused | undefined {
  const { buyer, campaign, contract } = parts;
  const pauses: [paused: boolean, detail: string][] = [
    [world.paused, 'everything is paused'],
    [campaign.paused, `campaign ${contract.campaign} is paused`],
    [buyer.membership?.away ?? false, `${contract.buyer} is away`],
    [buyer.paused, `buyer ${contract.buyer} is paused`],
    [contract.paused, 'the contract is paused'],
  ];
  const pause = pauses.find(([paused]) => paused);
  return pause ? () => refuse('paused', pause[1]) : checkSourcePause;
}

// One for all contracts: what they do not hold, a lead need not fetch from memory.
function checkSourcePause({ lead: { sourceId }, isSourcePaused }: Question): Refused | undefined {
  return isSourcePaused ? refuse('paused', `source ${sourceId} is paused`) : undefined;
}
