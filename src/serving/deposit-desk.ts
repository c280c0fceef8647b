// Deposits and changed prices on their way: stored first,
// then told to the buyer's caps, then to the leads that wait.
// Whatever fails in between, the sweeper goes on with the rows that are not marked yet.

import type { CapDesk } from '../activities/cap-desk.ts';
import {
  listUntold,
  markTold,
  type NewDeposit,
  recordDeposit,
  type Recorded,
  wakeForDeposits,
} from '../db/deposits.ts';
import { listUntoldChanges, markChangesTold } from '../db/doubts/price-changes.ts';
import type { Pool } from '../db/pool.ts';
import type { BuyerId, CampaignId } from '../domain/ids.ts';
import type { World } from '../domain/world/world.ts';

export type DepositDesk = ReturnType<typeof createDepositDesk>;

/** One per process; several tell the same total without harm. */
export function createDepositDesk(deps: {
  readonly pool: Pool;
  readonly desk: Pick<CapDesk, 'deposit' | 'correct'>;
  currentWorld(): World;
}) {
  const { pool, desk } = deps;

  function campaignsOf(buyerId: BuyerId): readonly CampaignId[] {
    const contracts = Object.values(deps.currentWorld().contracts);
    const own = contracts.filter(({ buyer }) => buyer === buyerId);
    return [...new Set(own.map(({ campaign }) => campaign))];
  }

  /** Tells the caps of one buyer, or of all, what they have not confirmed yet. */
  async function tell(buyerId: BuyerId | null): Promise<void> {
    const untold = await listUntold(pool, buyerId);
    // Together: a buyer whose caps do not answer takes two seconds.
    await Promise.all(
      untold.map(async ({ buyerId: of, deposits }) => {
        if (!(await desk.deposit(of, deposits))) return;
        await markTold(pool, { buyerId: of, upTo: deposits.upTo }, campaignsOf(of));
      }),
    );
  }

  /** Tells caps what sales cost that do not cost what was agreed. */
  async function tellPrices(): Promise<void> {
    const untold = await listUntoldChanges(pool);
    await Promise.all(
      untold.map(async ({ buyerId, upTo, corrections }) => {
        const isTold = corrections.length === 0 || (await desk.correct(buyerId, upTo, corrections));
        if (isTold) await markChangesTold(pool, { buyerId, upTo });
      }),
    );
  }

  return {
    /** Stores a deposit once, and tells the buyer's caps if they answer in time. */
    async record(deposit: NewDeposit): Promise<Recorded> {
      const recorded = await recordDeposit(pool, deposit);
      if (recorded.kind === 'conflict' || recorded.deposit.toldAt) return recorded;
      // It is stored: what fails from here on is the sweeper's, and no fault of the caller's.
      await tell(deposit.buyerId).catch(() => undefined);
      return recordDeposit(pool, deposit);
    },

    /** What the sweeper does while Temporal answers. */
    async sweep(): Promise<void> {
      await tell(null);
      await tellPrices();
      await wakeForDeposits(pool);
    },
  };
}
