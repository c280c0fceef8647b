// Who may buy the lead, in which order: score, eligibility of one stage, and the auction.

import { drawStoredTurn } from '../db/rotations.ts';
import type { ContractId, LeadId } from '../domain/ids.ts';
import type { Score, StageRoute, Terms, WhyNot } from '../domain/lead.ts';
import { drawTurn } from '../domain/routing/rotation.ts';
import { scoreLead } from '../domain/score.ts';
import type { Stage } from '../domain/world/campaign.ts';
import { type Case, contractOf } from './cases.ts';
import type { ActivityDeps } from './deps.ts';

/** A post that may take longer does not run inside the first workflow task. */
const SLOW_POST_MS = 5_000;

/** One stage of one lead. */
export interface StageKey {
  readonly leadId: LeadId;
  readonly round: number;
  readonly stage: string;
}

export function createRouteActivities(deps: ActivityDeps) {
  const { cases, now } = deps;
  return {
    /** Scores a lead by rules. The stored score is returned where there is one. */
    async scoreLead(leadId: LeadId): Promise<Score> {
      const known = await cases.of(leadId);
      const stored = known.stored.get('score') as Score | undefined;
      if (stored) return stored;
      const vertical = known.loaded.world.verticals[known.campaign.vertical];
      if (!vertical) throw new Error(`no vertical ${known.campaign.vertical}`);
      return scoreLead({ lead: known.lead, vertical, atMs: known.lead.receivedAtMs });
    },

    /**
     * Says for each contract of a stage that it may buy, or the one reason why not, and puts those
     * that may in order. A rotating stage draws its turn here, and stores it with the route.
     */
    async routeLead({
      leadId,
      round,
      stage,
      score,
    }: StageKey & { score: number }): Promise<StageRoute> {
      const known = await cases.of(leadId);
      const stored = known.stored.get(`route/${stage}`) as StageRoute | undefined;
      if (stored) return stored;
      const terms = stageOf(known, stage);
      const { eligible, refused } = judge(deps, known, { terms, score, atMs: now() });
      const route = { stage, method: terms.method, refused, ...termsOf(known, eligible) };
      const rotates = terms.method === 'round_robin' || terms.method === 'weighted';
      if (!rotates || eligible.length === 0 || known.lead.test) {
        return { ...route, order: byPriority(known, eligible) };
      }
      const place = { campaignId: known.lead.campaignId, stage, leadId, round };
      return drawStoredTurn(deps.pool, place, (credits, turn) => {
        const members = eligible.map((contractId) => ({
          contractId,
          weight: terms.method === 'weighted' ? contractOf(known, contractId).weight : 1,
        }));
        const drawn = drawTurn(credits, members);
        return { route: { ...route, order: drawn.order, turn }, credits: drawn.credits };
      });
    },
  };
}

/** A stage of the campaign by name. Throws if the lead's world has none. */
export function stageOf({ campaign, loaded }: Case, name: string): Stage {
  const stage = campaign.routing.find((each) => each.name === name);
  if (!stage) throw new Error(`world ${loaded.version} has no stage ${name}`);
  return stage;
}

function judge(
  { desk }: ActivityDeps,
  { lead, loaded }: Case,
  { terms, score, atMs }: { terms: Stage; score: number; atMs: number },
): { eligible: ContractId[]; refused: WhyNot[] } {
  const eligible: ContractId[] = [];
  const refused: WhyNot[] = [];
  const contracts = loaded.world.contracts;
  const asked = { lead, score, live: desk, atMs };
  for (const contractId of terms.contracts) {
    const verdict = loaded.eligibility.explain(contractId, asked);
    if (verdict.kind === 'refused') {
      const { kind: _, ...why } = verdict;
      refused.push({ contractId, ...why });
    } else if (terms.method === 'weighted' && contracts[contractId]?.weight === 0) {
      refused.push({ contractId, reason: 'no_turn', detail: 'weight 0' });
    } else {
      eligible.push(contractId);
    }
  }
  return { eligible, refused };
}

function byPriority(known: Case, contractIds: readonly ContractId[]): ContractId[] {
  const priorityOf = (contractId: ContractId) => contractOf(known, contractId).priority;
  return contractIds.toSorted((a, b) => priorityOf(a) - priorityOf(b) || (a < b ? -1 : 1));
}

/** What is particular about these contracts; nothing where nothing is. */
function termsOf(known: Case, order: readonly ContractId[]): Pick<StageRoute, 'terms'> {
  const terms: Record<ContractId, Terms> = {};
  for (const contractId of order) {
    const { priceCents, exclusive, post } = contractOf(known, contractId);
    const particular: Terms = {
      ...(priceCents !== null && { priceCents }),
      ...(!exclusive && { shared: true }),
      ...(post.timeoutMs > SLOW_POST_MS && { slow: true }),
    };
    if (Object.keys(particular).length > 0) terms[contractId] = particular;
  }
  return Object.keys(terms).length > 0 ? { terms } : {};
}
