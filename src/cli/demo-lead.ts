// The one lead that `sluice start` posts, through the public route, and what it says of it.

import { request } from 'undici';
import { dollars } from '../domain/money.ts';
import { makeLead } from '../demo/lead-maker.ts';

/** Keys of the demo world only; their hashes stand in examples/worlds/demo.yaml. */
export const DEMO_SOURCE_KEY = 'sk_demo_acme';
export const DEMO_OPERATOR_KEY = 'ok_demo_operator';

interface Answer {
  readonly id?: string;
  readonly status?: string;
  readonly payout_cents?: number;
  readonly reason?: string;
}

interface Demo {
  readonly url: string;
  readonly uiUrl: string | undefined;
  readonly namespace: string;
}

/** Posts a lead nobody has seen before and returns the lines to print. */
export async function postDemoLead({ url, uiUrl, namespace }: Demo): Promise<string[]> {
  // Another person at every start: the same one would be a duplicate.
  const lead = makeLead('auto_insurance', Math.floor(Date.now() / 1000) % 1_000_003, 0);
  const begunAt = performance.now();
  const reply = await request(`${url}/v1/leads`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEMO_SOURCE_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(lead),
  });
  const answer = (await reply.body.json()) as Answer;
  const ms = Math.round(performance.now() - begunAt);
  const { id, status, payout_cents: payout, reason } = answer;
  const earned = payout === undefined ? '' : `, the source earns ${dollars(payout)}`;
  const why = reason === undefined ? '' : ` (${reason})`;
  const trace = `${url}/v1/leads/${id}`;
  const workflow = `${uiUrl}/namespaces/${namespace}/workflows/lead%2F${id}`;
  return [
    '',
    `demo lead ${id}: ${status ?? `HTTP ${reply.statusCode}`}${why}${earned}, in ${ms} ms`,
    `  its story here     npx sluice lead ${id}`,
    `  its trace          curl -H 'Authorization: Bearer ${DEMO_OPERATOR_KEY}' ${trace}`,
    ...(uiUrl ? [`  in the Temporal UI ${workflow}`] : []),
    `  API docs           ${url}/docs`,
    '',
  ];
}
