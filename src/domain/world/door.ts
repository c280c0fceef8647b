// A door of a source: the format in which its client already posts, and what that means here.

import type { CampaignId } from '../ids.ts';
import type { FormDoor, LinkedinDoor, MetaDoor, PlatformName, WebhookDoor } from './platform.ts';
import type { KeyHash } from './world.ts';

/** The formats that a client may post in, besides our own. */
export const DOOR_FORMATS = [
  'leadprosper',
  'leadconduit',
  'leadspedia',
  'boberdoo',
  'boberdoo_api',
  'leadbyte',
  'phonexa',
  'cake',
  'leadexec',
] as const;
export type DoorFormatName = (typeof DOOR_FORMATS)[number];

/** One account of a client's system, as it is known there. */
export interface Door {
  readonly format: DoorFormatName | PlatformName;
  /** Where its leads go. */
  readonly campaign: CampaignId;
  /** By what the client names itself, as its format says; parts are joined by `/`. */
  readonly account: string;
  /** Of the format's password; empty where it has none. */
  readonly keys: readonly KeyHash[];
  /** The vertical's field for each name of the client's that says something else. */
  readonly fields: Readonly<Record<string, string>>;
  /** Each on doors of that format only. */
  readonly form?: FormDoor | undefined;
  readonly meta?: MetaDoor | undefined;
  readonly webhook?: WebhookDoor | undefined;
  readonly linkedin?: LinkedinDoor | undefined;
}
