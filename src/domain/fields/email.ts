// What an e-mail address tells without asking anybody: whose it is, and whether its domain looks
// mistyped. Addresses are in their normal form, lower case.

/** Of which kind an address is; the first one that fits counts. */
export const EMAIL_TYPES = ['disposable', 'role', 'free', 'own'] as const;
export type EmailType = (typeof EMAIL_TYPES)[number];

/** Says of a domain whether its addresses are made to be thrown away. */
export type IsDisposable = (domain: string) => boolean;

/** `own`: an address of a company, a school, or a person's own domain. */
export function emailTypeOf(email: string, isDisposable: IsDisposable): EmailType {
  const domain = domainOf(email);
  if (isDisposable(domain)) return 'disposable';
  if (isRole(email)) return 'role';
  return FREE_NAMES.test(domain) ? 'free' : 'own';
}

export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1);
}

// The mailbox names of RFC 2142, and what offices call theirs.
const ROLES = new RegExp(
  `^(${[
    ...['info', 'admin', 'administrator', 'sales', 'support', 'contact', 'office', 'billing'],
    ...['noreply', 'no-reply', 'donotreply', 'do-not-reply', 'webmaster', 'postmaster'],
    ...['hostmaster', 'abuse', 'security', 'marketing', 'hello', 'help', 'helpdesk', 'team'],
    ...['enquiries', 'inquiries', 'accounts', 'accounting', 'hr', 'jobs', 'service', 'root'],
    ...['mailer-daemon', 'test'],
  ].join('|')})(\\+[^@]*)?@`,
);

/** Whether an address is that of an office: `info@`, `sales+web@`. */
export function isRole(email: string): boolean {
  return ROLES.test(email);
}

/** The providers at whose domains people mistype theirs, by how many have it. */
const PROVIDERS = [
  ...['gmail.com', 'yahoo.com', 'hotmail.com', 'outlook.com', 'icloud.com', 'comcast.net'],
  ...['verizon.net', 'sbcglobal.net', 'bellsouth.net', 'charter.net', 'rocketmail.com'],
];

const FREE_NAMES = new RegExp(
  `^(${[
    ...['gmail', 'googlemail', 'yahoo', 'ymail', 'hotmail', 'outlook', 'live', 'msn', 'aol'],
    ...['icloud', 'me', 'mac', 'proton', 'protonmail', 'gmx', 'mail', 'email', 'comcast', 'att'],
    ...['verizon', 'sbcglobal', 'bellsouth', 'cox', 'charter', 'rocketmail', 'fastmail'],
  ].join('|')})\\.`,
);
// `gmail.co` is no provider although it begins like one: what counts here is the whole domain.
const PROVIDER_DOMAINS = /^(ymail|email|mail|gmx|fastmail)\.com$|\.(co\.\w\w|com\.\w\w)$/;

/** `gmail.com` for `gmial.com`: the large provider that is one slip away; undefined if none is. */
export function meantDomain(domain: string): string | undefined {
  if (PROVIDERS.includes(domain) || PROVIDER_DOMAINS.test(domain)) return undefined;
  return PROVIDERS.find((provider) => isOneSlip(domain, provider));
}

/** One letter too many, too few or wrong, or two of them the wrong way round. */
function isOneSlip(a: string, b: string): boolean {
  if (a.length > b.length) return isOneSlip(b, a);
  if (b.length - a.length > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  if (a.length < b.length) return a.slice(at) === b.slice(at + 1);
  if (a.slice(at + 1) === b.slice(at + 1)) return at < a.length;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
