// A request to a buyer as its contract describes it: where it goes, in which format, what stands at
// which place in it, and by which secret it is known. Plain data; src/delivery/requests builds it.

import type { ValuePath } from '../world/value-path.ts';
import type { FieldValue } from '../world/world.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH'] as const;
export type Method = (typeof METHODS)[number];

export const FORMATS = ['json', 'form', 'xml', 'soap', 'query', 'multipart'] as const;
export type Format = (typeof FORMATS)[number];

/** Those in which a value has a place in a tree; the others have names, which may repeat. */
export const TREE_FORMATS: ReadonlySet<Format> = new Set<Format>(['json', 'xml', 'soap']);

/** Everything about a request but its address, the fields that it may carry, and its time. */
export interface RequestSettings {
  readonly method: Method;
  readonly format: Format;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, HeaderValue>>;
  readonly auth: Auth;
  readonly body: Body;
  /** A form has this one field, and the body in JSON or XML is its value. */
  readonly wrapParam: string | null;
  /** The name of the outermost element of an XML body. */
  readonly root: string;
  readonly soap: Soap;
}

/** A text of Liquid, or the secret of the reference. */
export type HeaderValue = { readonly liquid: string } | { readonly secret: string };

export interface Soap {
  readonly version: '1.1' | '1.2';
  readonly action: string;
}

/** How a request says who we are. `secret` is a reference, `env:NAME` or `file:/path`. */
export type Auth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly secret: string }
  | { readonly kind: 'bearer'; readonly secret: string }
  | {
      readonly kind: 'header';
      readonly name: string;
      readonly prefix: string;
      readonly secret: string;
    }
  | { readonly kind: 'query'; readonly name: string; readonly secret: string }
  | Hmac
  | OAuth2;

/** A signature of the body, or of the query where there is no body. */
export interface Hmac {
  readonly kind: 'hmac';
  readonly secret: string;
  readonly header: string;
  readonly prefix: string;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  /** Carries the Unix seconds; what is signed is then `seconds.body`. */
  readonly timestampHeader: string | null;
}

/** Client credentials: a token is fetched, and kept until it ends. */
export interface OAuth2 {
  readonly kind: 'oauth2';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly secret: string;
  readonly scope: string | null;
  readonly audience: string | null;
  /** Where the token service wants to read who we are. */
  readonly clientIn: 'body' | 'basic';
}

export type Body =
  | { readonly kind: 'mapping'; readonly mappings: readonly Mapping[] }
  /** A text whose output is the body; it must be well-formed, or nothing is sent. */
  | { readonly kind: 'template'; readonly liquid: string };

/** One value of the body. What has no value is left out: never null, never invented. */
export interface Mapping {
  readonly to: Place;
  readonly from: Origin;
  readonly as: readonly TransformName[];
  /** The buyer's words for ours; `*` is all others, which without it are sent as they are. */
  readonly map: Readonly<Record<string, FieldValue>> | null;
  readonly omitIfEmpty: boolean;
}

/** A name as it is written, and the same as a path where the format is a tree. */
export interface Place {
  readonly name: string;
  readonly path: ValuePath;
}

/** Where a value comes from. */
export type Origin =
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'value'; readonly value: FieldValue }
  | { readonly kind: 'template'; readonly liquid: string }
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'fact'; readonly fact: FactName }
  /** What the ping's answer held, by the name that the answer's rules give it. */
  | { readonly kind: 'captured'; readonly name: string };

/** What a request may say besides the fields of the lead. */
export const FACTS = [
  'lead_id',
  'contract',
  'campaign',
  'member',
  'round',
  'price_cents',
  'price_dollars',
  'bid_id',
  'reference',
  'test',
  'sent_at',
] as const;
export type FactName = (typeof FACTS)[number];

/** What may be done to a value, in order. What a step cannot read, it leaves as it is. */
export const TRANSFORMS = [
  ...['trim', 'upper', 'lower', 'title', 'text', 'number', 'whole'],
  ...['digits', 'first_letter', 'first_word', 'last_word', 'last4', 'first5'],
  ...['phone_national', 'phone_e164', 'phone_dashes', 'phone_area', 'phone_prefix', 'phone_line'],
  ...['date_iso', 'date_us', 'date_us_dashes', 'date_eu', 'date_compact'],
  ...['year', 'month', 'day', 'age'],
  ...['yes_no', 'y_n', 'true_false', 'one_zero'],
  ...['dollars', 'cents'],
] as const;
export type TransformName = (typeof TRANSFORMS)[number];
