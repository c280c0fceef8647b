// Why a contract may not be offered a lead: the one reason that decided, in a fixed order of
// checks. Everything is compiled once per world, so that a lead asks 1,000 contracts in
// milliseconds.

import type { CapWindow } from '../domain/caps/caps.ts';
import { factFieldsOf, type FactFields } from '../domain/facts.ts';
import type { CampaignId, ContractId } from '../domain/ids.ts';
import type { Lead, WhyNot } from '../domain/lead.ts';
import type { Cents } from '../domain/money.ts';
import type { SeenBefore } from '../domain/person.ts';
import type { IneligibleReason } from '../domain/reasons.ts';
import type { Contract, SourceRule } from '../domain/world/contract.ts';
import type { Schedule } from '../domain/world/schedule.ts';
import type { Buyer, World } from '../domain/world/world.ts';
import { routingFacts, type Facts } from './facts.ts';
import { compileFilter, type FilterSetting, type FilterVerdict } from './filters/filter.ts';
import { settingOf } from './filters/setting.ts';
import { compileRepeats, type RepeatRules, seenText } from './repeats.ts';
import { checkCaps } from './check-caps.ts';
import { checkPause } from './check-pause.ts';
import { type Refused, refuse } from './refusal.ts';
import { createOpening, type Occurrence, type Opening } from './schedule.ts';
import { createValueLists } from './filters/value-lists.ts';
import { compileCaps, type CompiledCap, openingWindows, windowsOf } from './windows.ts';

export type Eligibility =
  { readonly kind: 'eligible' } | ({ readonly kind: 'refused' } & Omit<WhyNot, 'contractId'>);

/** What is known at this moment and stands in no world. */
export interface Live {
  /** How full a cap window is, if it is remembered as too full for a lead, or for `leastCents`. */
  deniedKey(key: string, limit: number, leastCents?: number): FullCap | undefined;
}

/** A cap window without room: for people (`40 of 40 leads`), and until when; null = for ever. */
export interface FullCap {
  readonly detail: string;
  readonly endsAtMs: number | null;
}

/** One lead at one moment. Ask all contracts with one object: what derives from it is kept. */
export interface Asked {
  readonly lead: Lead;
  readonly score: number;
  readonly live: Live;
  readonly atMs: number;
  /** What was found for the questions of `repeats`, by contract; absent: nothing was asked. */
  readonly seen?: ReadonlyMap<ContractId, SeenBefore>;
  /** What every bid of the stage has to reach. */
  readonly floorCents?: Cents;
  /** An operator chose the contract: what it wishes for does not matter, what binds it does. */
  readonly byOperator?: boolean;
}

/** What a contract wishes for, and an operator may overrule. */
const WISHES: ReadonlySet<IneligibleReason> = new Set<IneligibleReason>([
  'source_not_allowed',
  'filter_not_met',
  'score_too_low',
  'outside_schedule',
]);

export interface EligibilityRules {
  /**
   * Whether a contract may be offered the lead, or the first reason why not, in this order: paused,
   * source_not_allowed, field_required, filter_not_met, score_too_low, seen_before,
   * outside_schedule, cap_reached. Changes nothing. Throws for a contract that the world does not
   * have.
   */
  explain(contractId: ContractId, asked: Asked): Eligibility;
  /** The rules against repeats: what has to be looked up before `explain` is asked. */
  readonly repeats: RepeatRules;

  /**
   * The opening of the contract's hours that an instant is in, with its price and caps; null where
   * it is closed or has no schedule. Throws for a contract that the world does not have.
   */
  windowAt(contractId: ContractId, atMs: number): Occurrence | null;

  /**
   * The cap windows that an offer of the lead at a price takes room in. `score` is undefined where
   * it is not known: caps that ask for it then do not count the lead.
   */
  capWindows(contractId: ContractId, offer: Offered): CapWindow[];
}

