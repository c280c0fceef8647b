// LinkedIn's lead sync: what a notification says. The lead itself has to be fetched.

import { parseJsonExactly } from '../../../domain/fields/json-numbers.ts';
import { refused, type Refused } from '../door.ts';

export interface LinkedinNotice {
  readonly kind: 'notice';
  /** The response's URN and the instant: the same lead may be created and deleted. */
  readonly externalId: string;
  /** The URN of the account or organisation that it belongs to. */
  readonly owner: string;
  readonly about: Readonly<Record<string, string>>;
}

const URN = /^urn:li:[\w:,().-]{1,250}$/;
const ABOUT = ['leadGenForm', 'leadType', 'leadAction', 'occurredAt'];

/** Never throws. */
export function readLinkedinNotice(bytes: Uint8Array): LinkedinNotice | Refused {
  let body: Readonly<Record<string, unknown>>;
  try {
    const parsed = parseJsonExactly(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    body = Object(parsed) as typeof body;
  } catch {
    return refused('unreadable', 'the body cannot be parsed as JSON');
  }
  const response = urnOf(body['leadGenFormResponse']);
  const owners = Object.values(Object(body['owner']) as object).map(urnOf);
  const owner = owners.find((urn) => urn !== undefined);
  if (response === undefined || owner === undefined) {
    return refused('invalid', 'leadGenFormResponse and owner: a URN each is wanted');
  }
  const about = ABOUT.flatMap((name) => {
    const value = body[name];
    const isShort = typeof value === 'number' || (typeof value === 'string' && value.length < 300);
    return isShort ? [[name, String(value)] as const] : [];
  });
  const externalId = `${response}@${String(Object.fromEntries(about)['occurredAt'] ?? '')}`;
  return { kind: 'notice', externalId, owner, about: Object.fromEntries(about) };
}

function urnOf(value: unknown): string | undefined {
  return typeof value === 'string' && URN.test(value) ? value : undefined;
}
