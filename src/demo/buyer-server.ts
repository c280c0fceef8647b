// Many stand-in buyers on one port, under /buyers/{name}/ping, /post, /status and /crm, in Sluice's
// own JSON protocol; /control lets a test change a buyer and read the journal. On bare
// node:http, as the bench sends 600 pings a second to this process on the machine it measures.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decideCrm, decidePing, decidePost, decideStatus } from './buyer-behaviour.ts';
import { delayOf, faultOf } from './buyer-behaviour.ts';
import type { Asked, Verdict } from './buyer-behaviour.ts';
import { parseBuyer } from './buyer-config.ts';
import type { BuyerBehaviour, BuyersConfig } from './buyer-config.ts';
import { misbehave } from './buyer-faults.ts';
import { decisionOn, openJournal, readJournal } from './buyer-journal.ts';
import type { Durability, Journal, JournalLine } from './buyer-journal.ts';
import { parseHeaders, parseObject, parseRequest, readBody } from './buyer-request.ts';
import type { Received } from './buyer-request.ts';

/** The buyers of one process. */
export interface BuyerServer {
  /** Resolves with the port; 0 picks a free one. Rejects, saying so, when the port is taken. */
  listen(port: number): Promise<number>;
  /** 0 until `listen` has resolved. */
  readonly port: number;
  /** Cuts every connection, those that hang included, and closes the journal. */
  close(): Promise<void>;
}

/** One address of one buyer. Replacing the buyer makes a new one, so its counts begin again. */
interface Address {
  readonly buyer: string;
  readonly kind: JournalLine['kind'];
  readonly behaviour: BuyerBehaviour;
  received: number;
  readonly receivedOfLead: Map<string, number>;
}

interface Buyers {
  readonly addresses: Map<string, Address>;
  readonly journal: Journal;
  readonly journalFile: string;
  readonly journalPings: Durability | 'off';
}

// Longer than any pool keeps an idle connection: closing first would look like a buyer's reset.
const KEEP_ALIVE_MS = 10 * 60_000;

/** Creates buyers that write to the given journal file, after the lines that it already holds. */
export function createBuyerServer(
  config: BuyersConfig,
  { journal: journalFile }: { journal: string },
): BuyerServer {
  const { journalPings = 'write' } = config;
  const journal = openJournal(journalFile);
  const buyers: Buyers = { addresses: new Map(), journal, journalFile, journalPings };
  for (const [name, behaviour] of Object.entries(config.buyers)) place(buyers, name, behaviour);

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 });
  server.on('request', (req, res) => handle(buyers, req, res));
  let closed: Promise<void> | undefined;

  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        journal.close();
        resolve();
      });
      server.closeAllConnections();
    });
  return {
    listen: (port) =>
      new Promise((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException) => reject(explain(error, port));
        server.once('error', fail);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', fail);
          resolve(portOf(server.address()));
        });
      }),
    get port() {
      return portOf(server.address());
    },
    close: () => (closed ??= close()),
  };
}

function place({ addresses }: Buyers, buyer: string, behaviour: BuyerBehaviour): void {
  for (const kind of ['ping', 'post', 'status', 'crm'] as const) {
    const receivedOfLead = new Map<string, number>();
    const address = { buyer, kind, behaviour, received: 0, receivedOfLead };
    addresses.set(`/buyers/${buyer}/${kind}`, address);
  }
}

function handle(buyers: Buyers, req: IncomingMessage, res: ServerResponse): void {
  res.sendDate = false;
  const address = buyers.addresses.get((req.url ?? '').split('?', 1)[0] ?? '');
  if (!address) return control(buyers, req, res);
  if (req.method !== 'POST' && !(req.method === 'GET' && address.kind === 'status'))
    return answer(res, 405, '{"error":"POST only"}');

  const { kind } = address;
  const unread = parseHeaders(kind, req);
  if (resetsUnread(address, unread)) return take(buyers, { address, received: unread }, res);
  readBody(req, (body) => {
    const received = parseRequest(kind, req, body);
    if (received) take(buyers, { address, received }, res);
    else refuse(buyers, { address, unread }, res);
  });
}

