// What LeadByte's clients say of a lead, and its closed list of codes for what came of it.

import type { LeadOutcome } from '../../../domain/lead.ts';
import { sentenceOf } from '../../../domain/reasons.ts';
import type { Answered, Refusal, Told } from '../door.ts';
import { controlOf, without } from '../values.ts';

const CONTROLS = new Set(['campid', 'sid', 'ssid', 'key', 'returnjson', 'testmode']);

/** One lead of a client, at either address. */
export function leadOf(values: Told['values'], key: string | null): Told {
  return {
    kind: 'told',
    account: controlOf(values, 'campid') ?? '',
    key,
    phase: 'full',
    values: without(values, CONTROLS),
    test: controlOf(values, 'testmode')?.toLowerCase() === 'yes',
    subSource: controlOf(values, 'ssid'),
  };
}

/** 1 is good. The meaning of each number is LeadByte's. */
const OK = 1;
const DUPLICATE = -2;
const REMOTE = -3;
const VALIDATION = -5;
const NOT_AUTHORISED = -7;
const INACTIVE = -9;
const INTERNAL = -100;

const REFUSALS: Readonly<Record<Refusal, readonly [code: number, response: string]>> = {
  wrong_key: [NOT_AUTHORISED, 'Supplier not authorised'],
  paused: [INACTIVE, 'Inactive'],
  unreadable: [VALIDATION, 'Validation failed'],
  invalid: [VALIDATION, 'Validation failed'],
  ping_not_usable: [VALIDATION, 'Validation failed'],
  no_such_lead: [VALIDATION, 'Lead not found'],
  too_many_requests: [INTERNAL, 'Too many requests'],
  unavailable: [INTERNAL, 'Internal error'],
};

export interface Result {
  readonly code: number;
  readonly response: string;
  readonly info: object;
  readonly leadId?: number | null;
  readonly pingId?: string;
}

/** Keys in this order. */
export function resultOf(answered: Answered): Result {
  switch (answered.kind) {
    case 'lead': {
      const [code, response, info] = verdictOf(answered.outcome);
      return { code, response, info, leadId: answered.publicNo };
    }
    case 'bid':
      return { code: OK, response: 'OK', info: [], pingId: answered.pingId };
    case 'no_bid':
      return { code: REMOTE, response: answered.says, info: {}, leadId: null };
    case 'refused': {
      const [code, response] = REFUSALS[answered.why];
      const { errors, says } = answered;
      const fields = Object.fromEntries(errors.map((each) => [each.field, each.says]));
      return { code, response, info: { reason: says, ...fields }, leadId: null };
    }
  }
}

type Verdict = readonly [code: number, response: string, info: object];

function verdictOf(outcome: LeadOutcome | 'pending'): Verdict {
  // What the original calls good is that it has the lead: a pending one may be sold yet.
  if (outcome === 'pending') return [OK, 'OK', []];
  switch (outcome.kind) {
    case 'sold': {
      const { redirectUrl } = outcome;
      return [OK, 'OK', redirectUrl === undefined ? [] : { redirectUrl }];
    }
    case 'duplicate':
      return [DUPLICATE, 'Duplicate', {}];
    case 'unsold':
      return [REMOTE, sentenceOf(outcome.reason), {}];
    case 'rejected': {
      const problems = outcome.problems ?? [];
      const fields = Object.fromEntries(problems.map((each) => [each.field, each.says]));
      return [VALIDATION, 'Validation failed', { reason: sentenceOf(outcome.reason), ...fields }];
    }
  }
}
