// Which contracts must not have the same person twice, and what they have to ask about a lead. What
// is found is looked up outside and passed in with the question.

import { DAY_MS } from '../domain/calendar.ts';
import { type ContractId, isLeadId, teamOf } from '../domain/ids.ts';
import type { Lead } from '../domain/lead.ts';
import {
  type KeptPersons,
  type PersonRule,
  personKeys,
  type RepeatQuestion,
  type SeenBefore,
} from '../domain/person.ts';
import type { World } from '../domain/world/world.ts';

/** One rule as it stands for one contract. */
type Scoped = PersonRule & Pick<RepeatQuestion, 'buyer' | 'through'>;

/** The rules of all contracts that have one. */
export type RepeatRules = ReadonlyMap<ContractId, readonly Scoped[]>;

/** A contract's own rule, and its buyer's over all contracts. A team is one buyer. */
export function compileRepeats({ contracts, buyers }: World): RepeatRules {
  const rules = new Map<ContractId, readonly Scoped[]>();
  for (const [id, { buyer: buyerId, noRepeats }] of Object.entries(contracts)) {
    const buyer = teamOf(buyerId);
    const own = noRepeats ? [{ ...noRepeats, buyer, through: teamOf(id) }] : [];
    const all = buyers[buyerId]?.noRepeats;
    const scoped = all ? [...own, { ...all, buyer, through: null }] : own;
    if (scoped.length > 0) rules.set(id, scoped);
  }
  return rules;
}

/** What is to be asked before these contracts may have the lead; nothing where none has a rule. */
export function repeatQuestions(
  rules: RepeatRules,
  contractIds: readonly ContractId[],
  { fields }: Pick<Lead, 'fields'>,
): RepeatQuestion[] {
  if (rules.size === 0) return [];
  return contractIds.flatMap((contractId) =>
    (rules.get(contractId) ?? []).flatMap(({ by, ...scoped }) =>
      personKeys(by, fields).map((key) => ({ contractId, ...scoped, key })),
    ),
  );
}

/** Every list of fields that some rule asks by, once, with its longest window. */
export function listKept(rules: RepeatRules): KeptPersons[] {
  const kept = new Map<string, KeptPersons>();
  for (const { buyer, through, by, withinDays } of [...rules.values()].flat()) {
    for (const fields of by) {
      const name = JSON.stringify([buyer, through, fields]);
      const longest = Math.max(withinDays, kept.get(name)?.withinDays ?? 0);
      kept.set(name, { buyer, through, fields, withinDays: longest });
    }
  }
  return [...kept.values()];
}

/** For operators: which fields agree with which lead, and when that was. Never a value. */
export function seenText({ fields, leadId, atMs, withinDays }: SeenBefore): string {
  const at = new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
  return `the same ${fields.join(' and ')} as ${leadId} of ${at} UTC, within ${withinDays} days`;
}

const SEEN_TEXT = /^the same (.+) as (\S+) of (.{16}) UTC, within (\d+) days$/;

/**
 * What `seenText` was made of, from a stored refusal; undefined for other texts. `untilMs` is until
 * when it held: the text has no seconds.
 */
export function parseSeenText(text: string, untilMs?: number): SeenBefore | undefined {
  const [, names, id, at, days] = SEEN_TEXT.exec(text) ?? [];
  if (names === undefined || id === undefined || !isLeadId(id)) return undefined;
  const withinDays = Number(days);
  const atMs =
    untilMs === undefined ? Date.parse(`${at?.replace(' ', 'T')}Z`) : untilMs - withinDays * DAY_MS;
  return { leadId: id, atMs, fields: names.split(' and '), withinDays };
}
