// What a schema cannot see: whether the parts of a world fit each other. Works on whatever could be
// read, so that one broken contract does not hide what is wrong with the others.

import type { Contract } from '../../domain/world/contract.ts';
import type { KeyHash, Vertical, World } from '../../domain/world/world.ts';
import { createValueLists } from '../../eligibility/filters/value-lists.ts';
import { findCallStep } from '../../domain/transfers/step.ts';
import { checkCall } from './calls/phone.ts';
import { listContradictions } from './contradictions.ts';
import { checkOrder } from './delivery/order.ts';
import { checkRequests } from './delivery/requests.ts';
import { checkDoors } from './doors.ts';
import { checkFilter, factsOf } from './filter.ts';
import { checkInHouse } from './in-house.ts';
import { checkIntake, checkSecrets, warnOfIdleRules } from './intake.ts';
import { checkLookups } from './lookups.ts';
import { checkPersonRules } from './persons.ts';
import { checkMargin, checkRouting, listRoutingWarnings } from './routing.ts';
import { checkHourlyPrices, checkSchedule, schedulesOf, warnOfSchedule } from './schedule.ts';
import { checkCaps } from './caps.ts';
import {
  checkContractTerms,
  checkPost,
  checkFieldNames,
  checkTargets,
  checkPostPrice,
} from './terms.ts';
import { warnOfBlindScopes } from '../duplicate-memory.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';
import { ownOf } from '../maps.ts';

export type Section = 'operators' | 'verticals' | 'campaigns' | 'sources' | 'buyers' | 'contracts';

/** All ids of the document, also of entries that could not be read. */
export type KnownIds = Readonly<Record<Section, ReadonlySet<string>>>;

export interface Findings {
  readonly errors: WorldIssue[];
  readonly warnings: WorldIssue[];
}

/**
 * Checks the parts against each other and says everything at once. What is odd only at a moment is
 * told if `nowMs` is given.
 */
export function checkWorld(world: World, known: KnownIds, nowMs?: number): Findings {
  const errors = [
    ...checkReferences(world, known),
    ...checkKeys(world),
    ...checkFeedback(world),
    ...Object.entries(world.verticals).flatMap(([id, { fields }]) =>
      checkFieldNames(fields, ['verticals', id, 'fields']),
    ),
    ...Object.entries(world.campaigns).flatMap(([id, campaign]) => [
      ...checkRouting(world, id, campaign),
      ...checkMargin(world, id, campaign),
      ...checkLookups(world, id, campaign),
    ]),
    ...checkDoors(world),
    ...checkPersonRules(world),
    ...checkIntake(world, known.sources),
    ...checkInHouse(world),
    ...checkBuyers(world, known),
    ...Object.entries(world.contracts).flatMap(([id, contract]) =>
      checkContract(world, known, { id, contract }),
    ),
  ];
  // Warnings are for worlds that can be applied: only those have filters that make sense.
  const warnings =
    errors.length > 0
      ? []
      : [
          ...listWarnings(world),
          ...listFilterWarnings(world, known),
          ...(nowMs === undefined ? [] : listDue(world, nowMs)),
        ];
  return { errors, warnings };
}

/** One part of a world that names another. */
export interface Reference {
  readonly from: Path;
  readonly to: Section;
  readonly id: string;
}

function checkReferences(world: World, known: KnownIds): WorldIssue[] {
  return listReferences(world).flatMap(({ from, to, id }) => {
    if (known[to].has(id)) return [];
    const one = to.slice(0, -1);
    return [issueAt(from, `there is no ${one} "${id}"`, didYouMean(id, known[to]))];
  });
}