/** A lead that is about to be offered. */
export interface Offered {
  readonly lead: Lead;
  readonly score: number | undefined;
  readonly atMs: number;
  readonly priceCents: Cents;
  /** When it was routed, where its price or a cap is that of the hours of then. */
  readonly routedAtMs?: number | undefined;
}

export type Question = Asked & { readonly facts: Facts; readonly isSourcePaused: boolean };

/** One check: undefined when it passes. */
type Check = (question: Question) => Refused | undefined;

const DAY_MS = 24 * 60 * 60 * 1000;

type OpeningAt = (atMs: number) => Opening;

/** A contract, ready to be asked. */
interface Compiled {
  readonly checks: readonly Check[];
  readonly openingAt: OpeningAt;
  readonly caps: readonly CompiledCap[];
}

const ELIGIBLE: Eligibility = { kind: 'eligible' };

/** Compiles a world. Throws where contracts name what is not there; `parseWorld` says so first. */
export function createEligibility(world: World): EligibilityRules {
  const compiled = new Map<ContractId, Compiled>();
  const lists = createValueLists();
  const settings = new Map<string, FilterSetting>();
  for (const [name, vertical] of Object.entries(world.verticals)) {
    settings.set(name, settingOf(vertical, lists));
  }
  for (const [id, contract] of Object.entries(world.contracts)) {
    compiled.set(id, compile(world, settings, { id, contract }));
  }
  const factFields = new Map<CampaignId, FactFields>();
  for (const [id, { vertical }] of Object.entries(world.campaigns)) {
    factFields.set(id, factFieldsOf(world.verticals[vertical]?.fields ?? {}));
  }
  const compiledOf = (contractId: ContractId): Compiled => {
    const found = compiled.get(contractId);
    if (!found) throw new Error(`no contract ${contractId} in the world`);
    return found;
  };
  const factsOf = (lead: Lead, moment: { score: number; atMs: number }): Facts =>
    routingFacts(lead, moment, factFields.get(lead.campaignId) ?? factFieldsOf({}));
  const questionOf = (asked: Asked): Question => {
    const { sourceId } = asked.lead;
    const source = Object.hasOwn(world.sources, sourceId) ? world.sources[sourceId] : undefined;
    const isSourcePaused = source?.paused ?? false;
    return { ...asked, facts: factsOf(asked.lead, asked), isSourcePaused };
  };
  // Of the lead that was asked about last: all contracts are asked in one go.
  let last: { readonly asked: Asked; readonly question: Question } | undefined;
  const repeats = compileRepeats(world);

  return {
    repeats,

    explain(contractId, asked) {
      const { checks } = compiledOf(contractId);
      if (last?.asked !== asked) {
        last = { asked, question: questionOf(asked) };
      }
      const { question } = last;
      for (const check of checks) {
        const refused = check(question);
        if (refused && !(asked.byOperator && WISHES.has(refused.reason))) return refused;
      }
      return ELIGIBLE;
    },

    windowAt(contractId, atMs) {
      const opening = compiledOf(contractId).openingAt(atMs);
      return opening.open ? opening.window : null;
    },

    capWindows(contractId, { lead, score, atMs, priceCents, routedAtMs }) {
      const { caps, openingAt } = compiledOf(contractId);
      const opening = routedAtMs === undefined ? undefined : openingAt(routedAtMs);
      const window = opening?.open ? opening.window : null;
      const asksLead = caps.some((cap) => cap.perLead);
      const facts = asksLead ? factsOf(lead, { score: score ?? 0, atMs }) : NONE;
      const known = score === undefined ? withoutScore(facts) : facts;
      return [
        ...windowsOf(caps, { facts: known, atMs, priceCents }),
        ...(window ? openingWindows(contractId, window, priceCents) : []),
      ];
    },
  };
}

const NONE: Facts = { get: () => undefined, has: () => false };

function withoutScore(facts: Facts): Facts {
  return {
    get: (name) => (name === 'score' ? undefined : facts.get(name)),
    has: (name) => name !== 'score' && facts.has(name),
  };
}

