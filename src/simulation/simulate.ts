// Recorded leads run again under another world, in the order in which they came: one after the
// other, later rounds of leads that waited between them. Pure: nothing is asked, sent or stored.

import type { Change } from '../domain/caps/caps.ts';
import type { BuyerId, ContractId } from '../domain/ids.ts';
import { type AttemptState, type LeadStatus, TAKES_PLACE } from '../domain/lead.ts';
import { type Cents, cents } from '../domain/money.ts';
import { unsoldReasonOf } from '../domain/outcome.ts';
import {
  type LeadSale,
  recordedDraws,
  type RecordedLead,
  recordedPlan,
  recordedRoute,
  recordedWait,
} from '../domain/recorded.ts';
import type { UnsoldReason } from '../domain/reasons.ts';
import { payoutFor } from '../domain/routing/pricing.ts';
import type { Hold } from '../domain/waiting.ts';
import type { World } from '../domain/world/world.ts';
import { roundPlan } from '../eligibility/holding.ts';
import type { Rules } from '../routing/stage.ts';
import { createPersons, type Persons } from './persons.ts';
import { createRoom } from './room.ts';
import { type Memory, type Round, walkRound } from './round.ts';
import { createTurns } from './turns.ts';

/** What a lead comes to under the other world. */
export interface SimulatedLead {
  readonly recorded: RecordedLead;
  readonly status: LeadStatus;
  /** In the order of offers. */
  readonly sales: readonly LeadSale[];
  /** Of an unsold one, or one that waits. */
  readonly reason: UnsoldReason | null;
  /** It rests on an answer or a bid of a buyer that was not asked then. */
  readonly assumed: boolean;
  /** The rounds that were simulated; none for a lead that is told as it was. */
  readonly rounds: readonly Round[];
}

/** What a simulation begins with. */
export interface Beginning {
  /** The world in which leads are run again. */
  readonly rules: Rules;
  /** A version by which a lead was routed; undefined if it cannot be read any more. */
  versionAt(version: number): Rules | undefined;
  /** The use of caps before the first lead, by buyer. */
  readonly used: ReadonlyMap<BuyerId, readonly Change[]>;
}

export interface Simulation {
  readonly persons: Persons;
  /** Runs the next lead; tells every lead that has come to its end by then. */
  run(recorded: RecordedLead): SimulatedLead[];
  /** Runs what is left of leads that waited, one at each call; undefined when there is none. */
  finish(): SimulatedLead[] | undefined;
  /** Rotations that began with nothing owed. */
  freshTurns(): readonly string[];
}

/** A lead between two rounds. */
interface Waiting {
  readonly atMs: number;
  readonly round: Round;
  readonly before: readonly Round[];
}

export function createSimulation({ rules, versionAt, used }: Beginning): Simulation {
  const persons = createPersons(rules.eligibility.repeats);
  const memory: Memory = {
    ...{ rules, versionAt, persons },
    room: createRoom(used),
    turns: createTurns(rules),
  };
  const waiting: Waiting[] = [];

  function walk(round: Round, before: readonly Round[]): SimulatedLead[] {
    walkRound(memory, round);
    const rounds = [...before, round];
    const end = endOf(rules.world, rounds);
    const next = end.status === 'unsold' ? nextRound(memory, rounds) : undefined;
    if (!next) {
      settle(memory, round.recorded, rounds);
      return [end.status === 'unsold' ? { ...end, status: restOf(memory, rounds) } : end];
    }
    const at = waiting.findIndex(({ atMs }) => atMs > next.atMs);
    const entry = { atMs: next.atMs, round: next, before: rounds };
    waiting.splice(at < 0 ? waiting.length : at, 0, entry);
    return [];
  }

  function walkNext(): SimulatedLead[] {
    const next = waiting.shift();
    return next ? walk(next.round, next.before) : [];
  }

  return {
    persons,
    freshTurns: memory.turns.fresh,
    run(recorded) {
      const ended: SimulatedLead[] = [];
      for (
        let [next] = waiting;
        next && next.atMs <= recorded.lead.receivedAtMs;
        [next] = waiting
      ) {
        ended.push(...walkNext());
      }
      const first = firstRound(memory, recorded);
      return [...ended, ...(typeof first === 'string' ? [asItWas(first)] : walk(first, []))];

      function asItWas(why: 'stands' | 'gone'): SimulatedLead {
        const none = { recorded, assumed: false, rounds: [], reason: null };
        if (why === 'stands') {
          countAsRecorded(memory, recorded);
          return { ...none, status: recorded.status, sales: recorded.sales };
        }
        settle(memory, recorded, []);
        return { ...none, status: 'unsold', sales: [], reason: 'no_contracts' };
      }
    },
    finish: () => (waiting.length > 0 ? walkNext() : undefined),
  };
}

/** `stands`: decided at intake, or not decided yet. `gone`: the world does not take it any more. */
function firstRound({ rules }: Memory, recorded: RecordedLead): Round | 'stands' | 'gone' {
  const { lead, score, status } = recorded;
  if (score === null || ['received', 'rejected', 'duplicate'].includes(status)) return 'stands';
  const campaign = entryOf(rules.world.campaigns, lead.campaignId);
  const source = entryOf(rules.world.sources, lead.sourceId);
  if (!campaign || !source?.campaigns.includes(lead.campaignId)) return 'gone';
  return {
    ...{ recorded, campaign, score, round: 1, version: lead.worldVersion, choice: null },
    ...{ past: new Map(), stages: [], offers: [], taken: [], drawn: new Set() },
    ...{ atMs: lead.receivedAtMs, assumed: false, cutShort: false },
  };
}

