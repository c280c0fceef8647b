// What must hold for the operator's own sales people: no price, no bids, and a team has members.

import type { World } from '../../domain/world/world.ts';
import { issueAt, type WorldIssue } from '../issues.ts';

/** Buyers in-house with their members, and who needs a post. */
export function checkInHouse({ buyers, contracts }: World): WorldIssue[] {
  const issues: WorldIssue[] = [];
  for (const [id, { inHouse, members }] of Object.entries(buyers)) {
    if (!members) continue;
    const path = ['buyers', id, 'members'];
    if (!inHouse) {
      issues.push(issueAt(path, 'only a buyer in-house has members', 'add in_house: true'));
    }
    if (Object.keys(members).length === 0) {
      const fix = 'name one, or leave members out for one rep';
      issues.push(issueAt(path, 'a team wants at least one member', fix));
    }
  }
  for (const [id, { buyer: buyerId, priceCents, ping, post }] of Object.entries(contracts)) {
    const buyer = Object.hasOwn(buyers, buyerId) ? buyers[buyerId] : undefined;
    const path = ['contracts', id];
    if (buyer?.inHouse && priceCents !== null && priceCents > 0) {
      const says = `${buyerId} is in-house and pays nothing`;
      issues.push(issueAt([...path, 'price_cents'], says, 'leave it out'));
    }
    if (buyer?.inHouse && ping !== null) {
      const says = `${buyerId} is in-house and is asked for no bid`;
      issues.push(issueAt([...path, 'ping'], says, 'leave it out'));
    }
    if (buyer && !buyer.inHouse && post === null) {
      const fix = `only in-house none is needed: in_house: true at buyers.${buyerId}`;
      issues.push(issueAt([...path, 'post'], 'is missing', fix));
    }
  }
  return issues;
}
