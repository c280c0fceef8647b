// Counts what is used of the caps that a new world lowers. Where it lowers none, nothing is asked.

import { readPaidIn } from '../db/deposits.ts';
import type { Tx } from '../db/pool.ts';
import { readCapCounts } from '../db/reading/cap-counts.ts';
import type { World } from '../domain/world/world.ts';
import type { WorldIssue } from '../world/issues.ts';
import { listLowered, warnOfLowered } from '../world/lowered.ts';

/** Warnings of the limits of a new world that are below what is used of them already. */
export async function warnOfUse(db: Tx, before: World, after: World): Promise<WorldIssue[]> {
  const lowered = listLowered(before, after, Date.now());
  if (lowered.length === 0) return [];
  const buyers = [...new Set(lowered.map(({ buyerId }) => buyerId))];
  const [counts, paidIn] = await Promise.all([readCapCounts(db, buyers), readPaidIn(db, buyers)]);
  return warnOfLowered(lowered, counts, paidIn);
}
