// Another pass over the routing, for a lead that waited: by the version in force now.

import { beginRound } from '../db/waiting.ts';
import { currentWorldVersion } from '../db/worlds.ts';
import type { ContractId, LeadId } from '../domain/ids.ts';
import type { RoundPlan } from '../domain/waiting.ts';
import { OPERATOR_STAGE } from '../domain/world/campaign.ts';
import { roundPlan } from '../eligibility/holding.ts';
import type { ActivityDeps } from './deps.ts';

export function createRoundActivities({ pool, cases }: ActivityDeps) {
  return {
    /**
     * Pins the round to the version of the world that is in force, once; a repeat returns what was
     * pinned. `contractId` is an operator's choice: the round offers to that contract only.
     */
    async beginRound(next: {
      leadId: LeadId;
      round: number;
      contractId?: ContractId;
    }): Promise<RoundPlan> {
      const { leadId, round, contractId } = next;
      const { lead } = await cases.of(leadId);
      const { version, world } = await cases.worldAt(await currentWorldVersion(pool));
      const plan = roundPlan({ version, world }, lead);
      return beginRound(
        pool,
        { leadId, round },
        contractId === undefined ? plan : { ...plan, contractId, stages: [OPERATOR_STAGE] },
      );
    },
  };
}
