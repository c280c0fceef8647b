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
import type { World } from '../domain/world/world.ts';
import { routingFacts, type Facts } from './facts.ts';
import { type Check, type Compiled, compileContracts } from './checks.ts';
import { compileConditions, type DeliveryConditions } from './leads/conditions.ts';
import { compileLeadRules, type LeadRules } from './leads/rules.ts';
import { compileRepeats, type RepeatRules } from './repeats.ts';
import type { Occurrence } from './schedule.ts';
import { openingWindows, windowsOf } from './windows.ts';

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

/** One lead at one moment. */
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
  /** Only a part of the lead is known yet: what a post lacks may still come. */
  readonly isPing?: boolean;
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

  /**
   * The same for each contract of a list, by its place. What derives from the lead is found once
   * for all, and what derives from the list once for as long as the list itself is kept.
   */
  explainEach(contractIds: readonly ContractId[], asked: Asked): (place: number) => Eligibility;

  /** The rules against repeats: what has to be looked up before `explain` is asked. */
  readonly repeats: RepeatRules;

  /** What validation refuses leads for, by campaign. */
  readonly leadRules: LeadRules;

  /** Which pushes a sold lead does not get, by contract. */
  readonly conditions: DeliveryConditions;

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

const ELIGIBLE: Eligibility = { kind: 'eligible' };

/** Compiles a world. Throws where contracts name what is not there; `parseWorld` says so first. */
export function createEligibility(world: World): EligibilityRules {
  const compiled = compileContracts(world);
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
  // A stage names its contracts in the same list for as long as the world lives.
  const columns = new WeakMap<readonly ContractId[], Columns>();
  const repeats = compileRepeats(world);

  const rules: EligibilityRules = {
    repeats,
    leadRules: compileLeadRules(world),
    conditions: compileConditions(world),

    explain: (contractId, asked) => rules.explainEach([contractId], asked)(0),

    explainEach(contractIds, asked) {
      let checks = columns.get(contractIds);
      if (!checks) columns.set(contractIds, (checks = columnsOf(contractIds.map(compiledOf))));
      return asker(checks, questionOf(asked));
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
  return rules;
}

/** The checks of a list of contracts: all first ones, all second ones, and so on. */
type Columns = readonly (readonly (Check | undefined)[])[];

// Beside each other in memory: a contract that one of the checks it shares refuses is not touched.
function columnsOf(contracts: readonly Compiled[]): Columns {
  const most = Math.max(0, ...contracts.map(({ checks }) => checks.length));
  return Array.from({ length: most }, (_, nth) => contracts.map(({ checks }) => checks[nth]));
}

function asker(columns: Columns, question: Question): (place: number) => Eligibility {
  const { byOperator, isPing } = question;
  const mayPass = (reason: IneligibleReason) =>
    (byOperator && WISHES.has(reason)) || (isPing && reason === 'field_required');
  return (place) => {
    for (const checks of columns) {
      const check = checks[place];
      if (!check) break;
      const refused = check(question);
      if (refused && !mayPass(refused.reason)) return refused;
    }
    return ELIGIBLE;
  };
}

const NONE: Facts = { get: () => undefined, has: () => false };

function withoutScore(facts: Facts): Facts {
  return {
    get: (name) => (name === 'score' ? undefined : facts.get(name)),
    has: (name) => name !== 'score' && facts.has(name),
  };
}
