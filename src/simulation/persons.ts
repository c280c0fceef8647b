// Which buyers have which persons in a simulation: those they had before the first lead, and those
// it gives them. Persons stay in memory, and in none of the answers.

import { DAY_MS } from '../domain/calendar.ts';
import { type BuyerId, type ContractId, type LeadId, teamOf } from '../domain/ids.ts';
import type { Lead } from '../domain/lead.ts';
import {
  type PersonKey,
  personKeys,
  type RepeatQuestion,
  type SeenBefore,
} from '../domain/person.ts';
import { listKept, type RepeatRules, repeatQuestions } from '../eligibility/repeats.ts';
import type { SeenBy } from '../routing/explain.ts';

/** One lead of a person that a buyer has. */
export interface Had {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly buyerId: BuyerId;
  readonly atMs: number;
}

const nameOf = ({ fields, values }: PersonKey) => JSON.stringify([fields, values]);

export type Persons = ReturnType<typeof createPersons>;

/** Nobody has anyone yet. */
export function createPersons(repeats: RepeatRules) {
  const had = new Map<string, Had[]>();
  const lists = [...new Set(listKept(repeats).map(({ fields }) => JSON.stringify(fields)))].map(
    (text) => JSON.parse(text) as readonly string[],
  );

  function note(key: PersonKey, one: Had): void {
    const name = nameOf(key);
    const known = had.get(name);
    if (known) known.push(one);
    else had.set(name, [one]);
  }

  function findLatest(question: RepeatQuestion, lead: Lead, atMs: number): Had | undefined {
    const { buyer, through, key, withinDays } = question;
    return had
      .get(nameOf(key))
      ?.filter(
        (one) =>
          one.leadId !== lead.id &&
          teamOf(one.buyerId) === buyer &&
          (through === null || teamOf(one.contractId) === through) &&
          one.atMs > atMs - withinDays * DAY_MS,
      )
      .reduce<Had | undefined>((a, b) => (a && a.atMs > b.atMs ? a : b), undefined);
  }

  return {
    note,

    /** The persons that a lead may be, by every list of fields that a rule asks by. */
    keysOf: ({ fields }: Pick<Lead, 'fields'>): PersonKey[] => personKeys(lists, fields),

    /** The buyer of a contract has the lead's person from now on. */
    give(lead: Lead, one: Omit<Had, 'leadId'>): void {
      for (const key of personKeys(lists, lead.fields)) note(key, { leadId: lead.id, ...one });
    },

    /** Which of these contracts' buyers have the lead's person, by their rules. */
    seenBy(contracts: readonly ContractId[], lead: Lead, atMs: number): SeenBy {
      const seen = new Map<ContractId, SeenBefore>();
      for (const question of repeatQuestions(repeats, contracts, lead)) {
        const { contractId, key, withinDays } = question;
        const latest = findLatest(question, lead, atMs);
        if (!latest || (seen.get(contractId)?.atMs ?? 0) > latest.atMs) continue;
        const { leadId, atMs: at } = latest;
        seen.set(contractId, { leadId, atMs: at, fields: key.fields, withinDays });
      }
      return seen;
    },
  };
}
