// What must leave after a commit, at least once.

import type { LeadId } from '../domain/ids.ts';
import { inTransaction, type Pool } from './pool.ts';

export interface OutgoingSignal {
  readonly leadId: LeadId;
  readonly name: string;
  readonly payload: Readonly<Record<string, string>>;
}

/**
 * Hands unsent signals to `send`, oldest first, and marks those it did not throw on. A crash in
 * between sends one again: receivers look at the state, not at the count. Returns how many were
 * sent.
 */
export async function dispatchSignals(
  pool: Pool,
  send: (signal: OutgoingSignal) => Promise<void>,
): Promise<number> {
  return inTransaction(pool, async (tx) => {
    const due = await tx.query<OutgoingSignal & { id: number }>({
      name: 'outbox.list_signals',
      text: `select id, lead_id as "leadId", name, payload from outbox
             where sent_at is null and kind = 'signal' order by id limit 50
             for update skip locked`,
    });
    const sent: number[] = [];
    for (const signal of due.rows) {
      // One that cannot be sent now must not hold up the others; it stays for the next round.
      await send(signal).then(
        () => sent.push(signal.id),
        () => undefined,
      );
    }
    if (sent.length > 0) {
      await tx.query({
        name: 'outbox.mark_sent',
        text: `update outbox set sent_at = now() where id = any($1)`,
        values: [sent],
      });
    }
    return sent.length;
  });
}
