// Domains of which e-mail addresses are thrown away: some 56,000, from a package of 1 MB that takes
// 70 ms to read. So it is read once, and only where somebody asks.

import { createRequire } from 'node:module';

import { meantDomain } from '../../domain/fields/email.ts';

// New ones come every day; these are what nearly all of them call themselves.
const HINT = /temp-?mail|trash-?mail|throw-?away|disposable|10-?minute/;

let listed: ReadonlySet<string> | undefined;

/** Whether addresses of a domain, in lower case, or of one above it, are made to be thrown away. */
export function isDisposable(domain: string): boolean {
  if (HINT.test(domain)) return true;
  // Lists hold the slips too (hotmial.com): whoever made one is a person whom nobody can write to.
  if (meantDomain(domain) !== undefined) return false;
  listed ??= loadList();
  for (let name = domain; name !== ''; name = name.split('.').slice(1).join('.')) {
    if (listed.has(name)) return true;
  }
  return false;
}

function loadList(): ReadonlySet<string> {
  const checker = createRequire(import.meta.url)('mailchecker') as { blacklist(): Set<string> };
  return checker.blacklist();
}
