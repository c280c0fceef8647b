// Words about offers that come in over the API: of operators, and of buyers that say later what
// they did.

import type { Logger } from 'pino';
import type { ActivityDeps } from '../../activities/deps.ts';
import { hear } from '../../activities/doubts/hear.ts';
import { refusalOf, settleConflict } from '../../activities/doubts/settle-conflict.ts';
import type {
  BuyerWord,
  DoubtSettled,
  DoubtSettlement,
  HeardBuyer,
} from '../../api/outcomes/word.ts';
import { findAttempt, listAttempts } from '../../db/attempts.ts';
import { listMeant } from '../../db/doubts/words.ts';
import { cents } from '../../domain/money.ts';
import { createHearCall } from '../transfers/desk.ts';

export type Hearing = ReturnType<typeof createHearing>;

export function createHearing(deps: ActivityDeps, log: Logger) {
  const { pool } = deps;
  return {
    hearCall: createHearCall(deps, log),

    /** An operator knows what the buyer did: the doubt ends, and the lead's workflow goes on. */
    async settleDoubt(settlement: DoubtSettlement): Promise<DoubtSettled> {
      const { leadId, contractId, as, by, priceCents } = settlement;
      const attempts = await listAttempts(pool, leadId);
      const attempt = attempts.findLast((each) => each.contractId === contractId);
      if (!attempt) return 'unknown';
      const isOpen = attempt.state === 'in_doubt' || attempt.state === 'pending';
      if (!isOpen || as === 'dismissed') {
        if (isOpen || as === 'rejected') return 'not_in_doubt';
        return settleConflict(deps, { attempt, as, by, priceCents });
      }
      const { round } = attempt;
      if (as === 'accepted' && priceCents !== null) {
        const refused = refusalOf(await deps.cases.of(leadId, round), attempt, priceCents);
        if (refused !== undefined) return { refused };
      }
      const effect = await hear(deps, {
        key: { leadId, contractId, round },
        ...{ teller: `operator/${by}`, name: null, said: as, detail: `settled by operator ${by}` },
        ...{ priceCents, reference: null },
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
      if (effect === 'name_reused') return { kind: 'id_reused' };
      const attempt = await findAttempt(pool, key);
      const isSold = attempt?.state === 'accepted';
      return { kind: 'heard', key, effect, priceCents: isSold ? attempt.priceCents : null };
    },
  };
}
