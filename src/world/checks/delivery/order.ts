// When deliveries are made: their conditions ask about the lead, and their order can be kept.

import { targetOf } from '../../../delivery/targets/targets.ts';
import type { Contract } from '../../../domain/world/contract.ts';
import { didYouMean, issueAt, type WorldIssue } from '../../issues.ts';
import { checkFilter, type FilterPlace } from '../filter.ts';
import { placesOf } from '../intake.ts';

/** Each condition, and each name of the delivery that comes before. */
export function checkOrder({ deliveries }: Contract, place: FilterPlace): WorldIssue[] {
  return deliveries.flatMap(({ when, after }, index) => {
    const at = [...place.path, 'deliveries', index];
    const issues: WorldIssue[] = [];
    if (when) {
      const path = [...at, 'when'];
      const scored = placesOf(when, path).map(({ path: where, field }) => {
        const says = `a delivery does not ask about ${field === 'score' ? 'the score' : 'flags'}`;
        return issueAt(where, says, 'ask in the contract’s filter');
      });
      issues.push(...checkFilter(when, { ...place, path }), ...scored);
    }
    const above = deliveries.slice(0, index);
    const before = above.find(({ name }) => name === after);
    if (after && !before) {
      const says = `"${after}" is no delivery above this one`;
      issues.push(
        issueAt(
          [...at, 'after'],
          says,
          didYouMean(
            after,
            above.map(({ name }) => name),
          ),
        ),
      );
    }
    if (before && targetOf(before.step).batch) {
      const says = `"${after}" sends leads together, and confirms none when it is made`;
      issues.push(issueAt([...at, 'after'], says, 'leave it out, or name another'));
    }
    return issues;
  });
}
