// The checks of a contract, compiled, in the order in which the first reason is told. Checks that
// say the same of the same lead are one function, whichever contracts have them: of 1,000 contracts
// most share their hours and many their states, and what a lead need not fetch from memory is fast.

import { DAY_MS } from '../domain/calendar.ts';
import type { ContractId } from '../domain/ids.ts';
import type { Contract, SourceRule } from '../domain/world/contract.ts';
import type { Schedule } from '../domain/world/schedule.ts';
import type { Buyer, World } from '../domain/world/world.ts';
import { checkCaps } from './check-caps.ts';
import { checkPause } from './check-pause.ts';
import type { Question } from './explain.ts';
import { type CompiledFilter, compileFilter, type FilterSetting } from './filters/filter.ts';
import { settingOf } from './filters/setting.ts';
import { createValueLists } from './filters/value-lists.ts';
import { type Refused, refuse } from './refusal.ts';
import { seenText } from './repeats.ts';
import { createOpening, type Opening } from './schedule.ts';
import { compileCaps, type CompiledCap } from './windows.ts';

/** One check: undefined when it passes. */
export type Check = (question: Question) => Refused | undefined;

/** A contract, ready to be asked. */
export interface Compiled {
  readonly checks: readonly Check[];
  readonly openingAt: OpeningAt;
  readonly caps: readonly CompiledCap[];
}

type OpeningAt = (atMs: number) => Opening;

/** Compiles the contracts of a world. Throws where they name what is not there. */
export function compileContracts(world: World): ReadonlyMap<ContractId, Compiled> {
  const lists = createValueLists();
  const settings = new Map<string, FilterSetting>();
  for (const [name, vertical] of Object.entries(world.verticals)) {
    settings.set(name, settingOf(vertical, lists));
  }
  const shared = createShared();
  return new Map(
    Object.entries(world.contracts).map(([id, contract]) => [
      id,
      compile({ world, settings, shared }, id, contract),
    ]),
  );
}

/** What contracts of one world have in common. */
function createShared() {
  const openings = new Map<string, OpeningAt>();
  const hours = new Map<OpeningAt, Check>();
  const filters = new Map<CompiledFilter, Check>();
  const scores = new Map<number, Check>();
  return {
    openingOf: (schedule: Schedule | null, timeZone: string) =>
      once(openings, schedule === null ? '' : `${timeZone} ${JSON.stringify(schedule)}`, () =>
        createOpening(schedule, timeZone),
      ),
    checkHours: (openingAt: OpeningAt) => once(hours, openingAt, () => checkOpening(openingAt)),
    checkFilter: (filter: CompiledFilter) => once(filters, filter, () => checkFilter(filter)),
    checkScore: (minScore: number) => once(scores, minScore, () => checkScore(minScore)),
  };
}

function once<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

function compile(
  of: {
    readonly world: World;
    readonly settings: ReadonlyMap<string, FilterSetting>;
    readonly shared: ReturnType<typeof createShared>;
  },
  contractId: ContractId,
  contract: Contract,
): Compiled {
  const { world, settings, shared } = of;
  const { buyer: buyerId, campaign: campaignId, schedule, filter, minScore } = contract;
  const buyer = world.buyers[buyerId];
  const campaign = world.campaigns[campaignId];
  const vertical = campaign && world.verticals[campaign.vertical];
  const setting = campaign && settings.get(campaign.vertical);
  if (!buyer || !vertical || !setting) throw new Error(`contract ${contractId} is incomplete`);
  const { timeZone, membership } = buyer;
  const openingAt = shared.openingOf(schedule, timeZone);
  const memberHours = membership?.schedule ?? null;
  const caps = compileCaps({
    ...{ contractId, contractCaps: contract.caps, schedule },
    ...{ buyerId, buyerCaps: buyer.caps, balance: buyer.balance, timeZone },
    ...{ teamCaps: membership?.teamCaps, vertical, setting },
  });
  const checks = [
    checkPause(world, { buyer, campaign, contract }),
    checkSource(contract.sources),
    checkFields(contract),
    filter === null ? undefined : shared.checkFilter(compileFilter(filter, setting)),
    minScore <= 0 ? undefined : shared.checkScore(minScore),
    checkRepeats(contractId, contract, buyer),
    schedule === null ? undefined : shared.checkHours(openingAt),
    memberHours && shared.checkHours(shared.openingOf(memberHours, timeZone)),
    checkCaps({ id: contractId, contract }, caps, openingAt),
  ].filter((check) => check != null);
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

function checkFilter(matches: CompiledFilter): Check {
  // The verdict about one lead is one object, however many contracts ask for it.
  let last: { readonly verdict: object; readonly refused: Refused } | undefined;
  return ({ facts }) => {
    const verdict = matches(facts);
    if (verdict.ok) return undefined;
    if (last?.verdict !== verdict) {
      last = { verdict, refused: refuse('filter_not_met', verdict.detail) };
    }
    return last.refused;
  };
}

function checkScore(minScore: number): Check {
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

function checkOpening(openingAt: OpeningAt): Check {
  return ({ atMs }) => {
    const opening = openingAt(atMs);
    return opening.open ? undefined : refuse('outside_schedule', opening.detail, opening.untilMs);
  };
}
