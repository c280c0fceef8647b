// The HTTP application on a free port, with everything behind it in memory.

import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { ulid } from 'ulid';

import { createApp } from '../../src/api/app.ts';
import type {
  Acceptance,
  ApiDeps,
  FoundPing,
  IdempotencyKey,
  PingAnswer,
} from '../../src/api/deps.ts';
import type { Deposit, NewDeposit, Recorded } from '../../src/db/deposits.ts';
import type { NewNotice } from '../../src/db/intake/notices.ts';
import type { LeadQuery } from '../../src/db/reading/lead-list.ts';
import type { PnlQuery } from '../../src/db/reading/pnl.ts';
import type { LeadTrace } from '../../src/db/reading/trace.ts';
import { type LeadId, toLeadId } from '../../src/domain/ids.ts';
import type { LeadOutcome } from '../../src/domain/lead.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import type { LeadDraft } from '../../src/intake/draft.ts';
import { keys, secrets, world } from './intake-world.ts';
import { suppressionsInMemory } from './suppressions-in-memory.ts';

interface StoredLead {
  readonly id: LeadId;
  readonly draft: LeadDraft;
  readonly key: IdempotencyKey | null;
  outcome: LeadOutcome | null;
}

/** What stands behind the application; change `outcome` and `traces` to set the scene. */
export interface Stand {
  readonly url: string;
  readonly leads: StoredLead[];
  readonly asked: {
    lists: LeadQuery[];
    reports: PnlQuery[];
    settled: object[];
    actions: object[];
    applied: object[];
  };
  /** What was paid in, oldest first. */
  readonly deposits: Deposit[];
  readonly logLines: string[];
  /** As they were counted. */
  readonly refusals: string[];
  /** What new leads come to. */
  outcome: LeadOutcome | 'pending';
  readonly traces: LeadTrace[];
  /** What pings are answered with, and what is known under every ping id. */
  quoted: Omit<PingAnswer, 'cached'>;
  ping: FoundPing;
  readonly notices: NewNotice[];
  close(): Promise<void>;
}

export async function startStand(overrides: Partial<ApiDeps> = {}): Promise<Stand> {
  const stand: Omit<Stand, 'url' | 'close'> = {
    leads: [],
    asked: { lists: [], reports: [], settled: [], actions: [], applied: [] },
    deposits: [],
    logLines: [],
    refusals: [],
    outcome: { kind: 'unsold', reason: 'no_bids' },
    traces: [],
    quoted: { pingId: 'ping_1', quote: { kind: 'no_bid', reason: 'no_bids' }, expiresAtMs: 0 },
    ping: { kind: 'forged' },
    notices: [],
  };
  const write = (line: string) => void stand.logLines.push(line);
  const deps: ApiDeps = {
    ...inMemory(stand),
    log: pino({ level: 'trace' }, { write }),
    ...overrides,
  };
  const server = createServer(createApp(deps));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return Object.assign(stand, { url: `http://127.0.0.1:${port}`, close });
}

