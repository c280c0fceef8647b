// Asks a live server what the leads of the last hour would have come to in another world.

import type { WhatIfLead, WhatIfLine, WhatIfResult } from '../../src/api/wire/what-if.ts';
import { request } from './campaign.ts';
import { OPERATOR_KEY } from './world-draft.ts';
import type { World } from './world.ts';

export interface WhatIfTold {
  readonly result: WhatIfResult;
  /** Those that come to something else. */
  readonly leads: readonly WhatIfLead[];
}

/** `document` is a whole world; `query` may name a campaign. */
export async function askWhatIf(
  world: World,
  document: unknown,
  query: Readonly<Record<string, string>> = {},
): Promise<WhatIfTold> {
  const asked = new URLSearchParams({ since: '1h', leads: 'true', ...query });
  const answer = await request({
    url: `${world.processes[0]?.url}/v1/what-if?${asked}`,
    method: 'POST',
    key: OPERATOR_KEY,
    body: document,
  });
  const lines = answer.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as WhatIfLine);
  const last = lines.at(-1);
  if (!last || !('result' in last)) throw new Error(answer.text.slice(-1_000));
  return { result: last.result, leads: lines.flatMap((l) => ('lead' in l ? [l.lead] : [])) };
}
