// `sluice explain`: what would happen to a lead, contract by contract, and why.

import { renderExplanation } from '../api/asking/explain-text.ts';
import type { Explanation } from '../api/wire/explain.ts';
import type { Config } from '../config.ts';
import { postJson } from './client.ts';
import { CommandError } from './running.ts';

export interface ExplainOptions {
  readonly campaign?: string;
  readonly source?: string;
  /** `state=TX`. */
  readonly field: readonly string[];
  readonly subSource?: string;
  readonly score?: number;
  /** Lookups that would flag it. */
  readonly flag: readonly string[];
  readonly at?: string;
  readonly json?: boolean;
}

/** Asks the running server and returns what to print. Throws `CommandError`. */
export async function explainLead(
  lead: string | undefined,
  options: ExplainOptions,
  from: { readonly config: Config; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const { campaign, source, field, subSource, score, flag, at, json } = options;
  if (lead === undefined && campaign === undefined) {
    const hint = 'sluice explain lead_…, or --campaign, --source and --field name=value.';
    throw new CommandError('nothing is asked about', hint);
  }
  const isDescribed = lead === undefined || field.length > 0;
  const told = await postJson<Explanation>(
    '/v1/explain',
    {
      ...(lead !== undefined && { lead }),
      ...(campaign !== undefined && { campaign }),
      ...(source !== undefined && { source }),
      ...(isDescribed && { fields: Object.fromEntries(field.map(toField)) }),
      ...(subSource !== undefined && { sub_source: subSource }),
      ...(score !== undefined && { score }),
      ...(flag.length > 0 && { flags: flag }),
      ...(at !== undefined && { at }),
    },
    from,
  );
  return json ? JSON.stringify(told, null, 2) : renderExplanation(told);
}

function toField(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new CommandError(`--field ${text} has no value`, 'Write it as --field state=TX.');
}
