// The outside services that are asked about leads: one real HTTP server that follows their
// documented wire formats, checks their keys, and misbehaves as it is told. It keeps what it was
// asked, in order.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The keys that are good, in the form in which a world's reference holds them. */
export const LOOKUP_KEYS = {
  twilio: 'SKtest:twilio-secret',
  trustedform: 'trustedform-secret',
  jornaya: 'audit-secret',
  email: 'email-secret',
  scrub: 'scrub-secret',
} as const;
export type FakeName = keyof typeof LOOKUP_KEYS;

/** What a service does with the next calls. */
export type LookupBehaviour =
  /** Answers well: with what is documented, some of it changed. */
  | { readonly says?: object; readonly status?: number; readonly afterMs?: number }
  | { readonly text: string; readonly status?: number }
  | { readonly error: number; readonly retryAfter?: string }
  | 'hangs'
  | 'half'
  | 'hangs_up';

export interface AskedLookup {
  readonly name: FakeName;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeLookups {
  readonly url: string;
  /** `host:port`. */
  readonly address: string;
  readonly asked: AskedLookup[];
  will(name: FakeName, behaviour: LookupBehaviour): void;
  /** Everything is well again. */
  heal(): void;
  close(): Promise<void>;
}

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

/** By the first part of a path: who answers, whether the key is right, what is said when well. */
const ROUTES: readonly {
  readonly name: FakeName;
  readonly path: RegExp;
  isKeyGood(of: { headers: IncomingMessage['headers']; query: URLSearchParams }): boolean;
  says(of: { query: URLSearchParams; path: string; body: string }): object;
}[] = [
  {
    name: 'twilio',
    path: /^\/v2\/PhoneNumbers\//,
    isKeyGood: ({ headers }) => headers.authorization === basic(LOOKUP_KEYS.twilio),
    says: ({ path, query }) => ({
      calling_country_code: '1',
      country_code: 'US',
      phone_number: decodeURIComponent(path.split('/')[3] ?? ''),
      national_format: '(415) 555-0123',
      valid: true,
      validation_errors: [],
      caller_name: null,
      line_type_intelligence: query.has('Fields')
        ? {
            mobile_country_code: '311',
            mobile_network_code: '180',
            carrier_name: 'A Carrier',
            type: 'mobile',
            error_code: null,
          }
        : null,
    }),
  },
  {
    name: 'trustedform',
    path: /^\/(?:[-_A-Za-z0-9]{40}|[-_A-Za-z0-9]{80}|0\.[^/]+)$/,
    isKeyGood: ({ headers }) =>
      headers.authorization === basic(`X:${LOOKUP_KEYS.trustedform}`) &&
      headers['api-version'] === '4.0',
    says: ({ body }) => {
      const asked = JSON.parse(body) as { retain?: object; insights?: object };
      return {
        outcome: 'success',
        reason: null,
        match_lead: { result: { success: true, email_match: true, phone_match: false } },
        ...(asked.retain && {
          retain: {
            results: {
              expires_at: '2031-11-27T00:00:00Z',
              previously_retained: false,
              masked_cert_url: 'https://cert.trustedform.com/masked',
              share_url: 'https://cert.trustedform.com/shared',
            },
          },
        }),
        ...(asked.insights && { insights: { properties: { age_seconds: 600 } } }),
      };
    },
  },
  {
    name: 'jornaya',
    path: /^\/Authenticate$/,
    isKeyGood: ({ query }) => query.get('lac') === 'ACCOUNT',
    says: ({ query }) => ({
      authenticate: { authentic: 1, token: query.get('id') },
      transid: 'T-1',
    }),
  },
  {
    name: 'jornaya',
    path: /^\/SingleQuery$/,
    isKeyGood: ({ query }) =>
      query.get('lac') === 'ACCOUNT' && query.get('lak') === LOOKUP_KEYS.jornaya,
    says: () => ({ audit: { flag: 'Green' }, transid: 'T-2' }),
  },
  {
    name: 'email',
    path: /^\/v2\/validate$/,
    isKeyGood: ({ query }) => query.get('api_key') === LOOKUP_KEYS.email,
    says: ({ query }) => ({
      ...{ address: query.get('email'), status: 'valid', sub_status: '', free_email: true },
    }),
  },
  {
    name: 'scrub',
    path: /^\/lookup$/,
    isKeyGood: ({ query }) => query.get('key') === LOOKUP_KEYS.scrub,
    says: () => ({ status: 'success', message: 'Good', code: 'none', results: 0 }),
  },
];

/** Starts it on a free port; every service is well. */
export async function startFakeLookups(): Promise<FakeLookups> {
  const asked: AskedLookup[] = [];
  const told = new Map<FakeName, LookupBehaviour>();
  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const url = new URL(req.url ?? '', 'http://fake');
      const route = ROUTES.find(({ path }) => path.test(url.pathname));
      if (!route) return send(res, 404, { message: 'no such place' });
      const { name } = route;
      const { method = '', headers } = req;
      asked.push({ name, method, url: req.url ?? '', headers, body });
      const of = { headers, query: url.searchParams, path: url.pathname, body };
      if (!route.isKeyGood(of)) return send(res, 401, { code: 20003, message: 'Authenticate' });
      answer(res, told.get(name) ?? {}, () => route.says(of));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${address}`,
    ...{ address, asked },
    will: (name, behaviour) => void told.set(name, behaviour),
    heal: () => told.clear(),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function answer(res: ServerResponse, now: LookupBehaviour, well: () => object): void {
  if (now === 'hangs') return;
  if (now === 'hangs_up') return void res.destroy();
  if (now === 'half') {
    res.writeHead(200, { 'content-type': 'application/json' });
    return void res.write('{"valid":');
  }
  if ('error' in now) {
    if (now.retryAfter !== undefined) res.setHeader('retry-after', now.retryAfter);
    return send(res, now.error, { code: now.error, message: 'no' });
  }
  if ('text' in now) return void res.writeHead(now.status ?? 200).end(now.text);
  const { says, status = 200, afterMs } = now;
  const body = { ...well(), ...says };
  if (afterMs === undefined) return send(res, status, body);
  setTimeout(() => send(res, status, body), afterMs);
}

function send(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The lookups of a world that ask this server, as operators write them. */
export function lookupSettings(url: string) {
  return {
    twilio: {
      service: 'twilio_lookup',
      secret_ref: 'env:TWILIO',
      per_thousand_cents: 800,
      options: { url },
    },
    trustedform: { service: 'trustedform', secret_ref: 'env:TRUSTEDFORM', options: { url } },
    jornaya: { service: 'jornaya', options: { url, account: 'ACCOUNT' } },
    email: {
      service: 'email',
      secret_ref: 'env:EMAIL',
      options: {
        url: `${url}/v2/validate?email={email}`,
        auth: { in: 'query', name: 'api_key' },
        verdict: '$.status',
        clear: ['valid', 'catch-all'],
        bad: ['invalid', 'spamtrap', 'abuse', 'do_not_mail'],
        unsure: ['unknown'],
      },
    },
    scrub: {
      service: 'scrub',
      secret_ref: 'env:SCRUB',
      options: {
        url: `${url}/lookup?ver=v3&resp=json&phone={digits}`,
        auth: { in: 'query', name: 'key' },
        usable: { path: '$.status', is: 'success' },
        verdict: '$.message',
        clear: ['good'],
        bad: ['blacklisted'],
      },
    },
  };
}

/** The environment in which those references hold the good keys. */
export const LOOKUP_ENV = {
  TWILIO: LOOKUP_KEYS.twilio,
  TRUSTEDFORM: LOOKUP_KEYS.trustedform,
  JORNAYA: LOOKUP_KEYS.jornaya,
  EMAIL: LOOKUP_KEYS.email,
  SCRUB: LOOKUP_KEYS.scrub,
} as const;
