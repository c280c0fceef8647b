// The one list of adapters.

import type { JsonStep, Step } from '../domain/world/contract.ts';
import type { Adapter, Given, OutgoingRequest, StatusAdapter } from './adapter.ts';
import { twilioCallAdapter } from './calls/twilio-call.ts';
import { httpAdapter } from './http.ts';
import { jsonAdapter } from './json.ts';

/** Sluice's own protocol, with the bearer token of the step. */
const json: Adapter<JsonStep> & StatusAdapter<JsonStep> = {
  ...jsonAdapter,
  secretRefs: ({ secretRef }) => (secretRef === null ? [] : [secretRef]),
  buildPing: (parcel, step, given) => bearing(jsonAdapter.buildPing(parcel, step), step, given),
  buildPost: (parcel, step, terms) =>
    bearing(jsonAdapter.buildPost(parcel, step, terms), step, terms),
  buildStatus: (asked, step, given) => bearing(jsonAdapter.buildStatus(asked, step), step, given),
};

const ADAPTERS: Readonly<Record<Step['adapter'], Adapter>> = {
  json,
  http: httpAdapter,
  twilio_call: twilioCallAdapter,
};

/** The adapter that a step names. */
export function adapterOf(step: Step): Adapter {
  return ADAPTERS[step.adapter];
}

/** The adapter in which a buyer is asked what became of a lead: Sluice's own protocol. */
export const statusAdapter: StatusAdapter<JsonStep> = json;

function bearing(
  request: OutgoingRequest,
  { secretRef }: JsonStep,
  { secrets }: Given,
): OutgoingRequest {
  if (secretRef === null) return request;
  const authorization = `Bearer ${secrets.get(secretRef) ?? ''}`;
  return { ...request, headers: { ...request.headers, authorization } };
}
