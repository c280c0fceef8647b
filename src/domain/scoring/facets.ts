// What of a lead the rates of our own history are kept by. The same words are used where history is
// counted in SQL (src/db/scoring/outcomes.ts).

import type { Lead } from '../lead.ts';

/** A lead as its rates see it; undefined: not known. */
export interface Facets {
  readonly vertical: string;
  readonly source: string;
  readonly subSource: string | undefined;
  readonly state: string | undefined;
  /** Of the day in UTC, 0-23. */
  readonly hour: number;
  readonly pace: Pace;
}

/** How long the form took, in seconds; each begins where the one before ends. */
export const PACES = [
  ['under_3', 3],
  ['3_to_8', 8],
  ['8_to_30', 30],
  ['30_to_120', 120],
  ['over_120', Infinity],
] as const;
export type Pace = (typeof PACES)[number][0] | 'unknown';

const HOUR_MS = 3_600_000;

/** `stateField`: the field that holds the lead's state, if its vertical has one. */
export function facetsOf(
  lead: Pick<Lead, 'sourceId' | 'subSource' | 'fields' | 'behaviour' | 'receivedAtMs'>,
  { vertical, stateField }: { readonly vertical: string; readonly stateField: string | undefined },
): Facets {
  const state = stateField === undefined ? undefined : lead.fields[stateField];
  return {
    vertical,
    source: lead.sourceId,
    subSource: lead.subSource ?? undefined,
    state: typeof state === 'string' && state !== '' ? state : undefined,
    hour: ((Math.floor(lead.receivedAtMs / HOUR_MS) % 24) + 24) % 24,
    pace: paceOf(lead.behaviour['form_seconds']),
  };
}

function paceOf(seconds: unknown): Pace {
  if (typeof seconds !== 'number') return 'unknown';
  return PACES.find(([, below]) => seconds < below)?.[0] ?? 'unknown';
}
