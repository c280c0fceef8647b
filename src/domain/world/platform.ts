// What the doors of web forms, ad platforms and automation tools need to know beyond their account.
// Secrets stand here by reference only.

/** Who posts leads of its own accord, in one form only; nothing is asked of it before. */
export const PLATFORMS = ['form', 'google', 'meta', 'webhook', 'linkedin'] as const;
export type PlatformName = (typeof PLATFORMS)[number];

/** A form on a web page. */
export interface FormDoor {
  /** Where the browser goes after a lead was taken; null: to a page of ours. */
  readonly thanksUrl: string | null;
  /** Where it goes after a refusal; null: back to the form, with what is wrong. */
  readonly refusedUrl: string | null;
  /** `https://example.com`: pages elsewhere may not post. Empty: any page may. */
  readonly origins: readonly string[];
  /** What the hosted form has its visitor agree to; null: it does not ask. */
  readonly consentText: string | null;
}

/** A page at Facebook or Instagram. */
export interface MetaDoor {
  /** Signs what the app posts here. */
  readonly appSecretRef: string;
  /** What the app says when it is first pointed here. */
  readonly verifyTokenRef: string;
  /** Fetches the page's leads. */
  readonly pageTokenRef: string;
}

/** Anything that posts a form, JSON or XML. */
export interface WebhookDoor {
  /** Where in the body a field of ours stands. */
  readonly paths: Readonly<Record<string, string>>;
  readonly signature: Signature | null;
  /** `received`: it is answered as soon as the lead is stored. */
  readonly answer: 'outcome' | 'received';
}

/** A signature over the body's bytes that comes in a header. */
export interface Signature {
  readonly secretRef: string;
  /** Lower case. */
  readonly header: string;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  /** What stands before it, such as `sha256=`. */
  readonly prefix: string;
  /** `timed`: the header is `t={seconds},s={signature}`; `{seconds}.` is signed with the body. */
  readonly scheme: 'plain' | 'timed';
}

/** An account of LinkedIn's campaign manager. */
export interface LinkedinDoor {
  /** Answers challenges, and signs what is posted here. */
  readonly clientSecretRef: string;
  /** Fetches the account's leads; null: they are only written down. */
  readonly tokenRef: string | null;
  /** Of the API, `YYYYMM`. */
  readonly version: string;
  readonly baseUrl: string;
}

/** What a webhook's `paths` may name besides fields of the vertical. */
export const WEBHOOK_NAMES: readonly string[] = [
  ...['external_id', 'sub_source', 'test', 'ip_address', 'landing_page_url', 'user_agent'],
  ...['consent_text', 'consent_at', 'trustedform_cert_url', 'jornaya_leadid'],
];
