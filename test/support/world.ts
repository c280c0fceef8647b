// The world of an end-to-end test: real PostgreSQL, real Temporal, real `sluice serve` processes,
// and buyers who keep a journal. One world per test file; each test adds buyers and a campaign.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, test as base } from 'vitest';
import type { LeadTraceBody } from '../../src/api/wire/trace.ts';
import type { JournalLine } from '../../src/demo/buyer-journal.ts';
import type { CapsState } from '../../src/domain/caps/caps.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { auditBooks } from './audit.ts';
import { type Answer, type CampaignUnderTest, createCampaign, request } from './campaign.ts';
import { createDatabase } from './databases.ts';
import { createNamespace } from './namespaces.ts';
import { type ServeProcess, startServe } from './serve-process.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { PASS } from './fault-script.ts';
import { startBuyers, type TestBuyer } from './test-buyers.ts';
import { until } from './until.ts';
import {
  behaviourOf,
  type BuyerTerms,
  createDraft,
  OPERATOR_KEY,
  sha256,
  type StageTerms,
} from './world-draft.ts';

/** An address that may be called and that nobody listens at. */
export const NOBODY = '127.0.0.1:1';

export interface WorldSettings {
  /** How many serving processes share the work; 1 unless told. */
  readonly processes?: number;
  /** Puts `world.temporal` between the processes and Temporal. */
  readonly proxied?: boolean;
  /** Puts `world.faults` between the processes and the buyers. */
  readonly faulty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** What buyers of the test's own took, as their journal has it; it may grow. */
  readonly taken?: readonly JournalLine[];
}

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A `test` with a world of its own for the file; shows the logs of its processes on a failure. */
export function worldTest(settings: WorldSettings = {}) {
  return base.extend<{ world: World; logs: void }>({
    world: [
      // Vitest reads from the pattern which fixtures are used.
      async ({}, use) => {
        const world = await openWorld(settings);
        try {
          await use(world);
          await world.assertBooks();
        } finally {
          await world.close();
        }
      },
      { scope: 'file' },
    ],
    logs: [
      async ({ world, onTestFailed }, use) => {
        onTestFailed(() => void process.stdout.write(`${world.logTails()}\n`));
        await use();
      },
      { auto: true },
    ],
  });
}

