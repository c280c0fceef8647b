// What must hold inside one contract or one vertical, beyond the types of its settings.

import { fieldsNamedBy, isTargetStep, targetOf } from '../../delivery/targets/targets.ts';
import type { Cap } from '../../domain/world/cap.ts';
import type { Contract } from '../../domain/world/contract.ts';
import type { Buyer, Field, Vertical } from '../../domain/world/world.ts';
import { LEAD_FACTS } from '../../domain/facts.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';

/** Price or ping, floors that bids can reach, deliveries that are told apart. */
export function checkContractTerms(contract: Contract, path: Path): WorldIssue[] {
  const { priceCents, ping, floorCents, maxBidCents, adjustments, deliveries } = contract;
  const issues: WorldIssue[] = [];
  if (priceCents === null && ping === null) {
    issues.push(
      issueAt(path, 'wants price_cents or ping', 'a fixed price, or a question for a bid'),
    );
  }
  if (priceCents !== null && ping !== null) {
    const says = 'has price_cents and ping: the bid is the price';
    issues.push(issueAt([...path, 'price_cents'], says, 'leave one of them out'));
  }
  if (ping !== null && floorCents > maxBidCents) {
    issues.push(issueAt([...path, 'floor_cents'], 'is above max_bid_cents: no bid can count'));
  }
  const adjusted = new Set<string>();
  adjustments.forEach(({ source }, index) => {
    if (adjusted.has(source)) {
      const at = [...path, 'adjustments', index, 'source'];
      issues.push(issueAt(at, `${source} has an adjustment already`, 'one for a source'));
    }
    adjusted.add(source);
  });
  const names = new Set<string>();
  deliveries.forEach(({ name }, index) => {
    if (names.has(name)) {
      const at = [...path, 'deliveries', index, 'name'];
      issues.push(issueAt(at, `two deliveries are called ${name}`));
    }
    names.add(name);
  });
  return issues;
}

const isRollingMoney = ({ per, measure }: Cap) => per === 'rolling' && measure === 'cents';

/**
 * A price may only be taken where the room that it uses can follow: what it rises by was never
 * held, and of a rolling cap nobody knows later in which part of its hours it was counted.
 */
export function checkPostPrice(
  { postPrice, caps, schedule, maxBidCents }: Contract,
  buyer: Buyer | undefined,
  path: Path,
): WorldIssue[] {
  if (!postPrice) return [];
  const { whenLower, whenHigher, minCents } = postPrice;
  const at = [...path, 'post_price'];
  const opened = [...(schedule?.windows ?? []), ...(schedule?.openOn ?? [])];
  const hourly = opened.flatMap((hours) => hours.caps);
  const counted = [...caps, ...hourly, ...(buyer?.caps ?? [])].filter(
    ({ measure }) => measure === 'cents',
  );
  const issues: WorldIssue[] = [];
  if (whenHigher === 'take' && (counted.length > 0 || buyer?.balance)) {
    const says = 'take does not go with a cap in cents or a balance: no room is held for more';
    issues.push(issueAt([...at, 'when_higher'], says, 'keep or ask'));
  }
  if (whenLower === 'take' && [...caps, ...(buyer?.caps ?? [])].some(isRollingMoney)) {
    const says = 'take does not go with a rolling cap in cents: its room cannot follow';
    issues.push(issueAt([...at, 'when_lower'], says, 'keep or ask, or another period'));
  }
  if (minCents > maxBidCents) {
    issues.push(issueAt([...at, 'min_cents'], 'is above max_bid_cents: no price can be taken'));
  }
  return issues;
}

/** A post that waits for others says nothing about its own lead. */
export function checkPost({ post }: Contract, path: Path): WorldIssue[] {
  if (!post || !isTargetStep(post) || !targetOf(post).batch) return [];
  const says = 'sends leads together: a post is answered by itself';
  return [
    issueAt([...path, 'post', 'options'], says, 'leave out its times, or make it a delivery'),
  ];
}

/** Each field that is named is one of the vertical, and one of those that the delivery carries. */
export function checkTargets(
  { post, deliveries }: Contract,
  { fields }: Vertical,
  path: Path,
): WorldIssue[] {
  const steps = deliveries.map(({ step }, index) => ({
    step,
    under: ['deliveries', index] as Path,
  }));
  return [...(post ? [{ step: post, under: ['post'] as Path }] : []), ...steps].flatMap(
    ({ step, under }) =>
      fieldsNamedBy(step).flatMap(({ path: within, field }) => {
        const at = [...path, ...under, 'options', ...within];
        if (!Object.hasOwn(fields, field)) {
          const near = didYouMean(field, Object.keys(fields));
          return [issueAt(at, `"${field}" is no field of the vertical`, near)];
        }
        if (step.fields === null || step.fields.includes(field)) return [];
        return [issueAt(at, `"${field}" is not among its fields`, 'add it there, or leave it out')];
      }),
  );
}

/** Names of facts that every lead has are not free for fields; `age` is, for a number. */
export function checkFieldNames(fields: Readonly<Record<string, Field>>, path: Path): WorldIssue[] {
  return [...LEAD_FACTS, 'age'].flatMap((name) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field || (name === 'age' && field.type === 'number')) return [];
    const says = name === 'age' ? '"age" is a number' : `"${name}" is a fact of every lead`;
    return [issueAt([...path, name], says, 'call the field something else')];
  });
}