/** Every reference in a world, in its order. */
export function listReferences({ campaigns, sources, contracts }: World): Reference[] {
  const found: Reference[] = [];
  const add = (to: Section, id: string, from: Path) => found.push({ to, id, from });
  const addAll = (to: Section, ids: readonly string[], from: Path) =>
    ids.forEach((id, index) => add(to, id, [...from, index]));

  for (const [id, { vertical, routing }] of Object.entries(campaigns)) {
    add('verticals', vertical, ['campaigns', id, 'vertical']);
    routing.forEach((stage, index) =>
      addAll('contracts', stage.contracts, ['campaigns', id, 'routing', index, 'contracts']),
    );
  }
  for (const [id, source] of Object.entries(sources)) {
    addAll('campaigns', source.campaigns, ['sources', id, 'campaigns']);
    for (const [name, { campaign }] of Object.entries(source.doors)) {
      add('campaigns', campaign, ['sources', id, 'doors', name, 'campaign']);
    }
  }
  for (const [id, contract] of Object.entries(contracts)) {
    add('buyers', contract.buyer, ['contracts', id, 'buyer']);
    add('campaigns', contract.campaign, ['contracts', id, 'campaign']);
    addAll('sources', contract.sources.allow ?? [], ['contracts', id, 'sources', 'allow']);
    addAll('sources', contract.sources.deny, ['contracts', id, 'sources', 'deny']);
    contract.adjustments.forEach(({ source }, index) =>
      add('sources', source, ['contracts', id, 'adjustments', index, 'source']),
    );
  }
  return found;
}

/** A key opens one door: two owners of one key could not be told apart. */
function checkKeys({ operators, sources, buyers }: World): WorldIssue[] {
  const owners = new Map<string, string>();
  const issues: WorldIssue[] = [];
  for (const [section, map] of Object.entries({ operators, sources, buyers })) {
    for (const [id, { keys = [] }] of Object.entries<{ keys?: readonly KeyHash[] }>(map)) {
      keys.forEach(({ sha256 }, index) => {
        const owner = owners.get(sha256);
        const path = [section, id, 'keys', index, 'sha256'];
        if (owner !== undefined) issues.push(issueAt(path, `is the key of ${owner} already`));
        owners.set(sha256, `${section}.${id}`);
      });
    }
  }
  return issues;
}

/** Somebody has to prove who he is: by a key in the address, or by a signature. */
function checkFeedback({ buyers }: World): WorldIssue[] {
  return Object.entries(buyers).flatMap(([id, { keys = [], feedback }]) =>
    feedback && keys.length === 0 && !feedback.signature
      ? [issueAt(['buyers', id, 'feedback'], 'anybody could post', 'give it a key or a signature')]
      : [],
  );
}

/** A buyer's caps may ask about the fields of all its campaigns. */
function checkBuyers(world: World, known: KnownIds): WorldIssue[] {
  const fields: Record<string, Vertical['fields']> = {};
  const lookups: Record<string, readonly string[]> = {};
  for (const { buyer, campaign } of Object.values(world.contracts)) {
    const from = ownOf(world.campaigns, campaign);
    const vertical = from?.vertical;
    lookups[buyer] = [...(lookups[buyer] ?? []), ...Object.keys(from?.lookups ?? {})];
    const more = vertical === undefined ? undefined : ownOf(world.verticals, vertical)?.fields;
    // Personal in one of them is personal.
    fields[buyer] = { ...more, ...fields[buyer], ...personalOf(more) };
  }
  return Object.entries(world.buyers).flatMap(([id, { caps, inHouse, members }]) => {
    const vertical = { name: id, fields: ownOf(fields, id) ?? {} };
    const asked = ownOf(lookups, id) ?? [];
    const place = { vertical, sourceIds: known.sources, lookups: asked, isFree: inHouse };
    return [
      ...checkCaps(caps, { ...place, path: ['buyers', id, 'caps'] }),
      ...Object.entries(members ?? {}).flatMap(([name, member]) =>
        checkCaps(member.caps, { ...place, path: ['buyers', id, 'members', name, 'caps'] }),
      ),
    ];
  });
}

function personalOf(fields: Vertical['fields'] = {}): Vertical['fields'] {
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field.personal));
}

