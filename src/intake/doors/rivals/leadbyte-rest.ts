// LeadByte's REST addresses: leads are queued, and what came of each is asked by its queue id.

import { type Answered, type DoorRequest, type Reading, refused } from '../door.ts';
import type { Refused, Reply, Told } from '../door.ts';
import { jsonReply, statusOf } from '../replies.ts';
import { controlOf, formValues, readValues, without } from '../values.ts';
import { leadOf, resultOf } from './leadbyte-words.ts';

export const REST: readonly string[] = ['/restapi/v1.3/leads', '/restapi/v1.2/leads'];
export const QUEUE: readonly string[] = [
  '/restapi/v1.3/apiqueue/:queueId',
  '/restapi/v1.2/apiqueue/:queueId',
];

const MAX_LEADS = 100;

/** One lead, a list of them, or `{ leads: […] }`; what stands beside a list holds for each. */
export function readLeads(request: DoorRequest): Reading {
  const rules = { types: ['json', 'form'], typeOptional: true, listAs: 'leads' } as const;
  const found = readValues(request, rules);
  if (found.kind === 'unreadable') return asOne(refused('unreadable', found.says));
  const { values } = found;
  const key = keyOf(request) ?? controlOf(values, 'key') ?? null;
  const leads: readonly unknown[] = Array.isArray(values['leads']) ? values['leads'] : [values];
  if (leads.length === 0 || leads.length > MAX_LEADS) {
    return asOne(refused('invalid', `1 to ${MAX_LEADS} leads are taken at once`));
  }
  const shared = without(values, new Set(['leads']));
  const told = leads.map((lead) => toTold(lead, { shared, key }));
  return {
    kind: 'read_many',
    told,
    answer: (answers) =>
      queued(answers.map((answered, index) => ({ answered, told: told[index] }))),
  };
}

function toTold(
  lead: unknown,
  { shared, key }: { shared: Told['values']; key: string | null },
): Told | Refused {
  if (typeof lead !== 'object' || lead === null || Array.isArray(lead)) {
    return refused('unreadable', 'each lead is an object');
  }
  return { ...leadOf({ ...shared, ...lead }, key), isLater: true };
}

/** A proxy may drop a header with an underscore, so the query is as good. */
function keyOf(request: DoorRequest): string | undefined {
  return request.header('x_key') ?? controlOf(formValues(request.query), 'key');
}

interface Queued {
  readonly answered: Answered;
  readonly told: Told | Refused | undefined;
}

function queued(leads: readonly Queued[]): Reply {
  const results = leads.map(({ answered, told }) => {
    if (answered.kind !== 'lead') return { queueId: null, status: 'Error', ...resultOf(answered) };
    const account = told?.kind === 'told' ? told.account : '';
    // Whoever asks names no campaign beside it.
    const queueId = `${answered.leadId}-${encodeURIComponent(account)}`;
    return { queueId, status: 'Queued', code: 1 };
  });
  const isDown = leads.some(({ answered }) => statusOf(answered) === 503);
  const isAnyGood = results.some(({ code }) => code === 1);
  if (isAnyGood) return reply('Success', { code: 1, results });
  const [first] = results;
  return reply('Error', { code: first?.code ?? -100, results, isDown });
}

/** What came of one lead. */
export function readQueue(request: DoorRequest): Reading {
  const queueId = request.params['queueId'] ?? '';
  const [lead = '', ...account] = queueId.split('-');
  return {
    kind: 'read',
    told: { kind: 'asked', account: account.join('-'), key: keyOf(request) ?? null, lead },
    answer(answered) {
      const result = resultOf(answered);
      const isFound = answered.kind === 'lead';
      if (!isFound) return one(answered);
      const status = answered.outcome === 'pending' ? 'Queued' : 'Processed';
      return reply('Success', { code: 1, results: [{ queueId, status, ...result }] });
    },
  };
}

function asOne(told: Refused): Reading {
  return { kind: 'read', told, answer: one };
}

/** Nothing was taken in, or found. */
function one(answered: Answered): Reply {
  const isDown = statusOf(answered) === 503;
  const { code, info } = resultOf(answered);
  return reply('Error', { code, results: [], isDown, message: JSON.stringify(info) });
}

interface Whole {
  readonly code: number;
  readonly results: readonly object[];
  readonly isDown?: boolean;
  readonly message?: string;
}

function reply(status: string, { code, results, isDown, message = '' }: Whole): Reply {
  return jsonReply({ status, code, message, results }, isDown ? 503 : 200);
}
