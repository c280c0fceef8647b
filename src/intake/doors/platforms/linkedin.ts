// LinkedIn's lead sync: what a notification says. The lead itself has to be fetched.

import { refused, type Refused } from '../door.ts';
import { looseOf, parseLoose, textOf } from './loose.ts';

export interface LinkedinNotice {
  readonly kind: 'notice';
  /** The response's id: announced again it is the same. Of a deletion: and when it happened. */
  readonly externalId: string;
  /** The URN of the account or organisation that it belongs to. */
  readonly owner: string;
  /** Somebody has answered a form. Otherwise an answer was deleted, or something else happened. */
  readonly isNew: boolean;
  readonly about: Readonly<Record<string, string>>;
}

// At least one letter or digit is in the id: it stands in an address.
const URN = /^urn:li:\w{1,50}:(?=.*\w)[\w:,().-]{1,250}$/;
const ABOUT = ['leadGenForm', 'leadType', 'leadAction', 'occurredAt'];

/** Never throws. */
export function readLinkedinNotice(bytes: Uint8Array): LinkedinNotice | Refused {
  const body = parseLoose(bytes);
  if (!body) return refused('unreadable', 'the body cannot be parsed as JSON');
  const response = urnOf(body['leadGenFormResponse']);
  const owner = Object.values(looseOf(body['owner']))
    .map(urnOf)
    .find((urn) => urn !== undefined);
  if (response === undefined || owner === undefined) {
    return refused('invalid', 'leadGenFormResponse and owner: a URN each is wanted');
  }
  const known = ABOUT.map((name) => [name, textOf(body[name])?.slice(0, 300)] as const);
  const about = Object.fromEntries(known.filter(([, text]) => text !== undefined));
  const isNew = /^created$/i.test(about['leadAction'] ?? 'CREATED');
  const id = idOfUrn(response);
  return {
    kind: 'notice',
    externalId: isNew ? id : `${id}@${about['occurredAt'] ?? ''}`,
    ...{ owner, isNew, about: about as Record<string, string> },
  };
}

/** `1` of `urn:li:sponsoredCampaign:1`; what is no URN is an id already. */
export function idOfUrn(urn: string): string {
  return urn.replace(/^urn:li:\w+:/, '');
}

function urnOf(value: unknown): string | undefined {
  return typeof value === 'string' && URN.test(value) ? value : undefined;
}
