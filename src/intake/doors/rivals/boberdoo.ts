// boberdoo's classic post: `/genericPostlead.php`, by form or query, answered in XML or, with
// `Format=JSON`, in JSON. It tells whether the lead was matched, and no price.

import { sentenceOf } from '../../../domain/reasons.ts';
import { type Answered, type DoorFormat, type Reading } from '../door.ts';
import { refused, type Reply, type Told } from '../door.ts';
import { jsonReply, statusOf, wantsJson, xmlReply } from '../replies.ts';
import { controlOf, readValues, without } from '../values.ts';
import { problemText } from '../words.ts';

const CONTROLS = new Set(['TYPE', 'SRC', 'Test_Lead', 'Format']);

/** The door's account is `TYPE`, its password `SRC`. */
export const boberdoo: DoorFormat = {
  name: 'boberdoo',
  addresses: ['/genericPostlead.php'],
  read(request): Reading {
    const found = readValues(request, { types: ['form', 'json'], typeOptional: true });
    const values = found.kind === 'values' ? found.values : undefined;
    const inJson = wantsJson(request, values, 'Format');
    return {
      kind: 'read',
      told: found.kind === 'values' ? toTold(found.values) : refused('unreadable', found.says),
      answer: (answered) => boberdooReply(bodyOf(answered), { answered, inJson }),
    };
  },
};

function toTold(values: Told['values']): Told {
  return {
    kind: 'told',
    account: controlOf(values, 'TYPE') ?? '',
    key: controlOf(values, 'SRC') ?? null,
    phase: 'full',
    values: without(values, CONTROLS),
    test: controlOf(values, 'Test_Lead') === '1',
  };
}

/** In JSON too everything stands under `response`. */
export function boberdooReply(
  response: object,
  { answered, inJson }: { answered: Answered; inJson: boolean },
): Reply {
  const status = statusOf(answered);
  return inJson ? jsonReply({ response }, status) : xmlReply('response', response, status);
}

function bodyOf(answered: Answered): object {
  switch (answered.kind) {
    case 'lead':
      return leadVerdict(answered);
    case 'bid':
      return { status: 'Matched', lead_id: answered.pingId };
    case 'no_bid':
      return { status: 'Unmatched' };
    case 'refused':
      return { status: 'Error', error: problemText(answered) };
  }
}

/** What both posts of boberdoo say of a lead. */
export function leadVerdict({ publicNo: lead_id, outcome }: Answered & { kind: 'lead' }): object {
  // It may be sold yet: this is how the original tells of a lead that somebody looks at first.
  if (outcome === 'pending') {
    return { status: `Lead ID ${lead_id} has to be manually approved.`, lead_id };
  }
  switch (outcome.kind) {
    case 'sold':
      return { status: 'Matched', lead_id };
    case 'unsold':
      return { status: 'Unmatched', lead_id };
    case 'duplicate':
      return { status: 'Error', lead_id, error: sentenceOf(outcome.reason) };
    case 'rejected':
      return { status: 'Error', lead_id, error: problemText(outcome) };
  }
}
