// A step as an operator writes it, and the lead that it is filled with.

import { parse } from 'yaml';

import type { Built, Given, OutgoingRequest, Parcel } from '../../../src/delivery/adapter.ts';
import { httpAdapter } from '../../../src/delivery/http.ts';
import type { LeadId } from '../../../src/domain/ids.ts';
import { cents } from '../../../src/domain/money.ts';
import type { HttpStep } from '../../../src/domain/world/contract.ts';
import { post } from '../../../src/world/schema/terms.ts';

const ANSWER = 'answer: { accept_if: [{ on: path, path: status, op: ieq, value: accepted }] }';

/** The step that the YAML says, with an answer rule where it has none. Throws if it is refused. */
export function stepOf(yaml: string): HttpStep {
  const step = post.parse(written(yaml));
  if (step.adapter !== 'http') throw new Error('not a step of http');
  return step;
}

/** `path: what is wrong` for all that is. */
export function faultsOf(yaml: string): string[] {
  const read = post.safeParse(written(yaml));
  const issues = read.error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function written(yaml: string): unknown {
  const answer = /^answer:/m.test(yaml) ? '' : `\n${ANSWER}`;
  const address = /^url:/m.test(yaml) ? '' : 'url: https://buyer.example/leads\n';
  return parse(`adapter: http\n${address}${yaml}${answer}`);
}

export const PARCEL: Parcel = {
  ...{ leadId: 'lead_1' as LeadId, campaign: 'auto', contractId: 'apex_auto', round: 1 },
  fields: {
    first_name: 'Ann "Annie"',
    last_name: 'Lee & <Sons>',
    phone: '+15125550142',
    zip: '01234',
    homeowner: true,
    vehicles: 2,
    born: '1984-02-29',
  },
};

export const GIVEN: Given = {
  secrets: new Map([['env:KEY', 's3cret key']]),
  nowMs: Date.UTC(2026, 1, 28, 18),
  timeZone: 'America/Chicago',
};

export const TERMS = { priceCents: cents(1250), bidId: 'bid-7', captures: { token: '0012' } };

/** What is sent for the YAML. */
export function built(yaml: string, parcel: Parcel = PARCEL): OutgoingRequest {
  const request = tried(yaml, parcel);
  if ('unbuildable' in request) throw new Error(request.unbuildable);
  return request;
}

/** What is sent, or why nothing is. */
export function tried(yaml: string, parcel: Parcel = PARCEL): Built {
  return httpAdapter.buildPost(parcel, stepOf(yaml), { ...GIVEN, ...TERMS });
}
