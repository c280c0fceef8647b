// Gathers what a question about one lead needs: the world, the moment, the score, and what is known
// of caps, turns and bids at that moment. Reads, and changes nothing.

import { isLeadId, type LeadId, toLeadId } from '../../domain/ids.ts';
import type { Auction, Lead, Score, StageRoute, Validation } from '../../domain/lead.ts';
import { routeStepOf } from '../../domain/outcome.ts';
import { bandOf, scoreLead } from '../../domain/score.ts';
import type { RoundPlan } from '../../domain/waiting.ts';
import type { Campaign, Stage } from '../../domain/world/campaign.ts';
import type { World } from '../../domain/world/world.ts';
import type { LeadTrace } from '../../db/reading/trace.ts';
import { isDisposable } from '../../eligibility/leads/disposable.ts';
import { repeatQuestions } from '../../eligibility/repeats.ts';
import type { LeadDraft } from '../../intake/draft.ts';
import type { ShapeError } from '../../intake/shape.ts';
import {
  fullCapsOf,
  NOTHING_FULL,
  type SeenBy,
  seenOf,
  type StageQuestion,
} from '../../routing/explain.ts';
import { chosenStage, sentBefore } from '../../routing/before.ts';
import { type Rotation, rotationOf, rotationThen } from '../../routing/stage.ts';
import type { ApiDeps, VersionedRules } from '../deps.ts';
import { readDraft } from '../leads.ts';
import { Problem } from '../problems.ts';
import { findVerdict } from '../reading/lead-trace.ts';
import type { ExplainQuestion, Explanation } from '../wire/explain.ts';

/** One stage with what is known about it. */
export interface StageInquiry {
  readonly stage: Stage;
  readonly known: Omit<StageQuestion, 'campaign' | 'stage' | 'lead' | 'score' | 'came'>;
  readonly reached: boolean | null;
  /** The order as it was stored, where it cannot be reckoned again. */
  readonly storedOrder?: readonly string[];
}

export interface Inquiry {
  readonly rules: VersionedRules;
  readonly campaign: Campaign;
  readonly lead: Lead;
  readonly isStored: boolean;
  readonly score: Omit<Score, 'scorer'>;
  readonly unknownFields: readonly string[];
  readonly duplicateOf: LeadId | null;
  readonly asOf: Explanation['as_of'];
  readonly caps: Explanation['caps'];
  readonly note: string | null;
  readonly stages: readonly StageInquiry[];
}

/** What is asked about. Throws the problem that names what is wrong with the question. */
export async function gather(deps: ApiDeps, question: ExplainQuestion): Promise<Inquiry> {
  if (question.lead === undefined) return aboutDescribed(deps, question);
  const { lead: id, at } = question;
  const own = ['campaign', 'source', 'fields', 'sub_source', 'score', 'flags'] as const;
  const extra = own.filter((name) => question[name] !== undefined);
  if (extra.length > 0) {
    const errors = extra.map((field) => ({
      field,
      says: 'a stored lead has its own',
      fix: 'leave it out, or leave out `lead`',
    }));
    throw new Problem('invalid_request', { errors });
  }
  const trace = isLeadId(id) ? await deps.findTrace(id) : undefined;
  if (!trace) throw new Problem('no_such_lead');
  return at === undefined ? asRecorded(deps, trace) : storedAt(deps, trace, at);
}

