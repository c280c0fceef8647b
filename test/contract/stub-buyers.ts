// What the tests of the stand-in buyers share: buyers on a free port, and callers that ask as
// Sluice does. All of it ends with the test that asked for it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { onTestFinished } from 'vitest';
import type { BuyerBehaviour, BuyersConfig } from '../../src/demo/buyer-config.ts';
import { readJournal } from '../../src/demo/buyer-journal.ts';
import { createBuyerServer } from '../../src/demo/buyer-server.ts';

const FIELDS = { state: 'TX', zip: '78704', first_name: 'Ann' };

/** A folder that lasts as long as the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'sluice-buyers-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Asks the buyer `apex` on that port, each call with an optional time limit. */
export function callers(port: number) {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 20 });
  onTestFinished(() => pool.destroy());
  const send = async (
    path: string,
    body: unknown,
    options: { key?: string; waitMs?: number } = {},
  ) => {
    const {
      statusCode,
      headers,
      body: answer,
    } = await pool.request({
      path,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(options.key ? { 'idempotency-key': options.key } : {}),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(options.waitMs ? { signal: AbortSignal.timeout(options.waitMs) } : {}),
    });
    return { status: statusCode, headers, text: await answer.text() };
  };
  return {
    pool,
    send,
    ping: (lead: string, waitMs?: number) => {
      const body = { ping_id: `${lead}/1`, campaign: 'auto_insurance', fields: FIELDS };
      return send('/buyers/apex/ping', body, waitMs ? { waitMs } : {});
    },
    post: (lead: string, waitMs?: number) => {
      const contract = 'apex_auto';
      const body = { lead_id: lead, contract, price_cents: 1480, bid_id: 'b', fields: FIELDS };
      const key = `${lead}/${contract}/1`;
      return send('/buyers/apex/post', body, waitMs ? { key, waitMs } : { key });
    },
    crm: (lead: string) => send('/buyers/apex/crm', { lead_id: lead, fields: FIELDS }),
  };
}

/** A running buyer `apex`, with its callers and its journal. */
export async function apex(behaviour: BuyerBehaviour, options: Partial<BuyersConfig> = {}) {
  const journal = join(folder(), 'journal.jsonl');
  const server = createBuyerServer({ buyers: { apex: behaviour }, ...options }, { journal });
  onTestFinished(() => server.close());
  const port = await server.listen(0);
  return { server, journal, lines: () => readJournal(journal), ...callers(port) };
}

/** The JSON of an answer. */
export const said = ({ text }: { text: string }) => JSON.parse(text) as Record<string, unknown>;
/** n lead ids, the same in every run. */
export const leads = (n: number) =>
  Array.from({ length: n }, (_, i) => `lead_${String(i).padStart(4, '0')}`);
