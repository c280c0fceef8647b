// Temporal's own server on PostgreSQL.
import type { Workbench } from './workbench.ts';

export async function startTemporalOnPostgres(
  _bench: Workbench,
  _databaseUrl: string,
): Promise<{ address: string; pids: { temporal: number } }> {
  throw new Error('not yet');
}