/** By the lead's own version, and by what was known when each of its stages was decided. */
async function asRecorded(deps: ApiDeps, trace: LeadTrace): Promise<Inquiry> {
  const { lead } = trace;
  // The last round, by the world and the choice of then.
  const begun = trace.verdicts.findLast(({ step }) => step === 'round');
  const plan = begun?.verdict as RoundPlan | undefined;
  const rules = await deps.findRules(plan?.worldVersion ?? lead.worldVersion);
  if (!rules) throw new Problem('no_such_version');
  const campaign = campaignIn(rules.world, lead.campaignId);
  const choice = plan?.contractId ?? null;
  const routing =
    choice === null ? campaign.routing : [chosenStage(rules.world, lead.campaignId, choice)];
  const past = sentBefore(trace.attempts, begun?.round ?? 1);
  const stages = routing.map((stage): StageInquiry => {
    const route = findVerdict<StageRoute>(trace, `route/${stage.name}`);
    const auction = findVerdict<Auction>(trace, `auction/${stage.name}`);
    // What was stored before the instant was noted happened within a second of the receipt.
    const atMs = route?.atMs ?? lead.receivedAtMs;
    return {
      stage,
      reached: route !== undefined,
      ...(route?.turn !== undefined && !route.credits && { storedOrder: route.order }),
      known: {
        atMs,
        live: route ? fullCapsOf(route) : NOTHING_FULL,
        past,
        byOperator: choice !== null,
        isShared: route?.refused.some(({ reason }) => reason === 'no_place') ?? false,
        ...(route && { seen: seenOf(route) }),
        turns: ({ part }) => {
          const drawn = findVerdict<StageRoute>(trace, routeStepOf(stage.name, part));
          return drawn && rotationThen(drawn);
        },
        ...(auction && { pings: auction.pings }),
      },
    };
  });
  return { ...storedLead(trace, rules), asOf: 'recorded', caps: 'recorded', note: null, stages };
}

/** By the world in force; bids are those that the lead got when it was auctioned. */
async function storedAt(deps: ApiDeps, trace: LeadTrace, at: string): Promise<Inquiry> {
  const rules = await currentRules(deps);
  if (!Object.hasOwn(rules.world.campaigns, trace.lead.campaignId)) {
    const says = `the world in force has no campaign ${trace.lead.campaignId}`;
    throw new Problem('invalid_request', { errors: [{ field: 'lead', says }] });
  }
  const moment = await momentOf(deps, { rules, campaignId: trace.lead.campaignId, at });
  const seen = await seenBy(deps, { rules, lead: trace.lead, atMs: moment.atMs });
  const auctions = trace.verdicts.filter(({ step }) => step.startsWith('auction/'));
  const pings = auctions.flatMap(({ verdict }) => [...(verdict as Auction).pings]);
  return {
    ...storedLead(trace, rules),
    ...moment,
    stages: moment.stages.map((each) => ({ ...each, known: { ...each.known, seen, pings } })),
  };
}

function storedLead(trace: LeadTrace, rules: VersionedRules) {
  const { lead, unknownFields } = trace;
  const campaign = campaignIn(rules.world, lead.campaignId);
  const validation = findVerdict<Validation>(trace, 'validation');
  const stored = findVerdict<Score>(trace, 'score');
  return {
    ...{ rules, campaign, lead, unknownFields, isStored: true },
    duplicateOf: validation?.kind === 'refused' ? (validation.of ?? null) : null,
    score: stored ?? scoreBy(rules.world, campaign, lead),
  };
}

async function aboutDescribed(deps: ApiDeps, question: ExplainQuestion): Promise<Inquiry> {
  const { campaign: campaignId, source, fields, sub_source, score, flags, at = 'now' } = question;
  const rules = await currentRules(deps);
  const missing = Object.entries({ campaign: campaignId, source, fields })
    .filter(([, value]) => value === undefined)
    .map(([field]) => ({ field, says: 'missing', fix: 'send it, or `lead` with the id of one' }));
  if (campaignId === undefined || source === undefined || missing.length > 0) {
    throw new Problem('invalid_request', { errors: missing });
  }
  if (!Object.hasOwn(rules.world.sources, source)) {
    const fix = `use one of: ${Object.keys(rules.world.sources).join(', ')}`;
    throw new Problem('invalid_request', {
      errors: [{ field: 'source', says: 'not a source', fix }],
    });
  }
  const submission = { campaign: campaignId, fields, sub_source };
  const from = { sourceId: source, loadedWorld: rules };
  const draft = readDraft({ value: submission, dropped: [] }, from);
  const moment = await momentOf(deps, { rules, campaignId, at });
  const campaign = campaignIn(rules.world, campaignId);
  const lead = { ...imagined(draft, moment.atMs), ...(flags && flagsIn(campaign, flags)) };
  const seen = await seenBy(deps, { rules, lead, atMs: moment.atMs });
  const given = score === undefined ? undefined : { score, band: bandOf(score), reasons: [] };
  return {
    ...{ rules, campaign, lead, isStored: false, duplicateOf: null, ...moment },
    stages: moment.stages.map((each) => ({ ...each, known: { ...each.known, seen } })),
    unknownFields: draft.unknownFields,
    score: given ?? scoreBy(rules.world, campaign, lead),
  };
}