function entryOf<T>(entries: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(entries, id) ? entries[id] : undefined;
}

/** The round that was recorded after these, if the lead would still be kept by then. */
function nextRound({ rules }: Memory, rounds: readonly Round[]): Round | undefined {
  const last = rounds.at(-1);
  if (!last) return undefined;
  const { recorded, campaign, score } = last;
  const round = last.round + 1;
  const plan = recordedPlan(recorded, round);
  const hold = holdOf(rules, recorded);
  if (!plan || !hold) return undefined;
  const [stage] = plan.stages;
  const route = stage === undefined ? undefined : recordedRoute(recorded, round, { stage });
  const dueMs = recordedWait(recorded, last.round)?.wakeAtMs ?? last.atMs;
  const atMs = route?.atMs ?? dueMs;
  // An operator may offer a lead whatever the clock says.
  if (dueMs > hold.untilMs && plan.contractId === undefined) return undefined;
  return {
    ...{ recorded, campaign, score, round, version: plan.worldVersion },
    ...{ choice: plan.contractId ?? null, past: pastOf(rounds) },
    ...{ stages: [], offers: [], taken: [], drawn: new Set() },
    ...{ atMs, assumed: false, cutShort: false },
  };
}

/** Whether an unsold lead is kept after its last round, or over. */
function restOf({ rules }: Memory, rounds: readonly Round[]): 'unsold' | 'waiting' {
  const last = rounds.at(-1);
  const hold = last && holdOf(rules, last.recorded);
  if (!last || !hold || last.atMs >= hold.untilMs) return 'unsold';
  const { recorded, round } = last;
  const { status } = recorded;
  const wasKept = round > 1 || recordedWait(recorded, round) !== undefined;
  // It went the whole way that was recorded: it ends as it ended.
  if (wasKept && round === recorded.rounds && status === 'unsold') return status;
  return 'waiting';
}

function holdOf({ world }: Rules, { lead }: RecordedLead): Hold | undefined {
  return roundPlan({ version: 0, world }, lead).hold;
}

/** How the offers of these rounds ended, where they were sent. */
function pastOf(rounds: readonly Round[]): ReadonlyMap<ContractId, AttemptState> {
  const ended = rounds.flatMap(({ offers }) =>
    offers.flatMap(({ candidate: { contractId }, report: { kind } }) =>
      kind === 'not_offered' || kind === 'not_sent' ? [] : [[contractId, kind] as const],
    ),
  );
  return new Map(ended);
}

function endOf(world: World, rounds: readonly Round[]): SimulatedLead {
  const last = rounds.at(-1);
  if (!last) throw new Error('a lead without a round');
  const { recorded } = last;
  const told = {
    ...{ recorded, rounds },
    sales: salesOf(world, last),
    assumed: rounds.some(({ assumed }) => assumed),
    reason: null,
  };
  if (told.sales.length > 0) return { ...told, status: 'sold' };
  if (last.offers.some(({ report }) => report.kind === 'in_doubt')) {
    return { ...told, status: 'in_doubt' };
  }
  return { ...told, status: 'unsold', reason: unsoldReasonOf(last) };
}

function salesOf(world: World, { recorded, offers }: Round): LeadSale[] {
  const payout = world.sources[recorded.lead.sourceId]?.payout;
  const sales: LeadSale[] = [];
  for (const { candidate, report } of offers) {
    if (report.kind !== 'accepted') continue;
    const { priceCents, buyerId } = report;
    const payoutCents: Cents = payout ? payoutFor(payout, priceCents, sales.length) : cents(0);
    sales.push({ contractId: candidate.contractId, buyerId, priceCents, payoutCents });
  }
  return sales;
}

/** A lead that is not simulated keeps the room that it has. */
function countAsRecorded({ room }: Memory, { attempts }: RecordedLead): void {
  for (const { state, buyerId, capWindows, plannedAtMs } of attempts) {
    if (TAKES_PLACE.has(state)) room.count({ buyerId, windows: capWindows, atMs: plannedAtMs });
  }
}

/** Notes what the lead took, or drew, otherwise than it did. */
function settle({ room, turns }: Memory, recorded: RecordedLead, rounds: readonly Round[]): void {
  const use = new Map<string, number>();
  const add = (windows: readonly { key: string; amount: number }[], sign: 1 | -1) => {
    for (const { key, amount } of windows) use.set(key, (use.get(key) ?? 0) + sign * amount);
  };
  for (const { taken } of rounds) for (const { windows } of taken) add(windows, 1);
  for (const { state, capWindows } of recorded.attempts) {
    if (TAKES_PLACE.has(state)) add(capWindows, -1);
  }
  room.differ([...use].filter(([, amount]) => amount !== 0).map(([key]) => key));
  const drawn = new Set(rounds.flatMap((round) => [...round.drawn]));
  for (const route of recordedDraws(recorded)) {
    if (!drawn.has(route)) turns.miss(recorded.lead.campaignId, route);
  }
}
