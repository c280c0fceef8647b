// What an operator should know about the step from one world to the next: caps that are below what
// is used of them, and rules that do not know the past. Where no cap is lowered, nothing is asked.

import { readPaidIn } from '../db/deposits.ts';
import type { Tx } from '../db/pool.ts';
import { readCapCounts } from '../db/reading/cap-counts.ts';
import type { World } from '../domain/world/world.ts';
import { warnOfNewMemories } from '../world/duplicate-memory.ts';
import type { WorldIssue } from '../world/issues.ts';
import { listLowered, warnOfLowered } from '../world/lowered.ts';

/**
 * Warnings of the limits of a new world that are below what is used of them already, and of its
 * duplicate rules that begin anew.
 */
export async function warnOfStep(db: Tx, before: World, after: World): Promise<WorldIssue[]> {
  const lowered = listLowered(before, after, Date.now());
  const forgetful = warnOfNewMemories(before, after);
  if (lowered.length === 0) return forgetful;
  const buyers = [...new Set(lowered.map(({ buyerId }) => buyerId))];
  const [counts, paidIn] = await Promise.all([readCapCounts(db, buyers), readPaidIn(db, buyers)]);
  return [...forgetful, ...warnOfLowered(lowered, counts, paidIn)];
}