function compile(
  world: World,
  settings: ReadonlyMap<string, FilterSetting>,
  { id: contractId, contract }: { id: ContractId; contract: Contract },
): Compiled {
  const { buyer: buyerId, campaign: campaignId } = contract;
  const buyer = world.buyers[buyerId];
  const campaign = world.campaigns[campaignId];
  const vertical = campaign && world.verticals[campaign.vertical];
  const setting = campaign && settings.get(campaign.vertical);
  if (!buyer || !vertical || !setting) throw new Error(`contract ${contractId} is incomplete`);
  const openingAt = createOpening(contract.schedule, buyer.timeZone);
  const caps = compileCaps({
    ...{ contractId, contractCaps: contract.caps, schedule: contract.schedule },
    ...{ buyerId, buyerCaps: buyer.caps, balance: buyer.balance, timeZone: buyer.timeZone },
    ...{ teamCaps: buyer.membership?.teamCaps, vertical, setting },
  });
  const checks = [
    checkPause(world, { buyer, campaign, contract }),
    checkSource(contract.sources),
    checkFields(contract),
    checkFilter(contract, setting),
    checkScore(contract.minScore),
    checkRepeats(contractId, contract, buyer),
    checkSchedule(contract.schedule, openingAt),
    checkMemberHours(buyer),
    checkCaps({ id: contractId, contract }, caps, openingAt),
  ].filter((check) => check !== undefined);
  return { checks, openingAt, caps };
}

function checkSource({ allow, deny }: SourceRule): Check | undefined {
  if (allow === null && deny.length === 0) return undefined;
  const [allowed, denied] = [allow && new Set(allow), new Set(deny)];
  return ({ lead: { sourceId } }) => {
    if (denied.has(sourceId)) return refuse('source_not_allowed', `${sourceId} is denied`);
    if (allowed && !allowed.has(sourceId)) {
      return refuse('source_not_allowed', `${sourceId} is not among the allowed sources`);
    }
    return undefined;
  };
}

/** A post that lists its fields needs every one of them: data is never invented for a buyer. */
function checkFields({ post }: Contract): Check | undefined {
  const fields = post?.fields;
  if (!fields || fields.length === 0) return undefined;
  return ({ facts }) => {
    const missing = fields.filter((field) => !facts.has(field));
    return missing.length > 0
      ? refuse('field_required', `the lead has no ${missing.join(', no ')}`)
      : undefined;
  };
}

function checkFilter({ filter }: Contract, setting: FilterSetting): Check | undefined {
  if (filter === null) return undefined;
  const matches = compileFilter(filter, setting);
  return ({ facts }) => {
    const verdict: FilterVerdict = matches(facts);
    return verdict.ok ? undefined : refuse('filter_not_met', verdict.detail);
  };
}

function checkScore(minScore: number): Check | undefined {
  if (minScore <= 0) return undefined;
  return ({ score }) =>
    score < minScore
      ? refuse('score_too_low', `the score is ${score}, wants at least ${minScore}`)
      : undefined;
}

function checkRepeats(id: ContractId, contract: Contract, buyer: Buyer): Check | undefined {
  if (!contract.noRepeats && !buyer.noRepeats) return undefined;
  return ({ seen }) => {
    const before = seen?.get(id);
    if (!before) return undefined;
    const untilMs = before.atMs + before.withinDays * DAY_MS;
    return refuse('seen_before', seenText(before), untilMs);
  };
}

function checkMemberHours({ membership, timeZone }: Buyer): Check | undefined {
  const schedule = membership?.schedule ?? null;
  return checkSchedule(schedule, createOpening(schedule, timeZone));
}

function checkSchedule(schedule: Schedule | null, openingAt: OpeningAt): Check | undefined {
  if (schedule === null) return undefined;
  return ({ atMs }) => {
    const opening = openingAt(atMs);
    return opening.open ? undefined : refuse('outside_schedule', opening.detail, opening.untilMs);
  };
}
