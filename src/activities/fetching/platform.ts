// What it takes to fetch a lead where it was announced: a request, and what its answers mean.

import type { OutgoingRequest, Reply } from '../../delivery/adapter.ts';
import type { Door } from '../../domain/world/door.ts';

/** A platform that announces leads. Pure translation: it calls nobody. */
export interface FetchPlatform {
  /** The secret that it is asked with; undefined where the door names none. */
  tokenRefOf(door: Door): string | undefined;
  buildRequest(wanted: Wanted): OutgoingRequest;
  /** Its words are ours: a platform's own may quote the person. */
  readReply(reply: Reply): FetchReply;
}

export interface Wanted {
  readonly door: Door;
  /** The platform's name of the lead. */
  readonly externalId: string;
  readonly token: string;
}

export type FetchReply =
  | { readonly kind: 'lead'; readonly body: string }
  /** With another token it goes on. */
  | { readonly kind: 'token_refused' }
  /** It will not be another time either. */
  | { readonly kind: 'final'; readonly says: string }
  | { readonly kind: 'again'; readonly says: string };

/** The object that a body holds; undefined where it holds something else. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
