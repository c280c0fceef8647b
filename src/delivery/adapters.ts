// The one list of adapters.

import type { Step } from '../domain/world/contract.ts';
import type { Adapter } from './adapter.ts';
import { jsonAdapter } from './json.ts';

const ADAPTERS: Readonly<Record<Step['adapter'], Adapter>> = { json: jsonAdapter };

/** The adapter that a step names. */
export function adapterOf(step: Step): Adapter {
  return ADAPTERS[step.adapter];
}