function flagsIn({ lookups }: Campaign, flags: readonly string[]): Pick<Lead, 'flags'> {
  const errors = flags.flatMap((name, index): ShapeError[] => {
    if (Object.hasOwn(lookups, name)) return [];
    const fix = `one of: ${Object.keys(lookups).join(', ') || 'none, it has no lookups'}`;
    return [{ field: `flags[${index}]`, says: 'no lookup of the campaign', fix }];
  });
  if (errors.length > 0) throw new Problem('invalid_request', { errors });
  return { flags };
}

/** Never stored: its id names no lead. */
function imagined({ raw: _, unknownFields: __, ...draft }: LeadDraft, receivedAtMs: number): Lead {
  return { ...draft, id: toLeadId('0'.repeat(26)), receivedAtMs };
}

/** Whose buyers had the person before, by the rules of the campaign's contracts. */
async function seenBy(
  deps: ApiDeps,
  { rules, lead, atMs }: { rules: VersionedRules; lead: Lead; atMs: number },
): Promise<SeenBy> {
  const { routing } = campaignIn(rules.world, lead.campaignId);
  const contracts = routing.flatMap((stage) => stage.contracts);
  const questions = repeatQuestions(rules.eligibility.repeats, contracts, lead);
  if (questions.length === 0) return new Map();
  const seen = await deps.findSeen(questions, atMs);
  // A buyer that has this very lead has not had the person before.
  return new Map([...seen].filter(([, { leadId }]) => leadId !== lead.id));
}

/** What is known of caps and turns now, or of another moment: then nothing. */
async function momentOf(
  deps: ApiDeps,
  { rules, campaignId, at }: { rules: VersionedRules; campaignId: string; at: string },
) {
  const { world } = rules;
  const { routing } = campaignIn(world, campaignId);
  const isNow = at === 'now';
  const atMs = isNow ? Date.now() : Date.parse(at);
  const caps = isNow ? await deps.readCaps(cappedBuyers(world, campaignId)) : undefined;
  const rotations: ReadonlyMap<string, Rotation> = isNow
    ? await deps.listRotations(campaignId)
    : new Map();
  const stages = routing.map((stage): StageInquiry => {
    const turns = (route: StageRoute) =>
      isNow ? (rotations.get(rotationOf(route)) ?? { credits: {}, turn: 1 }) : undefined;
    const known = { atMs, live: NOTHING_FULL, turns, ...(caps && { caps }) };
    return { stage, known, reached: null };
  });
  return {
    ...{ atMs, stages },
    asOf: isNow ? ('now' as const) : ('time' as const),
    caps: caps ? ('live' as const) : ('unknown' as const),
    note: caps ? null : whyUnknown(isNow),
  };
}

function whyUnknown(isNow: boolean): string {
  return isNow
    ? 'Temporal does not answer: no cap was judged'
    : 'the use of caps and the turns are known for now only: neither was judged';
}

function cappedBuyers(world: World, campaignId: string): string[] {
  return Object.values(world.contracts)
    .filter(({ campaign, buyer, caps }) => {
      return campaign === campaignId && (caps.length > 0 || world.buyers[buyer]?.caps.length);
    })
    .map(({ buyer }) => buyer);
}

async function currentRules(deps: ApiDeps): Promise<VersionedRules> {
  const rules = await deps.findRules();
  if (!rules) throw new Problem('no_such_version');
  return rules;
}

function campaignIn(world: World, campaignId: string): Campaign {
  const campaign = Object.hasOwn(world.campaigns, campaignId)
    ? world.campaigns[campaignId]
    : undefined;
  if (!campaign) throw new Problem('unknown_campaign');
  return campaign;
}

function scoreBy(world: World, { vertical }: Campaign, lead: Lead): Score {
  const known = world.verticals[vertical];
  if (!known) throw new Error(`no vertical ${vertical}`);
  return scoreLead({ lead, vertical: known, atMs: lead.receivedAtMs, isDisposable });
}
