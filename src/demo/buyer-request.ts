// What arrives at a stand-in buyer, read as Sluice's own JSON protocol writes it: which lead, which
// offer, at what price, and the names of the fields. The fields' values are never looked at.

import type { IncomingMessage } from 'node:http';
import type { JournalLine } from './buyer-journal.ts';

/** A ping, a post or a delivery. */
export interface Received {
  /** Empty when the request does not tell. */
  readonly leadId: string;
  readonly contract: string | null;
  readonly key: string | null;
  readonly priceCents: number;
  readonly fields: readonly string[];
}

type Kind = JournalLine['kind'];
type Members = Record<string, unknown>;

const BODY_BYTES_MAX = 1024 * 1024;

/** Hands on a whole body only: half a request is nothing that a buyer received. */
export function readBody(req: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) req.destroy();
  });
  req.on('end', () => done(Buffer.concat(chunks)));
}

/** Undefined when a buyer could not act on it. A CRM takes any body, as each has its own format. */
export function parseRequest(kind: Kind, req: IncomingMessage, body: Buffer): Received | undefined {
  const query = kind === 'status' && req.method === 'GET';
  const said = query ? parseQuery(req) : parseObject(body);
  const received = readMembers(kind, req, said ?? {});
  if (kind === 'crm') return received;
  if (!said || received.leadId === '') return undefined;
  return kind === 'post' && !Number.isSafeInteger(said['price_cents']) ? undefined : received;
}

/** What is known before the body: the offer, by the key of a post or delivery; else nothing. */
export function parseHeaders(kind: Kind, req: IncomingMessage): Received {
  return readMembers(kind, req, {});
}

/** The object that a body holds, if it holds one. */
export function parseObject(body: Buffer): Members | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // Not JSON: the caller answers 400.
  }
}

function parseQuery(req: IncomingMessage): Members {
  return Object.fromEntries(new URL(req.url ?? '/', 'http://buyers').searchParams);
}

function readMembers(kind: Kind, req: IncomingMessage, said: Members): Received {
  const keys = { ping: said['ping_id'], status: said['idempotency_key'] };
  const named = kind === 'ping' || kind === 'status' ? keys[kind] : req.headers['idempotency-key'];
  const key = textOf(named);
  const [keyLead = '', keyContract] = key?.split('/') ?? [];
  return {
    leadId: textOf(said['lead_id']) ?? keyLead,
    contract: kind === 'ping' ? null : (textOf(said['contract']) ?? keyContract ?? null),
    key,
    priceCents: Number(said['price_cents'] ?? 0),
    fields: isObject(said['fields']) ? Object.keys(said['fields']) : [],
  };
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
