// Words about offers that come in over the API: of operators, and of buyers that say later what
// they did.

import type { Logger } from 'pino';
import type { ActivityDeps } from '../../activities/deps.ts';
import { hear } from '../../activities/doubts/hear.ts';
import type { DoubtSettlement } from '../../api/deps.ts';
import type { BuyerWord, HeardBuyer } from '../../api/outcomes/word.ts';
import { listAttempts } from '../../db/attempts.ts';
import { listMeant } from '../../db/doubts/words.ts';
import { cents } from '../../domain/money.ts';
import { createHearCall } from '../transfers/desk.ts';

export type Hearing = ReturnType<typeof createHearing>;

export function createHearing(deps: ActivityDeps, log: Logger) {
  const { pool } = deps;
  return {
    hearCall: createHearCall(deps, log),

    /** An operator knows what the buyer did: the doubt ends, and the lead's workflow goes on. */
    async settleDoubt({
      leadId,
      contractId,
      as,
      by,
    }: DoubtSettlement): Promise<'settled' | 'not_in_doubt' | 'unknown'> {
      const attempts = await listAttempts(pool, leadId);
      const attempt = attempts.findLast((each) => each.contractId === contractId);
      if (!attempt) return 'unknown';
      if (attempt.state !== 'in_doubt' && attempt.state !== 'pending') return 'not_in_doubt';
      const { round } = attempt;
      const effect = await hear(deps, {
        key: { leadId, contractId, round },
        ...{ teller: `operator/${by}`, name: null, said: as, detail: `settled by operator ${by}` },
        ...{ priceCents: null, reference: null },
      });
      return effect === 'settled' ? 'settled' : 'not_in_doubt';
    },

    /** A buyer says what it did with a lead that it was sent. */
    async hearBuyer(word: BuyerWord): Promise<HeardBuyer> {
      const { buyerId, name, said, priceCents, reference, detail } = word;
      const [key, other] = await listMeant(pool, word);
      if (!key) return { kind: 'unknown_lead' };
      if (other) return { kind: 'ambiguous' };
      const effect = await hear(deps, {
        ...{ key, teller: `buyer/${buyerId}`, name, said, reference, detail },
        priceCents: priceCents === null ? null : cents(priceCents),
      });
      return effect === 'name_reused' ? { kind: 'id_reused' } : { kind: 'heard', key, effect };
    },
  };
}
