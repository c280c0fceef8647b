// The buyers' own journal, one JSON line per request: the witness that tests, demo and bench hold
// against the database. It is only ever appended to, names fields without their values, and a
// post's line is on disk before the answer leaves, so no answer can exist without its line.

import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { readFileSync, readSync, writeSync } from 'node:fs';
import type { Fault } from './buyer-config.ts';

/** One request to one buyer. */
export interface JournalLine {
  /** When the request had arrived, ISO 8601 in UTC. */
  readonly at: string;
  /** Rises by one per line, over restarts too. */
  readonly seq: number;
  readonly buyer: string;
  readonly kind: 'ping' | 'post' | 'status' | 'crm';
  /** Empty when the request did not tell. */
  readonly leadId: string;
  readonly contract: string | null;
  /** The Idempotency-Key header; the ping id for pings. */
  readonly key: string | null;
  /** What was decided, whether or not the answer said so; a CRM that took a lead `accepted`. */
  readonly decision: 'bid' | 'no_bid' | 'accepted' | 'rejected' | 'pending' | 'none';
  readonly amountCents: number | null;
  /** The injected fault; `unreadable` when it was the request that was at fault. */
  readonly fault: Fault | 'unreadable' | null;
  readonly fields: readonly string[];
}

/** How far a line must have come before `append` returns: in the file, or on the disk. */
export type Durability = 'write' | 'fsync';

export interface Journal {
  append(line: Omit<JournalLine, 'at' | 'seq'>, durability: Durability): void;
  close(): void;
}

/**
 * Opens a journal for appending, creating it if needed. A line that a crash left half-written is
 * cut off: its request was never answered. `append` throws when the line cannot be stored; let
 * that end the process, as a witness that cannot write must not answer.
 */
export function openJournal(file: string): Journal {
  const fd = openSync(file, 'a+');
  let seq = mendTail(fd);
  return {
    append(line, durability) {
      seq += 1;
      writeSync(fd, `${JSON.stringify({ at: new Date().toISOString(), seq, ...line })}\n`);
      if (durability === 'fsync') fdatasyncSync(fd);
    },
    close: () => closeSync(fd),
  };
}

/** Cuts off an unfinished last line and returns the number of the last whole one, 0 if none. */
function mendTail(fd: number): number {
  const { size } = fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, 64 * 1024));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  const end = tail.lastIndexOf('\n') + 1;
  if (end < tail.length) ftruncateSync(fd, size - tail.length + end);
  const last = tail.toString('utf8', 0, end).trimEnd().split('\n').at(-1);
  return last ? (JSON.parse(last) as JournalLine).seq : 0;
}

/** All whole lines, oldest first; one that is still being written is left out. */
export function readJournal(file: string): JournalLine[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalLine);
}

/** The accepted posts of each lead that has any; more than one per place is a lead sold twice. */
export function acceptedByLead(lines: readonly JournalLine[]): Map<string, JournalLine[]> {
  const byLead = new Map<string, JournalLine[]>();
  for (const line of lines.filter(isAcceptedPost)) {
    const ofLead = byLead.get(line.leadId);
    if (ofLead) ofLead.push(line);
    else byLead.set(line.leadId, [line]);
  }
  return byLead;
}

/** How many posts each contract got of each lead, whatever their answer, by `lead/contract`. */
export function postsPerLeadAndContract(lines: readonly JournalLine[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, leadId, contract } of lines) {
    if (kind !== 'post') continue;
    const name = `${leadId}/${contract ?? ''}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** How many posts each buyer accepted, and for how much in all; a buyer without any is absent. */
export function acceptedByBuyer(
  lines: readonly JournalLine[],
): Map<string, { leads: number; amountCents: number }> {
  const sums = new Map<string, { leads: number; amountCents: number }>();
  for (const { buyer, amountCents } of lines.filter(isAcceptedPost)) {
    const sum = sums.get(buyer) ?? { leads: 0, amountCents: 0 };
    sums.set(buyer, {
      leads: sum.leads + 1,
      amountCents: sum.amountCents + (amountCents ?? 0),
    });
  }
  return sums;
}

/** What a buyer did with an offer, by its own journal; undefined where it never came. */
export function decisionOn(
  lines: readonly JournalLine[],
  of: { readonly buyer: string; readonly key: string },
): JournalLine['decision'] | undefined {
  const ofOffer = lines.filter(
    ({ buyer, kind, key }) => kind === 'post' && buyer === of.buyer && key === of.key,
  );
  return ofOffer.at(-1)?.decision;
}

function isAcceptedPost({ kind, decision }: JournalLine): boolean {
  return kind === 'post' && decision === 'accepted';
}
