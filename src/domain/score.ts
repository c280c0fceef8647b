// The rules by which a lead is scored when nothing better is known: 0-100, from the lead alone.
// Each reason says what was seen, without the values: it stands in histories and is shown to
// sources.

import { MINUTE_MS } from './calendar.ts';
import { ageOn, BIRTH_FIELDS } from './facts.ts';
import { domainOf, type IsDisposable } from './fields/email.ts';
import type { Lead, Score, ScoreReason } from './lead.ts';
import type { Field, FieldValue, Vertical } from './world/world.ts';

export interface ScoreFacts {
  readonly lead: Lead;
  readonly vertical: Vertical;
  readonly atMs: number;
  readonly isDisposable: IsDisposable;
}

/** Where every lead begins; what is not known neither adds nor takes. */
export const SCORE_START = 50;

const RULES: readonly ((facts: ScoreFacts) => readonly ScoreReason[])[] = [
  scoreCompleteness,
  scoreProblems,
  scorePhone,
  scoreEmail,
  scoreName,
  scoreAge,
  scoreBehaviour,
  scoreConsent,
  scoreFreshness,
];

/** Scores a lead. The score is the sum of its reasons' points, kept within 0 and 100. */
export function scoreLead(facts: ScoreFacts): Score {
  const reasons = RULES.flatMap((rule) => rule(facts));
  const sum = reasons.reduce((total, [points]) => total + points, SCORE_START);
  const score = Math.min(100, Math.max(0, sum));
  return { score, band: bandOf(score), scorer: 'rules', reasons };
}

/** The band of a score: high from 70, medium from 40. */
export function bandOf(score: number): Score['band'] {
  if (score >= 70) return 'high';
  return score >= 40 ? 'medium' : 'low';
}

function scoreCompleteness({ lead, vertical }: ScoreFacts): ScoreReason[] {
  const names = Object.keys(vertical.fields);
  if (names.length === 0) return [];
  const given = names.filter((name) => Object.hasOwn(lead.fields, name)).length;
  const points = Math.round((given / names.length) * 20) - 10;
  return [[points, `${given} of ${names.length} fields are given`]];
}

function scoreProblems({ lead }: ScoreFacts): ScoreReason[] {
  const invalid = lead.problems.filter((problem) => problem.reason === 'field_invalid').length;
  if (invalid === 0) return [[5, 'every field is readable']];
  const fields = invalid === 1 ? '1 field does' : `${invalid} fields do`;
  return [[Math.max(-30, -10 * invalid), `${fields} not hold what the type asks for`]];
}

function scorePhone(facts: ScoreFacts): ScoreReason[] {
  if (!hasType(facts, 'phone')) return [];
  return textsOf(facts, 'phone').length > 0
    ? [[5, 'a phone is given']]
    : [[-15, 'no phone number']];
}

function scoreEmail(facts: ScoreFacts): ScoreReason[] {
  if (!hasType(facts, 'email')) return [];
  const [email] = textsOf(facts, 'email');
  if (email === undefined) return [[-5, 'no e-mail address']];
  return facts.isDisposable(domainOf(email))
    ? [[-25, 'the e-mail address looks disposable']]
    : [[3, 'an e-mail is given']];
}

/** The names under which a vertical may hold a person's name. */
export const NAME_FIELDS: readonly string[] = ['first_name', 'last_name', 'full_name', 'name'];
const NAME_FAULTS: readonly [pattern: RegExp, says: string][] = [
  [/\d/, 'a name holds digits'],
  [/^.{0,1}$|^.{41,}$/u, 'a name is very short or very long'],
  [/(\p{L})\1\1/iu, 'a name repeats a letter three times'],
  // Only where all letters are plain Latin ones: other alphabets have other vowels.
  [/^[b-df-hj-np-tv-xz]{4,}$/i, 'a name has no vowel'],
  [/asdf|qwer|zxcv|hjkl/i, 'a name follows the keyboard'],
  [/^(test|fake|none|null|unknown|xxx+)$/i, 'a name is a placeholder'],
];

function scoreName({ lead }: ScoreFacts): ScoreReason[] {
  const names = NAME_FIELDS.map((field) => ownText(lead.fields, field)).filter(
    (name) => name !== '',
  );
  if (names.length === 0) return [];
  const faults = nameFaults(names);
  if (faults.length === 0) return [[5, 'the name is plausible']];
  return faults.slice(0, 2).map((says) => [-12, says]);
}

/** What is odd about names, without the names. */
export function nameFaults(names: readonly string[]): string[] {
  const faults = NAME_FAULTS.filter(([pattern]) => names.some((name) => pattern.test(name)));
  return faults.map(([, says]) => says);
}

function scoreAge({ lead, atMs }: ScoreFacts): ScoreReason[] {
  const born = BIRTH_FIELDS.map((field) => ownText(lead.fields, field)).find((date) => date !== '');
  const age = born === undefined ? undefined : ageOn(born, atMs);
  if (age === undefined) return [];
  return age >= 18 && age <= 95
    ? [[2, 'the age is plausible']]
    : [[-20, 'the age is below 18 or above 95']];
}

function scoreBehaviour({ lead }: ScoreFacts): ScoreReason[] {
  const form = ownNumber(lead.behaviour, 'form_seconds');
  const page = ownNumber(lead.behaviour, 'time_on_page_s');
  const reasons: ScoreReason[] = [];
  if (form !== undefined && form < 3) {
    reasons.push([-25, 'the form was filled in under 3 seconds']);
  } else if (form !== undefined && form >= 8) {
    reasons.push([8, 'the form was filled at a human pace']);
  }
  if (page !== undefined && page < 5) {
    reasons.push([-10, 'under 5 seconds were spent on the page']);
  } else if (page !== undefined && page >= 15) {
    reasons.push([4, 'at least 15 seconds were spent on the page']);
  }
  return reasons;
}

function scoreConsent({ lead }: ScoreFacts): ScoreReason[] {
  if (lead.consent?.trustedform_url || lead.consent?.jornaya_id) {
    return [[12, 'consent has a certificate']];
  }
  return lead.consent?.text ? [[4, 'consent is given without a certificate']] : [];
}

function scoreFreshness({ lead, atMs }: ScoreFacts): ScoreReason[] {
  const minutes = (atMs - lead.receivedAtMs) / MINUTE_MS;
  if (minutes < 5) return [[4, 'the lead is fresh']];
  if (minutes < 60) return [];
  return minutes < 24 * 60
    ? [[-5, 'the lead is over an hour old']]
    : [[-20, 'the lead is over a day old']];
}

function hasType({ vertical }: ScoreFacts, type: Field['type']): boolean {
  return Object.values(vertical.fields).some((field) => field.type === type);
}

/** The values of all fields of a type that the lead has. */
function textsOf({ lead, vertical }: ScoreFacts, type: Field['type']): string[] {
  return Object.entries(vertical.fields)
    .filter(([, field]) => field.type === type)
    .map(([name]) => ownText(lead.fields, name))
    .filter((text) => text !== '');
}

function ownText(values: Readonly<Record<string, FieldValue>>, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return typeof value === 'string' ? value.trim() : '';
}

function ownNumber(values: Readonly<Record<string, FieldValue>>, name: string): number | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return typeof value === 'number' ? value : undefined;
}
