// `sluice pnl`: the profit and loss report, read from the ledger.

import { renderPnlTable } from '../api/reading/pnl-table.ts';
import { type PnlDimension, readPnl } from '../db/reading/pnl.ts';
import { createPool } from '../db/pool.ts';
import { openWorlds } from '../serving/worlds.ts';
import { CommandError } from './running.ts';

const DIMENSIONS: readonly PnlDimension[] = ['campaign', 'source', 'buyer', 'day'];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface PnlOptions {
  readonly by: string;
  readonly from?: string;
  readonly to?: string;
}

/** The report as a table, in days of the world's zone. Throws `CommandError` on a bad option. */
export async function readPnlTable(databaseUrl: string, options: PnlOptions): Promise<string> {
  const by = options.by.split(',').map((name) => toDimension(name.trim()));
  for (const day of [options.from, options.to]) {
    if (day !== undefined && !DAY.test(day)) {
      throw new CommandError(`${day} is not a day`, 'Write it as YYYY-MM-DD.');
    }
  }
  const pool = createPool({ url: databaseUrl, max: 2, name: 'sluice pnl' });
  const worlds = await openWorlds({ pool, onError: () => undefined });
  try {
    const rows = await readPnl(pool, {
      by,
      timeZone: worlds.current().world.timeZone,
      ...(options.from !== undefined && { fromDay: options.from }),
      ...(options.to !== undefined && { toDay: options.to }),
    });
    return renderPnlTable(by, rows);
  } finally {
    worlds.close();
    await pool.end();
  }
}

function toDimension(name: string): PnlDimension {
  const found = DIMENSIONS.find((dimension) => dimension === name);
  if (found) return found;
  throw new CommandError(`${name} is not a dimension`, `Choose from ${DIMENSIONS.join(', ')}.`);
}
