// What a plain lead leaves in Temporal: sold on its first offer, delivered to its one target.

import { Client, Connection } from '@temporalio/client';
import type { Pool } from '../../src/db/pool.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { leadWorkflowId } from '../../src/temporal.ts';

export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
}

const SAMPLE = 20;
const CLOSES_WITHIN_MS = 5_000;

/** The mean over 20 such leads, drawn from all; undefined when there is none. */
export async function sampleHistories(
  pool: Pool,
  temporalAddress: string,
): Promise<HistorySize | undefined> {
  const found = await pool.query<{ id: LeadId }>(
    `select l.id from leads l join deliveries d on d.lead_id = l.id and d.state = 'delivered'
     where l.status = 'sold' and (select count(*) from attempts a where a.lead_id = l.id) = 1
     order by md5(l.id) limit ${SAMPLE}`,
  );
  if (found.rows.length === 0) return undefined;
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection });
  const sizes: HistorySize[] = [];
  for (const { id } of found.rows) sizes.push(await sizeOf(client, id));
  await connection.close();
  const mean = (of: (size: HistorySize) => number) =>
    sizes.reduce((sum, size) => sum + of(size), 0) / sizes.length;
  return { events: mean(({ events }) => events), bytes: mean(({ bytes }) => bytes) };
}

/** The whole history: the delivery stands in PostgreSQL a moment before the workflow has closed. */
async function sizeOf(client: Client, leadId: LeadId): Promise<HistorySize> {
  const handle = client.workflow.getHandle(leadWorkflowId(leadId));
  const deadline = performance.now() + CLOSES_WITHIN_MS;
  for (;;) {
    const { status, historyLength, historySize } = await handle.describe();
    if (status.name === 'COMPLETED') return { events: historyLength, bytes: historySize ?? 0 };
    if (performance.now() > deadline) throw new Error(`${leadId}: its workflow is ${status.name}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
