// Caps as rows of PostgreSQL, in the shape of the cap desk: one conditional update per hold. What
// anyone would write first; a buyer's holds queue at its row.

import type { CapDesk, HoldRequest } from '../../src/activities/cap-desk.ts';
import type { Pool } from '../../src/db/pool.ts';

/** Makes the table and returns a desk on it. Holds of one buyer are granted one at a time. */
export async function createRowCaps(pool: Pool): Promise<CapDesk> {
  await pool.query(`create table if not exists bench_caps (
    key text primary key, used bigint not null, cap bigint not null)`);
  return {
    async hold(_buyerId, { windows }: HoldRequest) {
      for (const { key, amount, limit } of windows) {
        const held = await pool.query({
          name: 'bench_caps.hold',
          text: `insert into bench_caps as c (key, used, cap) values ($1, $2, $3)
                 on conflict (key) do update set used = c.used + $2, cap = $3
                 where c.used + $2 <= $3`,
          values: [key, amount, limit],
        });
        if (held.rowCount === 0) return { kind: 'denied', detail: `${key} is full`, untilMs: null };
      }
      return { kind: 'granted' };
    },

    async release(_buyerId, { windows }: HoldRequest) {
      for (const { key, amount } of windows) {
        await pool.query({
          name: 'bench_caps.release',
          text: `update bench_caps set used = used - $2 where key = $1`,
          values: [key, amount],
        });
      }
      return true;
    },

    deposit: async () => true,
    correct: async () => true,
    warm: async () => undefined,
    keepLater: () => undefined,
    deniedKey: () => undefined,
    forgetDenials: () => undefined,
  };
}
