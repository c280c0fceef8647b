// The one list of adapters.

import type { JsonStep, Step } from '../domain/world/contract.ts';
import type { Adapter, Given, OutgoingRequest } from './adapter.ts';
import { httpAdapter } from './http.ts';
import { jsonAdapter } from './json.ts';

/** Sluice's own protocol, with the bearer token of the step. */
const json: Adapter<JsonStep> = {
  ...jsonAdapter,
  secretRefs: ({ secretRef }) => (secretRef === null ? [] : [secretRef]),
  buildPing: (parcel, step, given) => bearing(jsonAdapter.buildPing(parcel, step), step, given),
  buildPost: (parcel, step, terms) =>
    bearing(jsonAdapter.buildPost(parcel, step, terms), step, terms),
};

const ADAPTERS: Readonly<Record<Step['adapter'], Adapter>> = { json, http: httpAdapter };

/** The adapter that a step names. */
export function adapterOf(step: Step): Adapter {
  return ADAPTERS[step.adapter];
}

function bearing(
  request: OutgoingRequest,
  { secretRef }: JsonStep,
  { secrets }: Given,
): OutgoingRequest {
  if (secretRef === null) return request;
  const authorization = `Bearer ${secrets.get(secretRef) ?? ''}`;
  return { ...request, headers: { ...request.headers, authorization } };
}
