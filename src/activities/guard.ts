// Which addresses outbound calls may reach. The check sits in the connector, because a DNS hook is
// never called for IP literals, and it pins the checked address to the socket: a name that answers
// a public address first and a private one later finds no gap.

import dns from 'node:dns';
import net from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';

const PORTS = new Set(['443', '80', '8443', '']);

/** Refused before anything was sent. */
export class AddressRefused extends Error {
  readonly code = 'ESSRF';
}

export interface GuardSettings {
  /** `host:port` that may be reached although private or plain http, for tests and the demo. */
  readonly allowPrivate: ReadonlySet<string>;
  readonly allowHttp: boolean;
}

// Azure's host: answers virtual machines about themselves, from an address in a public range.
const PLATFORM_HOST = '168.63.129.16';

/** True for every address that is not plainly public: loopback, private, link-local, metadata … */
export function isPrivate(ip: string): boolean {
  if (!ipaddr.isValid(ip)) return true;
  const address = ipaddr.process(ip);
  return address.range() !== 'unicast' || address.toString() === PLATFORM_HOST;
}

/** Throws `AddressRefused` unless the URL's scheme, port and literal host may be called. */
export function checkUrl(url: URL, settings: GuardSettings): void {
  if (url.username || url.password) throw new AddressRefused('a URL with credentials');
  if (settings.allowPrivate.has(placeOf(url))) return;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && settings.allowHttp)) {
    throw new AddressRefused('only https is allowed');
  }
  if (!PORTS.has(url.port)) throw new AddressRefused(`port ${url.port} is not allowed`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (net.isIP(host) !== 0 && isPrivate(host)) throw new AddressRefused('a private address');
}

/** `host:port` as operators write it: IPv6 without brackets, the scheme's own port spelled out. */
function placeOf(to: { hostname: string; port: string; protocol: string }): string {
  const host = to.hostname.replace(/^\[|\]$/g, '');
  return `${host}:${to.port || (to.protocol === 'https:' ? '443' : '80')}`;
}

/**
 * The address at which a host may be reached, checked, for protocols other than HTTP: whoever
 * connects to it finds no gap between check and connection. Throws `AddressRefused`.
 */
export async function checkedAddress(
  { host, port }: { readonly host: string; readonly port: number },
  { allowPrivate }: Pick<GuardSettings, 'allowPrivate'>,
): Promise<string> {
  const { address } = await dns.promises.lookup(host);
  if (isPrivate(address) && !allowPrivate.has(`${host}:${port}`)) {
    throw new AddressRefused('a private address');
  }
  return address;
}

/** A connector for undici that refuses private addresses, resolved ones included. */
export function createConnector(settings: GuardSettings): buildConnector.connector {
  const lookup: net.LookupFunction = (host, options, done) => {
    dns.lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0);
      if (addresses.some(({ address }) => isPrivate(address))) {
        return done(new AddressRefused('the name resolves to a private address'), '', 0);
      }
      const [first] = addresses;
      if (options.all) return done(null, addresses);
      return done(null, first?.address ?? '', first?.family ?? 0);
    });
  };
  const guarded = buildConnector({ timeout: 2_000, lookup });
  const open = buildConnector({ timeout: 2_000 });
  return (options, done) => {
    if (settings.allowPrivate.has(placeOf(options))) {
      return open(options, done);
    }
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (net.isIP(host) !== 0 && isPrivate(host)) {
      return done(new AddressRefused('a private address'), null);
    }
    return guarded(options, done);
  };
}