function inMemory(stand: Omit<Stand, 'url' | 'close'>): Omit<ApiDeps, 'log'> {
  return {
    version: '0.0.0-test',
    temporalUiUrl: 'http://localhost:8233',
    namespace: 'default',
    deliveries: {
      list: async () => ({ deliveries: [] }),
      redeliver: async () => ({ chosen: [], more: false, disabled: 0 }),
      endpoints: async () => [],
      countOpen: async () => [],
      switchEndpoint: async () => undefined,
    },
    isReady: async () => ({ ready: true, degraded: [] }),
    countRefusal: (door, why) => void stand.refusals.push(`${door}: ${why}`),
    metrics: async () => 'sluice_leads_received_total 1\n',
    currentWorld: () => ({ version: 7, world }),
    findWorld: async (version) => (version === 7 ? world : undefined),
    findWorldDocument: async (version = 7) =>
      version === 7 ? { ...headOf(version), document: { sluice: 1 } } : undefined,
    listWorlds: async ({ limit }) => [7, 6, 5].slice(0, limit).map(headOf),
    applyWorld: async ({ by, mode, make }) => {
      const document = make({ version: 7, document: { sluice: 1 } });
      stand.asked.applied.push({ document, by, mode });
      const told = { changes: [{ path: 'name', before: 'a', after: 'b' }], warnings: [] };
      return mode === 'dry_run'
        ? { kind: mode, ...told }
        : { kind: 'applied', version: 8, ...told };
    },
    acceptLead: async (draft, key) => accept(stand, draft, key),
    quotePing: async () => ({ ...stand.quoted, cached: false }),
    findPing: async () => stand.ping,
    acceptPost: async (draft, _, key) => accept(stand, draft, key),
    distribute: async (leadId) => {
      const lead = stand.leads.find(({ id }) => id === leadId);
      if (lead && stand.outcome !== 'pending') lead.outcome = stand.outcome;
      return stand.outcome;
    },
    awaitOutcome: async () => stand.outcome,
    findOutcome: async (sourceId, lead) => {
      const at = stand.leads.findIndex(({ id }, index) => id === lead || index + 1 === lead);
      const { id, draft, outcome } = stand.leads[at] ?? {};
      if (!id || draft?.sourceId !== sourceId) return undefined;
      return { leadId: id, publicNo: at + 1, outcome: outcome ?? null };
    },
    findTrace: async (leadId) => stand.traces.find(({ lead }) => lead.id === leadId),
    listLeads: async (query) => {
      stand.asked.lists.push(query);
      return { leads: [] };
    },
    actOnLead: async (leadId, action) => {
      stand.asked.actions.push({ leadId, ...action });
      return action.action !== 'close';
    },
    recordFeedback: async (reports) =>
      reports.map(({ atMs, ...report }) => ({
        kind: 'recorded',
        feedback: { ...report, atMs: atMs ?? 0 },
      })),
    hearCall: async () => ({ kind: 'forbidden' }),
    hearBuyer: async () => ({ kind: 'unknown_lead' as const }),
    settleDoubt: async (settlement) => {
      stand.asked.settled.push(settlement);
      if (settlement.contractId === 'apex') return 'settled';
      return settlement.contractId === 'bolt' ? 'not_in_doubt' : 'unknown';
    },
    findRules: async (version = 7) =>
      version === 7 ? { version, world, eligibility: createEligibility(world) } : undefined,
    readCaps: async () => new Map(),
    findSeen: async () => new Map(),
    listRotations: async () => new Map(),
    countCaps: async () => [],
    recordDeposit: async (deposit) => record(stand, deposit),
    listDeposits: async (buyerId, { before, limit }) =>
      stand.deposits
        .filter((each) => each.buyerId === buyerId && each.number < (before ?? Infinity))
        .toReversed()
        .slice(0, limit),
    readPaidIn: async () => [],
    tryStep: () => Promise.reject(new Error('nothing is tried here')),
    readSecret: async (reference) => secrets[reference],
    stampKey: async () => 'a key of tests',
    storeNotices: async (notices) => void stand.notices.push(...notices),
    suppressions: suppressionsInMemory(),
    events: {
      list: async () => [],
      countReplay: async () => 0,
      replay: async () => 0,
      readHealth: async () => new Map(),
      enable: async () => undefined,
    },
    history: {
      countRecorded: async () => 0,
      listRecorded: async () => ({ leads: [] }),
      readCapsBefore: async () => new Map(),
      findHadBefore: async () => [],
    },
    listLookupDays: async () => [
      { day: '2026-11-27', service: 'scrub', calls: 2, failed: 1, millicents: 1_001 },
      { day: '2026-11-26', service: 'scrub', calls: 3, failed: 0, millicents: 1_999 },
    ],
    readPnl: async (query) => {
      stand.asked.reports.push(query);
      const none = { campaign: null, source: null, buyer: null, day: null };
      const sums = { received: 3, sold: 2, revenueCents: 900, payoutCents: 700, marginCents: 200 };
      return [
        { ...none, ...sums, total: false, campaign: 'auto_insurance' },
        { ...none, ...sums, total: true },
      ];
    },
  };
}

const headOf = (version: number) => {
  return { version, appliedAt: new Date(0), appliedBy: 'ada', summary: null };
};

function record({ deposits }: Pick<Stand, 'deposits'>, deposit: NewDeposit): Recorded {
  const { id, buyerId, cents } = deposit;
  const first = deposits.find((each) => each.id === id);
  if (first) {
    const isSame = first.buyerId === buyerId && first.cents === cents;
    return { kind: isSame ? 'repeat' : 'conflict', deposit: first };
  }
  const before = deposits.findLast((each) => each.buyerId === buyerId);
  const totalCents = (before?.totalCents ?? 0) + cents;
  const at = new Date(0);
  const recorded = { ...deposit, number: (before?.number ?? 0) + 1, totalCents, at, toldAt: at };
  deposits.push(recorded);
  return { kind: 'recorded', deposit: recorded };
}

function accept(
  { leads }: Pick<Stand, 'leads'>,
  draft: LeadDraft,
  key: IdempotencyKey | null,
): Acceptance {
  const { unknownFields, sourceId } = draft;
  const first = leads.find(
    (lead) => key && lead.key?.key === key.key && lead.draft.sourceId === sourceId,
  );
  if (!first) {
    const id = toLeadId(ulid());
    leads.push({ id, draft, key, outcome: null });
    const publicNo = leads.length;
    return { kind: 'new', leadId: id, publicNo, answerWithinMs: 400, unknownFields };
  }
  const same = key && first.key?.bodySha256.equals(key.bodySha256);
  if (!same) return { kind: 'conflict', leadId: first.id };
  const { outcome, draft: sent } = first;
  const publicNo = leads.indexOf(first) + 1;
  return { kind: 'repeat', leadId: first.id, publicNo, outcome, unknownFields: sent.unknownFields };
}

export const lead = {
  campaign: 'auto_insurance',
  fields: { first_name: 'Ann', phone: '(512) 555-0142', zip: '78704' },
};

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** One request; `by` is whose key goes along. A body that is no text goes as JSON. */
export async function call(
  stand: Stand,
  address: string,
  more: { by?: keyof typeof keys; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const [method = '', path = ''] = address.split(' ');
  const { by, body, headers } = more;
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(stand.url + path, {
    method,
    headers: {
      ...(by && { Authorization: `Bearer ${keys[by]}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  const parsed = isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, text, headers: response.headers, body: parsed };
}

/** A request as `fetch` would not send it: the path and headers as given. Returns the status. */
export function callRaw(
  stand: Stand,
  path: string,
  more: { method: string; headers: Record<string, string>; body?: string },
): Promise<number> {
  const { hostname, port } = new URL(stand.url);
  const { method, headers, body } = more;
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
