// How full a buyer is, in one word, for lists of buyers.

import type { CapsState } from './caps.ts';

/** What operators filter buyers by. Near = 90 % of any limit is used. */
export type CapMood = 'open' | 'near' | 'full';

/** The mood over all windows that have not ended. */
export function moodOf(state: CapsState, nowMs: number): CapMood {
  let mood: CapMood = 'open';
  for (const { used, limit, version, endsAtMs, deposited } of Object.values(state.windows)) {
    if (version < 0 || (endsAtMs !== null && endsAtMs <= nowMs)) continue;
    if (used >= limit) return 'full';
    const paidIn = deposited?.cents ?? 0;
    if (used + paidIn >= (limit + paidIn) * 0.9) mood = 'near';
  }
  return mood;
}