function checkContract(
  world: World,
  known: KnownIds,
  { id, contract }: { id: string; contract: Contract },
): WorldIssue[] {
  const path = ['contracts', id];
  const { timeZone } = ownOf(world.buyers, contract.buyer) ?? world;
  const issues = [
    ...checkContractTerms(contract, path),
    ...checkPost(contract, path),
    ...checkPostPrice(contract, ownOf(world.buyers, contract.buyer), path),
    ...checkHourlyPrices(contract, path),
    ...schedulesOf(contract, timeZone, path).flatMap(checkSchedule),
  ];
  const campaign = ownOf(world.campaigns, contract.campaign);
  const vertical = campaign && ownOf(world.verticals, campaign.vertical);
  if (!vertical) return issues;

  const lookups = Object.keys(campaign.lookups);
  const around = { vertical, sourceIds: known.sources, lookups };
  if (contract.filter) {
    issues.push(...checkFilter(contract.filter, { ...around, path: [...path, 'filter'] }));
  }
  issues.push(
    ...checkOrder(contract, { ...around, path }),
    ...checkSecrets(contract, vertical, path),
    ...checkRequests(contract, vertical, path),
    ...checkTargets(contract, vertical, path),
    ...checkCall(contract, vertical, path),
  );
  const capPlace = { ...around, isFree: contract.priceCents === 0 };
  issues.push(...checkCaps(contract.caps, { ...capPlace, path: [...path, 'caps'] }));
  const steps: [Path, readonly string[] | null | undefined][] = [
    [[...path, 'ping', 'fields'], contract.ping?.fields],
    // Those of a call are named elsewhere in it.
    [[...path, 'post', 'fields'], findCallStep(contract) ? null : contract.post?.fields],
    ...contract.deliveries.map((delivery, index): [Path, readonly string[] | null] => [
      [...path, 'deliveries', index, 'fields'],
      delivery.step.fields,
    ]),
  ];
  for (const [at, fields] of steps) {
    fields?.forEach((field, index) => {
      if (Object.hasOwn(vertical.fields, field)) return;
      const near = didYouMean(field, Object.keys(vertical.fields));
      issues.push(issueAt([...at, index], `"${field}" is no field of the vertical`, near));
    });
  }
  return issues;
}

function listFilterWarnings(world: World, known: KnownIds): WorldIssue[] {
  const lists = createValueLists();
  const idle = warnOfIdleRules(world, known.sources, lists);
  const unmet = Object.entries(world.contracts).flatMap(([id, { filter, campaign }]) => {
    const from = ownOf(world.campaigns, campaign);
    const vertical = ownOf(world.verticals, from?.vertical ?? '');
    if (!filter || !from || !vertical) return [];
    const lookups = Object.keys(from.lookups);
    const path = ['contracts', id, 'filter'];
    const place = { path, vertical, sourceIds: known.sources, lookups };
    return listContradictions(filter, { path: place.path, facts: factsOf(place), lists });
  });
  return [...idle, ...unmet];
}

function listWarnings(world: World): WorldIssue[] {
  const { campaigns, buyers, contracts, verticals, operators } = world;
  const routed = new Set(
    Object.values(campaigns).flatMap(({ routing }) => routing.flatMap((stage) => stage.contracts)),
  );
  const buying = new Set(Object.values(contracts).map((contract) => contract.buyer));
  const warnings: WorldIssue[] = [];
  const warn = (path: Path, says: string) => warnings.push(issueAt(path, says));

  if (world.paused) warn(['paused'], 'nothing is sent to any buyer');
  if (Object.keys(operators).length === 0) warn(['operators'], 'nobody may see traces and reports');
  for (const [id, { routing }] of Object.entries(campaigns)) {
    if (routing.length === 0) warn(['campaigns', id, 'routing'], 'no lead of it can be sold');
  }
  for (const id of Object.keys(buyers)) {
    if (!buying.has(id)) warn(['buyers', id], 'has no contract');
  }
  for (const [id, contract] of Object.entries(contracts)) {
    if (!routed.has(id)) warn(['contracts', id], 'stands in no stage, so it is offered nothing');
    const vertical = ownOf(campaigns, contract.campaign)?.vertical;
    const fields = vertical === undefined ? undefined : ownOf(verticals, vertical)?.fields;
    const told = contract.ping?.fields?.filter((name) => fields && ownOf(fields, name)?.personal);
    if (told?.length) {
      warn(['contracts', id, 'ping', 'fields'], `every ping tells ${told.join(', ')}`);
    }
  }
  return [...warnings, ...warnOfBlindScopes(world), ...listRoutingWarnings(world)];
}

/** What is odd about a world now, and was not or will not be at another time. */
function listDue({ contracts, buyers, timeZone }: World, nowMs: number): WorldIssue[] {
  return Object.entries(contracts).flatMap(([id, contract]) => {
    const zone = ownOf(buyers, contract.buyer)?.timeZone ?? timeZone;
    const schedules = schedulesOf(contract, zone, ['contracts', id]);
    return schedules.flatMap((placed) => warnOfSchedule(placed, nowMs));
  });
}