async function openWorld(settings: WorldSettings) {
  const { processes: count = 1, proxied = false, faulty = false, env = {}, taken = [] } = settings;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-world-'));
  const { temporalAddress } = inject('stack');
  const [database, namespace, buyers, temporal] = await Promise.all([
    createDatabase(),
    createNamespace(),
    startBuyers(folder),
    proxied ? startFaultProxy(temporalAddress) : undefined,
  ]);
  const faults = faulty ? await startFaultProxy(buyers.address, () => PASS) : undefined;
  const buyersAt = faults?.address ?? buyers.address;
  const draft = createDraft((buyer, kind) => buyers.urlOf(buyer, kind, buyersAt));
  const serveEnv = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal?.address ?? temporalAddress,
    TEMPORAL_NAMESPACE: namespace.name,
    SLUICE_OPERATOR_KEY_SHA256: sha256(OPERATOR_KEY),
    SLUICE_LOG_LEVEL: 'warn',
    ...env,
    OUTBOUND_ALLOW_PRIVATE: `${buyersAt},${NOBODY},${env.OUTBOUND_ALLOW_PRIVATE ?? ''}`,
  };
  const names = Array.from({ length: count }, (_, index) => `serve-${index}`);
  const processes = await Promise.all(
    names.map((name) => startServe({ name, folder, env: serveEnv })),
  );
  const { pool } = database;
  const rows = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await pool.query(text, values)).rows as Row[];
  const urlOf = (via = 0) => processAt(processes, via).url;

  async function operator(method: string, path: string, body?: unknown): Promise<Answer> {
    return request({ url: urlOf() + path, method, key: OPERATOR_KEY, body });
  }

  async function trace(leadId: LeadId): Promise<LeadTraceBody> {
    const answer = await operator('GET', `/v1/leads/${leadId}`);
    if (answer.http !== 200) throw new Error(`trace of ${leadId}: HTTP ${answer.http}`);
    return answer.body as unknown as LeadTraceBody;
  }

  async function traceOnce(
    leadId: LeadId,
    wanted: { what: string; is: (trace: LeadTraceBody) => boolean; withinMs: number | undefined },
  ): Promise<LeadTraceBody> {
    const { what, is, withinMs = 15_000 } = wanted;
    const look = async () => {
      const found = await trace(leadId);
      return is(found) && found;
    };
    return until(`lead ${leadId} ${what}`, look, withinMs);
  }

  // One at a time: of two documents under way at once, the older one might be applied last.
  let applied = Promise.resolve();
  const apply = () => (applied = applied.catch(() => undefined).then(applyNow));

  async function applyNow(): Promise<void> {
    // Each process that takes leads must know the campaign before it gets the first one.
    for (const { url } of processes) {
      const body = draft.document;
      const key = OPERATOR_KEY;
      const answer = await request({ url: `${url}/v1/world`, method: 'PUT', key, body });
      if (answer.http !== 200) throw new Error(`world: ${answer.text}`);
    }
  }

  return {
    processes,
    buyers,
    document: draft.document,
    client: namespace.client,
    rows,
    operator,
    trace,
    apply,
    /** Only with `proxied`. */
    get temporal(): FaultProxy {
      if (!temporal) throw new Error('the world was opened without `proxied`');
      return temporal;
    },

    /** Only with `faulty`; what it passes on is passed on whole until it is given a script. */
    get faults(): FaultProxy {
      if (!faults) throw new Error('the world was opened without `faulty`');
      return faults;
    },

    /** A new buyer; it gets its contract with the campaign whose stage names it. */
    buyer: async (terms: BuyerTerms): Promise<TestBuyer> =>
      buyers.add(draft.addBuyer(terms), behaviourOf(terms)),

    /** Applies a new campaign over the given stages to all processes. */
    async campaign(
      stages: readonly StageTerms[],
      more: Readonly<Record<string, unknown>> = {},
    ): Promise<CampaignUnderTest> {
      const id = draft.addCampaign(stages, more);
      await apply();
      return createCampaign(id, { urlOf, rows });
    },

    /** The trace once the lead has an outcome, or is in doubt. */
    settled: (leadId: LeadId, withinMs?: number) =>
      traceOnce(leadId, {
        what: 'is settled',
        is: ({ status }) => status !== 'received',
        withinMs,
      }),

    /** The trace once the lead has an outcome. */
    ended: (leadId: LeadId, withinMs?: number) =>
      traceOnce(leadId, {
        what: 'has an outcome',
        is: ({ answer }) => answer.status !== 'pending',
        withinMs,
      }),

    /** Resolves when the lead's workflow has ended, deliveries and releases included. */
    async done(leadId: LeadId, withinMs = 20_000): Promise<void> {
      const handle = namespace.client.workflow.getHandle(`lead/${leadId}`);
      const isDone = async () => (await handle.describe()).status.name === 'COMPLETED';
      await until(`the workflow of ${leadId} completes`, isDone, withinMs);
    },

    /** An operator says what the buyer did. */
    settleDoubt: (leadId: LeadId, contract: string, as: 'accepted' | 'rejected') =>
      operator('POST', `/v1/leads/${leadId}/attempts/${contract}/settlement`, { as }),

    /** The ledger of a lead, charges first. */
    transfers: (leadId: LeadId) =>
      rows<{ from: string; to: string; amountCents: number }>(
        `select from_account as "from", to_account as "to", amount_cents as "amountCents"
         from transfers where lead_id = $1 order by posted_at, kind, id`,
        [leadId],
      ),

    /** Takes locks by a statement, in a transaction of its own; what it returns ends that. */
    async lock(text: string, values: unknown[]): Promise<() => Promise<void>> {
      const client = await pool.connect();
      await client.query('begin');
      await client.query(text, values);
      return async () => {
        await client.query('rollback');
        client.release();
      };
    },

    /** The caps of a buyer as its entity has them. */
    caps: (buyer: TestBuyer): Promise<CapsState> =>
      namespace.client.workflow.getHandle(`buyer-caps/${buyer.id}`).query<CapsState>('snapshot'),

    /** Holds the journal against the database; throws with every difference. */
    async assertBooks(): Promise<void> {
      const differences = await auditBooks(pool, [...buyers.lines(), ...taken]);
      if (differences.length > 0) throw new Error(`the books differ:\n${differences.join('\n')}`);
    },

    logTails: () => processes.map(({ logTail }) => logTail()).join('\n---\n'),

    async close(): Promise<void> {
      await Promise.all(processes.map((each) => each.stop()));
      await Promise.all([buyers.close(), database.close(), namespace.close()]);
      await Promise.all([temporal?.close(), faults?.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function processAt(processes: readonly ServeProcess[], index: number): ServeProcess {
  const found = processes[index];
  if (!found) throw new Error(`no process ${index}`);
  return found;
}
