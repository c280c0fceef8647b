// Runs the leads of a period again, page by page, between the leads that are being sold: it never
// holds the event loop for longer than a few milliseconds. Reads, and changes nothing.

import { setImmediate } from 'node:timers/promises';

import type { RecordedCursor, Period } from '../../db/reading/recorded-leads.ts';
import { isAway } from '../../db/pool.ts';
import type { CampaignId } from '../../domain/ids.ts';
import type { RecordedLead } from '../../domain/recorded.ts';
import { recordedPlan } from '../../domain/recorded.ts';
import { listCapped, listPresentCaps } from '../../eligibility/present-caps.ts';
import type { Rules } from '../../routing/stage.ts';
import { explainChange, isChanged } from '../../simulation/difference.ts';
import {
  createSimulation,
  type SimulatedLead,
  type Simulation,
} from '../../simulation/simulate.ts';
import { createTally } from '../../simulation/tally.ts';
import type { ApiDeps } from '../deps.ts';
import type { WhatIfLine } from '../wire/what-if.ts';
import { toLeadLine, toResult } from './what-if-lines.ts';

/** What is asked. */
export interface WhatIf {
  readonly rules: Rules;
  readonly period: Period;
  readonly campaign: CampaignId | undefined;
  /** Whether each lead that comes to something else is told. */
  readonly tellsLeads: boolean;
  /** How many leads the period has. */
  readonly of: number;
}

const PAGE = 200;
/** A lead that is being sold waits for this long, at most, behind a simulation. */
const SLICE_MS = 8;

type History = Pick<ApiDeps, 'history' | 'findRules'>;

/** The lines of the answer, the result last. Throws where the database is away. */
export async function* runWhatIf(deps: History, asked: WhatIf): AsyncGenerator<WhatIfLine> {
  const { rules, period, campaign, tellsLeads, of } = asked;
  const teams = listCapped(rules.world);
  const versions = new Map<number, Rules>();
  const simulation = createSimulation({
    rules,
    used: await deps.history.readCapsBefore(teams, period),
    versionAt: (version) => versions.get(version),
  });
  const people = new Set<string>();
  const tally = createTally();
  const breathe = createBreath();
  let done = 0;

  function* tell(ended: readonly SimulatedLead[]): Generator<WhatIfLine> {
    for (const lead of ended) {
      if (campaign !== undefined && lead.recorded.lead.campaignId !== campaign) continue;
      tally.add(lead);
      if (!tellsLeads || !isChanged(lead)) continue;
      yield { lead: toLeadLine(lead, explainChange(rules.world, lead)) };
    }
  }

  let begun: Rules | undefined;
  let after: RecordedCursor | undefined;
  do {
    yield { progress: { done, of } };
    const page = await deps.history.listRecorded(period, { after, limit: PAGE });
    await loadVersions(deps, page.leads, versions);
    await learnPersons(deps, { simulation, period, people }, page.leads);
    begun ??= versions.get(page.leads[0]?.lead.worldVersion ?? 0);
    for (const recorded of page.leads) {
      yield* tell(simulation.run(recorded));
      await breathe();
    }
    done += page.leads.length;
    after = page.next;
  } while (after);
  let left = 0;
  for (let ended = simulation.finish(); ended; ended = simulation.finish()) {
    yield* tell(ended);
    await breathe();
    left += 1;
    // Whoever has gone is noticed at a line.
    if (left % PAGE === 0) yield { progress: { done, of } };
  }
  yield { progress: { done, of: Math.max(of, done) } };
  const notes = [
    ...notesOnCaps({ rules, begun, atMs: period.from.getTime() }),
    ...notesOnTurns(simulation.freshTurns()),
  ];
  yield { result: toResult(tally, { period, campaign: campaign ?? null, notes }) };
}

/** Lets others have the thread when it was held for a slice. */
function createBreath(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MS) return;
    await setImmediate();
    since = performance.now();
  };
}

/** The versions by which leads were routed. */
async function loadVersions(
  deps: History,
  leads: readonly RecordedLead[],
  known: Map<number, Rules>,
): Promise<void> {
  const wanted = leads.flatMap((each) => {
    const later = Array.from({ length: each.rounds - 1 }, (_, index) => index + 2);
    const plans = later.flatMap((round) => recordedPlan(each, round)?.worldVersion ?? []);
    return [each.lead.worldVersion, ...plans];
  });
  for (const version of new Set(wanted)) {
    if (known.has(version)) continue;
    const rules = await deps.findRules(version).catch((error: unknown) => {
      // A version that the rules of today refuse: its leads are judged by what is counted.
      if (isAway(error)) throw error;
      return undefined;
    });
    if (rules) known.set(version, rules);
  }
}

/** Whom buyers had before the period, of the persons on this page. */
async function learnPersons(
  deps: History,
  of: { simulation: Simulation; period: Period; people: Set<string> },
  leads: readonly RecordedLead[],
): Promise<void> {
  const { persons } = of.simulation;
  const keys = leads
    .flatMap(({ lead }) => persons.keysOf(lead))
    .filter((key) => {
      const name = JSON.stringify([key.fields, key.values]);
      return !of.people.has(name) && of.people.add(name);
    });
  if (keys.length === 0) return;
  for (const { key, ...had } of await deps.history.findHadBefore(keys, of.period.from)) {
    persons.note(key, had);
  }
}

const MOST_NAMED = 5;

/** Caps that nothing was counted for before: their windows begin empty. */
function notesOnCaps(of: { rules: Rules; begun: Rules | undefined; atMs: number }): string[] {
  const { rules, begun, atMs } = of;
  if (!begun) return [];
  const keysOf = ({ world }: Rules) => {
    const caps = [...listPresentCaps(world, listCapped(world), atMs).values()].flat();
    return caps.map((cap) => cap.key);
  };
  const before = new Set(keysOf(begun));
  const added = keysOf(rules).filter((each) => !before.has(each));
  if (added.length === 0) return [];
  return [`caps that nothing was counted in before the first lead: ${listed(added)}`];
}

function notesOnTurns(fresh: readonly string[]): string[] {
  if (fresh.length === 0) return [];
  return [`turns that began with nothing owed: ${listed(fresh)}`];
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