/** Decides and journals at once and answers later: a buyer that is slow to say it has the lead. */
function take(
  { journal, journalFile, journalPings }: Buyers,
  { address, received }: { address: Address; received: Received },
  res: ServerResponse,
): void {
  const { buyer, kind, behaviour } = address;
  const asked = count(address, received);
  const verdict = decide(address, asked, journalFile);
  const durability = kind === 'ping' ? journalPings : 'fsync';
  if (durability !== 'off') {
    const { leadId, contract, key, fields } = received;
    const { decision, amountCents, fault } = verdict;
    const line = { buyer, kind, leadId, contract, key, decision, amountCents, fault, fields };
    journal.append(line, durability);
  }
  const waitMs = delayOf(behaviour[kind] ?? {}, asked);
  if (waitMs === 0) reply(address, verdict, res);
  else setTimeout(() => reply(address, verdict, res), waitMs).unref();
}

function refuse(
  { journal }: Buyers,
  { address, unread }: { address: Address; unread: Received },
  res: ServerResponse,
): void {
  const { buyer, kind } = address;
  const { leadId, contract, key, fields } = unread;
  const none = { decision: 'none', amountCents: null, fault: 'unreadable' } as const;
  journal.append({ buyer, kind, leadId, contract, key, ...none, fields }, 'fsync');
  answer(res, 400, '{"error":"unreadable request"}');
}

function count(address: Address, { leadId, key, priceCents }: Received): Asked {
  const { buyer, kind, behaviour, receivedOfLead } = address;
  address.received += 1;
  let nthOfLead = 1;
  // Only a CRM that fails at first needs to tell leads apart; nobody else pays for the memory.
  if (kind === 'crm' && behaviour.crm?.failFirst) {
    nthOfLead = (receivedOfLead.get(leadId) ?? 0) + 1;
    receivedOfLead.set(leadId, nthOfLead);
  }
  const nth = address.received;
  return { buyer, kind, leadId, key: key ?? leadId, nth, nthOfLead, priceCents };
}

function decide({ buyer, kind, behaviour }: Address, asked: Asked, journal: string): Verdict {
  switch (kind) {
    case 'ping':
      return decidePing(behaviour.ping ?? {}, asked);
    case 'post':
      return decidePost(behaviour.post ?? {}, asked);
    case 'status': {
      const decided = decisionOn(readJournal(journal), { buyer, key: asked.key });
      return decideStatus(behaviour.status ?? {}, asked, decided);
    }
    case 'crm':
      return decideCrm(behaviour.crm ?? {}, asked);
  }
}

function reply({ kind, behaviour }: Address, verdict: Verdict, res: ServerResponse): void {
  if (res.destroyed) return; // The caller did not wait.
  const { fault, status, body } = verdict;
  if (fault && body === '') misbehave(fault, res, behaviour[kind] ?? {});
  else answer(res, status, body);
}

/**
 * Whether the connection is reset before the body is read. Where chance decides, that takes a lead
 * id, which a ping carries in its body only: such a ping is read first.
 */
function resetsUnread({ buyer, kind, behaviour, received }: Address, unread: Received): boolean {
  const manners = behaviour[kind];
  if (manners?.fault !== 'reset') return false;
  const { leadId } = unread;
  if (leadId === '' && manners.faultShare !== undefined) return false;
  return faultOf(manners, { buyer, kind, leadId, nth: received + 1 }) === 'reset';
}

function control(buyers: Buyers, req: IncomingMessage, res: ServerResponse): void {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://buyers');
  const buyer = /^\/control\/buyers\/([^/]+)$/.exec(pathname)?.[1];
  if (req.method === 'PUT' && buyer !== undefined) {
    readBody(req, (body) => {
      try {
        place(buyers, buyer, parseBuyer(buyer, parseObject(body)));
        answer(res, 200, '{"status":"replaced"}');
      } catch (error) {
        answer(
          res,
          400,
          JSON.stringify({ error: error instanceof Error ? error.message : 'unknown' }),
        );
      }
    });
  } else if (req.method === 'GET' && pathname === '/health') {
    answer(res, 200, '{"status":"ready"}');
  } else if (req.method === 'GET' && pathname === '/control/journal') {
    const kind = searchParams.get('kind');
    const name = searchParams.get('buyer');
    const lines = readJournal(buyers.journalFile)
      .filter((line) => kind === null || line.kind === kind)
      .filter((line) => name === null || line.buyer === name);
    answer(res, 200, JSON.stringify(lines));
  } else answer(res, 404, '{"error":"no such buyer or address"}');
}

function answer(res: ServerResponse, status: number, body: string): void {
  const length = String(Buffer.byteLength(body));
  res.writeHead(status, ['content-type', 'application/json', 'content-length', length]);
  res.end(body);
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error;
  const message = `port ${port} is taken: set SLUICE_DEMO_PORT to a free one`;
  return new Error(message, { cause: error });
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address ? address.port : 0;
}
