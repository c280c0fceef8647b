// The stand-in buyers of a test file, on one port, with their journal: the witness of what was
// really asked, sent and accepted.

import { join } from 'node:path';
import type { BuyerBehaviour } from '../../src/demo/buyer-config.ts';
import { type JournalLine, readJournal } from '../../src/demo/buyer-journal.ts';
import { createBuyerServer } from '../../src/demo/buyer-server.ts';
import { contractOf } from './world-draft.ts';
import { until } from './until.ts';

/** One buyer as a test sees it. */
export interface TestBuyer {
  readonly id: string;
  readonly contract: string;
  /** Its account in the ledger. */
  readonly account: string;
  /** What it was sent, in order: `ping`, `post`, `crm`. */
  readonly received: readonly JournalLine['kind'][];
  lines(kind?: JournalLine['kind']): readonly JournalLine[];
  /** Resolves when it has been sent the n-th request of a kind. */
  until(kind: JournalLine['kind'], n?: number, withinMs?: number): Promise<void>;
  /** From now on it behaves like this, and counts from 1 again. */
  become(behaviour: BuyerBehaviour): Promise<void>;
}

export interface TestBuyers {
  /** `host:port`, to be allowed for outbound calls. */
  readonly address: string;
  /** `at`: another `host:port` that leads here. */
  urlOf(buyerId: string, kind: JournalLine['kind'], at?: string): string;
  add(id: string, behaviour: BuyerBehaviour): Promise<TestBuyer>;
  /** The whole journal. */
  lines(): readonly JournalLine[];
  close(): Promise<void>;
}

/** Starts buyers without any; `add` puts them in place. */
export async function startBuyers(folder: string): Promise<TestBuyers> {
  const journal = join(folder, 'buyers.journal');
  const server = createBuyerServer({ buyers: {} }, { journal });
  const address = `127.0.0.1:${await server.listen(0)}`;
  const lines = () => readJournal(journal);

  async function put(id: string, behaviour: BuyerBehaviour): Promise<void> {
    const body = JSON.stringify(behaviour);
    const put = await fetch(`http://${address}/control/buyers/${id}`, { method: 'PUT', body });
    if (!put.ok) throw new Error(`buyer ${id}: ${await put.text()}`);
  }

  function buyerOf(id: string): TestBuyer {
    const own = (kind?: JournalLine['kind']) =>
      lines().filter((line) => line.buyer === id && (!kind || line.kind === kind));
    return {
      id,
      contract: contractOf(id),
      account: `buyer/${id}`,
      get received() {
        return own().map(({ kind }) => kind);
      },
      lines: own,
      async until(kind, n = 1, withinMs = 10_000) {
        await until(`${kind} ${n} at ${id}`, () => own(kind).length >= n, withinMs);
      },
      become: (behaviour) => put(id, behaviour),
    };
  }

  return {
    address,
    urlOf: (buyerId, kind, at = address) => `http://${at}/buyers/${buyerId}/${kind}`,
    async add(id, behaviour) {
      await put(id, behaviour);
      return buyerOf(id);
    },
    lines,
    close: () => server.close(),
  };
}
