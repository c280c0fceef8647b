// Phonexa: `/lead/` by form or JSON, and the poll of what came of a lead, answered in JSON.

import { sentenceOf } from '../../../domain/reasons.ts';
import type { LeadOutcome } from '../../../domain/lead.ts';
import { ZERO } from '../../../domain/money.ts';
import { type Answered, type Asked, type DoorFormat, type DoorRequest } from '../door.ts';
import { type Reading, refused, type Refused, type Reply, type Told } from '../door.ts';
import { jsonReply, statusOf } from '../replies.ts';
import { controlOf, readValues, without } from '../values.ts';
import { askingOf, dollarNumber } from '../words.ts';

const CHECK = '/lead/check-lead-status';

const CONTROLS = new Set([
  ...['apiId', 'apiPassword', 'productId', 'price', 'closeConnection', 'testMode', 'testSold'],
]);

/** The door's account is `apiId/productId`, its password `apiPassword`. */
export const phonexa: DoorFormat = {
  name: 'phonexa',
  addresses: ['/lead', CHECK],
  read(request): Reading {
    const found = readValues(request, { types: ['form', 'json'], typeOptional: true });
    if (found.kind === 'unreadable') {
      return { kind: 'read', told: refused('unreadable', found.says), answer };
    }
    const { values } = found;
    const told = toTold(request, values);
    const sells =
      told.kind === 'told' && told.test === true && controlOf(values, 'testSold') === '1';
    return {
      kind: 'read',
      told,
      answer: (answered) => answer(sells ? asSold(answered) : answered),
    };
  },
};

function toTold(request: DoorRequest, values: Told['values']): Told | Asked | Refused {
  const control = (name: string) => controlOf(values, name);
  const client = {
    account: `${control('apiId') ?? ''}/${control('productId') ?? ''}`,
    key: control('apiPassword') ?? null,
  };
  if (request.address === CHECK) {
    const lead = control('id') ?? control('leadId') ?? control('lead_id') ?? '';
    return { kind: 'asked', ...client, lead };
  }
  const asking = askingOf('price', control('price'));
  if (typeof asking === 'object') return asking;
  return {
    kind: 'told',
    ...client,
    phase: 'full',
    values: without(values, CONTROLS),
    test: control('testMode') === '1',
    subSource: control('tPar'),
    askingCents: asking,
    isLater: control('closeConnection') === '1',
  };
}

/** A test that is to be sold: nobody buys it, its client hears that somebody did. */
function asSold(answered: Answered): Answered {
  if (answered.kind !== 'lead' || answered.outcome === 'pending') return answered;
  if (answered.outcome.kind !== 'unsold') return answered;
  const outcome: LeadOutcome = { kind: 'sold', payoutCents: ZERO, sales: [] };
  return { ...answered, outcome };
}

function answer(answered: Answered): Reply {
  return jsonReply(bodyOf(answered), statusOf(answered));
}

const [SOLD, REJECT, IN_PROGRESS, WRONG, NOT_FOUND] = [1, 2, 3, 4, 5];

/** Some clients read `id` and `redirect`, others `leadId` and `redirectUrl`. */
function bodyOf(answered: Answered): object {
  switch (answered.kind) {
    case 'lead': {
      const id = String(answered.publicNo);
      return { id, leadId: id, ...verdictOf(answered.outcome) };
    }
    case 'bid':
      return { id: answered.pingId, status: SOLD, price: dollarNumber(answered.payoutCents) };
    case 'no_bid':
      return { status: REJECT };
    case 'refused':
      return answered.why === 'no_such_lead' ? { status: NOT_FOUND } : refusal(answered);
  }
}

function verdictOf(outcome: LeadOutcome | 'pending'): object {
  if (outcome === 'pending') return { status: IN_PROGRESS };
  switch (outcome.kind) {
    case 'sold': {
      const { redirectUrl: redirect, payoutCents } = outcome;
      const told = { status: SOLD, price: dollarNumber(payoutCents) };
      return redirect === undefined ? told : { ...told, redirect, redirectUrl: redirect };
    }
    case 'unsold':
      return { status: REJECT };
    case 'duplicate':
      return { status: WRONG, errors: [{ lead: 'duplicate' }] };
    case 'rejected': {
      const problems = outcome.problems ?? [];
      const errors = problems.map(({ field, says }) => ({ [field]: says }));
      const whole = { lead: sentenceOf(outcome.reason) };
      return { status: WRONG, errors: errors.length > 0 ? errors : [whole] };
    }
  }
}

function refusal({ why, says, errors }: Refused): object {
  const named = errors.map((each) => ({ [each.field]: each.says }));
  const whole = { [why === 'wrong_key' ? 'apiPassword' : 'request']: says };
  return { status: WRONG, errors: named.length > 0 ? named : [whole] };
}
