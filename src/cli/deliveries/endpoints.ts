// `sluice endpoints`: whom sold leads are pushed to, and how they are, by the running server.

import { columns, printable } from '../../api/reading/text-table.ts';
import type { EndpointLine } from '../../api/deliveries/wire.ts';
import { type Caller, getJson, postJson } from '../client.ts';

/** All endpoints, as text or JSON. */
export async function listEndpoints(json: boolean, caller: Caller): Promise<string> {
  const { endpoints } = await getJson<{ endpoints: EndpointLine[] }>('/v1/endpoints', caller);
  if (json) return JSON.stringify(endpoints, null, 2);
  if (endpoints.length === 0) return 'no contract has deliveries';
  return columns(endpoints.map(lineOf)).join('\n');
}

/** Enables or disables `contract/target`, and says how it is now. */
export async function switchEndpoint(
  verb: 'enable' | 'disable',
  endpoint: string,
  caller: Caller,
): Promise<string> {
  const path = endpoint.split('/').map(encodeURIComponent).join('/');
  const now = await postJson<EndpointLine>(`/v1/endpoints/${path}/${verb}`, {}, caller);
  return columns([lineOf(now)]).join('\n');
}

function lineOf(endpoint: EndpointLine): string[] {
  const { trying, failed, unclear } = endpoint.deliveries;
  return [
    `${endpoint.contract}/${endpoint.target}`,
    endpoint.state,
    endpoint.since === null ? '' : `since ${endpoint.since}`,
    endpoint.failures > 0 ? `${endpoint.failures} failures in a row` : '',
    `${trying} trying, ${failed} failed, ${unclear} unclear`,
    printable(endpoint.state === 'healthy' ? '' : (endpoint.last_error ?? '')),
  ];
}
