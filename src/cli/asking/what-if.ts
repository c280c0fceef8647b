// `sluice what-if`: sends a world to the running server and shows what the leads of a period would
// have brought in it.

import { renderWhatIf } from '../../api/asking/what-if-text.ts';
import type { WhatIfLead, WhatIfLine, WhatIfResult } from '../../api/wire/what-if.ts';
import { type Caller, postDocument } from '../client.ts';
import { CommandError, readNamedFile } from '../running.ts';

export interface WhatIfOptions {
  readonly since: string;
  readonly until?: string;
  readonly campaign?: string;
  readonly leads: boolean;
  readonly json: boolean;
}

/** Asks the running server and returns what to print. Throws `CommandError`. */
export async function askWhatIf(
  file: string,
  options: WhatIfOptions,
  from: Caller & { onProgress(text: string): void },
): Promise<string> {
  const { since, until, campaign, leads, json } = options;
  const query = new URLSearchParams({
    since,
    ...(until !== undefined && { until }),
    ...(campaign !== undefined && { campaign }),
    ...(leads && { leads: 'true' }),
  });
  const body = await readNamedFile(file);
  const type = file.endsWith('.json') ? 'application/json' : 'application/yaml';
  const answer = await postDocument(`/v1/what-if?${query.toString()}`, { body, type }, from);
  const told = await readLines(answer, from.onProgress);
  if (json) return JSON.stringify(leads ? told : { result: told.result }, null, 2);
  return renderWhatIf(told.result, leads ? told.leads : undefined);
}

interface Told {
  readonly result: WhatIfResult;
  readonly leads: readonly WhatIfLead[];
}

async function readLines(
  answer: AsyncIterable<Uint8Array>,
  onProgress: (text: string) => void,
): Promise<Told> {
  const leads: WhatIfLead[] = [];
  for await (const text of linesOf(answer)) {
    const line = JSON.parse(text) as WhatIfLine;
    if ('result' in line) {
      onProgress('');
      return { result: line.result, leads };
    }
    if ('error' in line) {
      onProgress('');
      throw new CommandError(line.error.title, 'The log of `sluice serve` says more.');
    }
    if ('lead' in line) leads.push(line.lead);
    else onProgress(`${line.progress.done} of ${line.progress.of} leads …`);
  }
  throw new CommandError('the answer ended without a result', 'Was the server stopped? Ask again.');
}

async function* linesOf(answer: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of answer) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
