// When a form was shown, signed: a script that posts without looking at the form has no such stamp,
// or one that is too young. It is told in the lead's behaviour, and refuses nobody.

import { createHmac } from 'node:crypto';

import { isSame } from './signature.ts';

/** The field that carries it. */
export const STAMP = 'form_rendered_at';

/** Nobody reads and fills a form in less. */
const LEAST_MS = 2_000;
const MOST_MS = 24 * 60 * 60 * 1_000;

/** For the form of one account: `{milliseconds}.{signature}`. */
export function makeStamp(account: string, nowMs: number, key: string): string {
  return `${nowMs}.${sign(account, String(nowMs), key)}`;
}

export interface StampFacts {
  readonly form_age: 'fine' | 'too_young' | 'too_old' | 'missing' | 'forged';
  /** From the form's first byte to the post; only where the stamp is ours. */
  readonly form_seconds?: number;
}

/** What a stamp says, as facts about the visit. */
export function readStamp(
  stamp: string | undefined,
  { account, nowMs, key }: { account: string; nowMs: number; key: string },
): StampFacts {
  if (stamp === undefined) return { form_age: 'missing' };
  const [, at, said] = /^(\d{1,15})\.([\w-]{43})$/.exec(stamp) ?? [];
  if (at === undefined || said === undefined || !isSame(said, sign(account, at, key))) {
    return { form_age: 'forged' };
  }
  const ageMs = Math.max(0, nowMs - Number(at));
  const form_seconds = Math.round(ageMs / 1_000);
  if (ageMs < LEAST_MS) return { form_age: 'too_young', form_seconds };
  return { form_age: ageMs > MOST_MS ? 'too_old' : 'fine', form_seconds };
}

function sign(account: string, at: string, key: string): string {
  return createHmac('sha256', key).update(`${account.toLowerCase()} ${at}`).digest('base64url');
}
