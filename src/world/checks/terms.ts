// What must hold inside one contract or one vertical, beyond the types of its settings.

import { fieldsNamedBy } from '../../delivery/targets/targets.ts';
import type { Contract } from '../../domain/world/contract.ts';
import type { Field, Vertical } from '../../domain/world/world.ts';
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

/** Each field that is named is one of the vertical, and one of those that the delivery carries. */
export function checkTargets(
  { deliveries }: Contract,
  { fields }: Vertical,
  path: Path,
): WorldIssue[] {
  return deliveries.flatMap(({ step }, index) =>
    fieldsNamedBy(step).flatMap(({ path: within, field }) => {
      const at = [...path, 'deliveries', index, 'options', ...within];
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
