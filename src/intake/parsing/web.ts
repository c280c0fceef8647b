// Addresses of pages and of computers.

import ipaddr from 'ipaddr.js';

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;

/**
 * The address of a page as a browser would write it; without a protocol it is http. Only http and
 * https, never with a user or password; a host has a top-level domain, or is written as IPv4.
 */
export function parseUrl(text: string): string | undefined {
  if (/[\s\\<>"]/.test(text)) return undefined;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(whole)) return undefined;
  const { protocol, username, password, hostname, href } = new URL(whole);
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '') return undefined;
  // A browser reads the number 42 as the address 0.0.0.42.
  const isWritten = ipaddr.IPv4.isValidFourPartDecimal(hostname) && text.includes(hostname);
  return DOMAIN.test(hostname) || isWritten ? href : undefined;
}

/** An address as text: IPv6 in its shortest form, IPv4 that was written as IPv6 as IPv4. */
export function parseIp(text: string): string | undefined {
  const address = withoutPort(text);
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return address;
  if (!address.includes(':') || address.includes('%')) return undefined;
  return ipaddr.IPv6.isValid(address) ? ipaddr.process(address).toString() : undefined;
}

function withoutPort(text: string): string {
  const [, four] = /^([\d.]+):\d{1,5}$/.exec(text) ?? [];
  const [, six] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text) ?? [];
  return four ?? six ?? text;
}
