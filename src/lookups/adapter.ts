// What the adapter of an outside service is: its settings, and two pure translations. The host owns
// network, deadline, cache and secrets; an adapter says where the secret goes and never sees it. A
// new service is a file of this form, named in `adapters.ts`.

import { z } from 'zod';

import type { Finding } from '../domain/lookups/finding.ts';
import type { RefusalReason } from '../domain/reasons.ts';

/** What a service is asked about. */
export type Subject = 'phone' | 'email' | 'trustedform' | 'jornaya';

/** One lead as a service may see it. */
export interface LookupQuestion {
  /** E.164 phone, lower-case e-mail, certificate URL or token: what the subject names. */
  readonly value: string;
  /** The person beside it; only adapters that `match` get it. */
  readonly phone?: string;
  readonly email?: string;
}

/** Where the host puts the secret. `basic`: the whole `user:password`, or what follows `user:`. */
export type SecretPlace =
  | { readonly in: 'basic'; readonly user?: string | undefined }
  | { readonly in: 'bearer' }
  | { readonly in: 'header' | 'query'; readonly name: string };

export interface LookupRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Absent: the call carries no secret. */
  readonly secret?: SecretPlace;
}

/** An answer below 500 that is no refusal of the key (401, 402, 403) and no 429. */
export interface LookupReply {
  readonly status: number;
  readonly body: string;
}

/** An adapter with its settings read. */
export interface BoundLookup {
  /** The request; or what can be said without asking anybody. */
  build(question: LookupQuestion): LookupRequest | Finding;
  /** Undefined: not an answer as it is documented. Never throws, never quotes a value. */
  read(reply: LookupReply): Finding | undefined;
  /** Where the service is to keep what proves a lead, once it is sold. */
  readonly retain?: {
    build(question: LookupQuestion, names: RetainNames): LookupRequest | Finding;
    readonly read: BoundLookup['read'];
  };
}

/** Under which names a service keeps something for us. */
export interface RetainNames {
  readonly leadId: string;
  readonly sourceId: string;
}

export interface LookupAdapter {
  readonly subject: Subject;
  /** Why a lead is refused that the service speaks against. */
  readonly refusal: RefusalReason;
  /** It is told phone and e-mail beside the subject: its answers count for one person. */
  readonly matches: boolean;
  /** The `options` in a world. */
  readonly options: z.ZodType<Readonly<Record<string, unknown>>>;
  bind(options: unknown): BoundLookup;
}

/** An adapter from its schema and the translations that read by it. */
export function lookupAdapter<Options extends Readonly<Record<string, unknown>>>(
  known: Pick<LookupAdapter, 'subject' | 'refusal'> & { readonly matches?: boolean },
  options: z.ZodType<Options>,
  bind: (options: Options) => BoundLookup,
): LookupAdapter {
  return {
    ...{ matches: false, ...known, options },
    // A world holds what has passed the schema; passing it again changes nothing.
    bind: (given) => bind(options.parse(given)),
  };
}

export function clear(says: string): Finding {
  return { kind: 'clear', says };
}
export function bad(says: string): Finding {
  return { kind: 'bad', says };
}
export function unsure(says: string): Finding {
  return { kind: 'unsure', says };
}

/** The body as JSON; undefined where it is none, which fits no schema. */
export function jsonOf({ body }: LookupReply): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The base address of a service, so that tests and proxies can stand in for it. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'wants an http or https URL' })
  .max(500)
  .transform((text) => text.replace(/\/+$/, ''));

const CODE = /^[A-Za-z][A-Za-z_ -]{0,39}$/;

/** A service's word, if it is one: letters only, so that it can hold no number of anybody's. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && CODE.test(value) ? value : undefined;
}
