// The application with one door of each rival format, and requests as clients of theirs send them.

import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeEach } from 'vitest';

import { toLeadId } from '../../../../src/domain/ids.ts';
import type { LeadOutcome } from '../../../../src/domain/lead.ts';
import { cents } from '../../../../src/domain/money.ts';
import { type Door, DOOR_FORMATS, type DoorFormatName } from '../../../../src/domain/world/door.ts';
import type { World } from '../../../../src/domain/world/world.ts';
import type { Answered, Reply } from '../../../../src/intake/doors/door.ts';
import { FORMATS } from '../../../../src/intake/doors/formats.ts';
import { type Stand, startStand } from '../../api-stand.ts';
import { world } from '../../intake-world.ts';
import { type Hit, readHit } from '../../../support/fuzz/sending.ts';

/** The account and the passwords of the door of each format; none where it has no password. */
export const ACCOUNTS: Readonly<Partial<Record<DoorFormatName, readonly [string, ...string[]]>>> = {
  leadconduit: ['F/S'],
  leadspedia: ['41', 'lp-secret'],
  boberdoo: ['33', 'acme-9f2c'],
  boberdoo_api: ['33/acme', 'bb-secret'],
  leadbyte: ['ACME-7', 'sup-9', 'lb-secret'],
  cake: ['88', 'ck-secret'],
  phonexa: ['A1/12', 'px-secret'],
  leadexec: ['501/7', 'le-secret'],
};

export function doorOf(format: DoorFormatName, more: Partial<Door> = {}): Door {
  const [account = '', ...passwords] = ACCOUNTS[format] ?? [];
  const keys = passwords.map((password) => {
    return { sha256: createHash('sha256').update(password).digest('hex') };
  });
  return { format, account, keys, campaign: 'auto_insurance', fields: {}, ...more };
}

const { acme } = world.sources;
if (!acme) throw new Error('the world of the tests has no acme');
const ours = DOOR_FORMATS.filter((format) => ACCOUNTS[format]).map((format) => doorOf(format));
const classic = doorOf('leadconduit', { account: '1/2/3' });
const doors = Object.fromEntries([...ours, classic].map((door, index) => [`d${index}`, door]));

export const rivalWorld: World = {
  ...world,
  sources: { ...world.sources, acme: { ...acme, doors } },
};

export const startRivalStand = (overrides: Parameters<typeof startStand>[0] = {}) =>
  startStand({ currentWorld: () => ({ version: 7, world: rivalWorld }), ...overrides });

/** A stand for all tests of a file, empty and with this outcome before each. */
export async function useRivalStand(outcome: Stand['outcome'] = OUTCOMES.unsold): Promise<Stand> {
  const stand = await startRivalStand();
  beforeEach(() => {
    stand.leads.length = 0;
    stand.outcome = outcome;
  });
  afterAll(() => stand.close());
  return stand;
}

export interface Sent {
  readonly method?: string;
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type Got = Hit;

/** One request with these headers and no others that say anything. */
export function send(stand: Pick<Stand, 'url'>, sent: Sent): Promise<Got> {
  const { method = 'GET', uri, headers = {}, body } = sent;
  const { hostname, port } = new URL(stand.url);
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path: uri, method, headers: { ...headers, ...length } };
    const outgoing = request(options, (response) => void readHit(response).then(resolve, reject));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A form posted, or in the query where `method` is GET. */
export function form(uri: string, values: Readonly<Record<string, string>>): Sent {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', uri, headers, body: new URLSearchParams(values).toString() };
}

export function json(uri: string, body: unknown): Sent {
  const headers = { 'Content-Type': 'application/json' };
  return { method: 'POST', uri, headers, body: JSON.stringify(body) };
}

/** What a lead may come to, by a word for it. */
export const OUTCOMES = {
  sold: {
    ...{ kind: 'sold', payoutCents: cents(960), sales: [] },
    redirectUrl: 'https://a.example/?b=1&c=2',
  },
  unsold: { kind: 'unsold', reason: 'no_bids' },
  duplicate: { kind: 'duplicate', reason: 'duplicate' },
  rejected: {
    ...{ kind: 'rejected', reason: 'field_missing' },
    problems: [{ field: 'zip', reason: 'field_missing', says: 'missing' }],
  },
  pending: 'pending',
} as const satisfies Record<string, LeadOutcome | 'pending'>;

const empty = { method: 'GET', query: '', body: new Uint8Array(), params: {}, atMs: 0 };

/** How a format answers something at one of its addresses, in XML where it has the choice. */
export function answerOf(
  format: DoorFormatName,
  address: string,
  more: { readonly answered: Answered; readonly query?: string },
): Reply {
  const request = { ...empty, address, header: () => undefined, query: more.query ?? '' };
  const reading = FORMATS[format].read(request);
  if (reading.kind !== 'read') throw new Error(`${format} reads ${reading.kind}`);
  return reading.answer(more.answered, 0);
}

export const BID: Answered = {
  ...{ kind: 'bid', pingId: 'ping_1' },
  ...{ payoutCents: cents(1205), expiresAtMs: 1 },
};
export const NO_BID: Answered = { kind: 'no_bid', says: 'no buyer bid enough' };

/** A ping of acme that was answered with a bid. */
export const PINGED: Stand['ping'] = {
  kind: 'found',
  ping: {
    ...{ leadId: toLeadId('0'.repeat(26)), sourceId: 'acme', campaignId: 'auto_insurance' },
    ...{ test: false, fields: { zip: '00704' }, bids: [], expiresAtMs: 0 },
    quote: { kind: 'bid', payoutCents: cents(1205) },
  },
};
