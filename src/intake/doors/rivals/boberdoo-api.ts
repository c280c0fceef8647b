// boberdoo's API: ping, post, and both at once, by form or query at `/new_api/api.php`, by JSON at
// `/apiJSON.php`, answered in XML or, with `Format=JSON`, in JSON.

import { sentenceOf } from '../../../domain/reasons.ts';
import { type Cents, ZERO } from '../../../domain/money.ts';
import { type Answered, type DoorFormat, type Reading } from '../door.ts';
import { refused, type Refused, type Told } from '../door.ts';
import { wantsJson } from '../replies.ts';
import { controlOf, readValues, without } from '../values.ts';
import { askingOf, dollarText, problemText } from '../words.ts';
import { boberdooReply, leadVerdict } from './boberdoo.ts';

const CONTROLS = new Set([
  ...['Key', 'API_Action', 'Mode', 'TYPE', 'SRC', 'Format', 'Return_Best_Price', 'Lead_ID', 'Cost'],
  ...['Allowed_Times_Sold', 'Match_With_Partner_ID', 'Match_With_Partner_Hashes', 'Test_Lead'],
]);

/** The door's account is `TYPE/SRC`, its password `Key`. */
export const boberdooApi: DoorFormat = {
  name: 'boberdoo_api',
  addresses: ['/new_api/api.php', '/apiJSON.php', '/new_api/apiJSON.php'],
  read(request): Reading {
    const found = readValues(request, { types: ['form', 'json'], typeOptional: true });
    const values = found.kind === 'values' ? unwrapped(found.values) : undefined;
    const inJson = wantsJson(request, values, 'Format');
    const type = values && controlOf(values, 'TYPE');
    return {
      kind: 'read',
      told:
        found.kind === 'values'
          ? toTold(unwrapped(found.values))
          : refused('unreadable', found.says),
      answer: (answered) => boberdooReply(bodyOf(answered, type), { answered, inJson }),
    };
  },
};

/** What stands in `Request`, beside what may stand in the query. */
function unwrapped(values: Told['values']): Told['values'] {
  const { Request: inside, ...beside } = values;
  const isObject = typeof inside === 'object' && inside !== null && !Array.isArray(inside);
  return isObject ? { ...beside, ...inside } : values;
}

function toTold(values: Told['values']): Told | Refused {
  const control = (name: string) => controlOf(values, name);
  const pingId = control('Lead_ID');
  const mode = control('Mode')?.toLowerCase() ?? (pingId === undefined ? 'full' : 'post');
  if (mode !== 'ping' && mode !== 'post' && mode !== 'full') {
    const wrong = { field: 'Mode', says: 'not a mode', fix: 'ping, post or full' };
    return refused('invalid', 'the request does not say what it is for', [wrong]);
  }
  const asking = mode === 'post' ? undefined : askingOf('Cost', control('Cost'));
  if (typeof asking === 'object') return asking;
  return {
    kind: 'told',
    account: `${control('TYPE') ?? ''}/${control('SRC') ?? ''}`,
    key: control('Key') ?? null,
    phase: mode,
    values: without(values, CONTROLS),
    test: control('Test_Lead') === '1',
    askingCents: asking,
    pingId: mode === 'post' ? pingId : undefined,
  };
}

/** Keys in this order. Who bought the lead is not told: there is one bid, ours. */
function bodyOf(answered: Answered, lead_type: string | undefined): object {
  switch (answered.kind) {
    case 'lead': {
      const { status, ...verdict } = leadVerdict(answered) as { status: string };
      const { outcome } = answered;
      const isOpen = outcome === 'pending';
      const isSold = !isOpen && outcome.kind === 'sold';
      const why = isOpen || outcome.kind === 'sold' ? '' : sentenceOf(outcome.reason);
      const price = isSold ? outcome.payoutCents : ZERO;
      return { status, lead_type, ...verdict, ...bids(price, { id: answered.publicNo, why }) };
    }
    case 'bid': {
      const { pingId, payoutCents: price } = answered;
      // A price of nothing is how a refusal is told.
      const status = price > 0 ? 'Matched' : 'Unmatched';
      return { status, lead_type, lead_id: pingId, ...bids(price, { id: pingId, why: '' }) };
    }
    case 'no_bid':
      return { status: 'Unmatched', lead_type, ...bids(ZERO, { id: '', why: answered.says }) };
    case 'refused':
      return { status: 'Error', error: problemText(answered) };
  }
}

function bids(price: Cents, { id, why }: { id: string | number; why: string }): object {
  const amount = dollarText(price);
  const process_information = {
    total_bids: price > 0 ? 1 : 0,
    total_bid_amount: amount,
    best_bid: amount,
    unmatched_reason: why,
  };
  if (price === 0) return { process_information };
  return { process_information, bids: { bid: [{ bid_id: id, seller_lead_bid: amount }] } };
}
