// The steps of a call transfer: how a call stands, asked of Twilio, and what it came to, said of
// its attempt in the way in which a buyer says it.

import type { Word } from '../../db/doubts/words.ts';
import { buildLook, parseLook } from '../../delivery/calls/twilio-call.ts';
import { holdIdOf, type OfferKey } from '../../domain/ids.ts';
import type { CallEnd, CallEvent } from '../../domain/transfers/call.ts';
import { findCallStep } from '../../domain/transfers/step.ts';
import type { CallStep } from '../../domain/world/contract.ts';
import { zoneOf } from '../../domain/world/world.ts';
import { type Case, contractOf } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import { hear } from '../doubts/hear.ts';
import { prepare } from '../prepare.ts';

/** Each of the two questions. */
const LOOK_TIMEOUT_MS = 10_000;

export function createTransferActivities(deps: ActivityDeps) {
  return {
    /** How a call stands by Twilio's own list; null where it does not say. Safe to repeat. */
    async lookAtCall({
      key,
      sid,
    }: {
      key: OfferKey;
      sid: string;
    }): Promise<(CallEvent & { kind: 'looked' }) | null> {
      const known = await deps.cases.of(key.leadId, key.round);
      const step = callStepOf(known, key);
      const timeZone = zoneOf(known.loaded.world, contractOf(known, key.contractId).buyer);
      const ready = await prepare(deps, { step, timeZone });
      if (ready.kind === 'withheld') return null;
      const asked = buildLook(step.call, sid, ready.given.secrets);
      const limits = { timeoutMs: LOOK_TIMEOUT_MS };
      const call = await deps.send(asked.call, limits);
      const talks = await deps.send(asked.talks, limits);
      if (call.kind !== 'answer' || talks.kind !== 'answer') return null;
      return parseLook(call.reply, talks.reply) ?? null;
    },

    /** Ends the attempt as its call ended, once, however often it is said. */
    async settleCall(entry: { key: OfferKey; sid: string | null; end: CallEnd }): Promise<void> {
      const { key, sid, end } = entry;
      const said = { key, name: holdIdOf(key), reference: sid };
      await hear(
        deps,
        end.kind === 'accepted'
          ? { ...word, ...said, said: 'accepted', detail: `talked ${end.talkedS} s` }
          : { ...word, ...said, said: 'rejected', reason: end.reason, detail: end.detail },
      );
    },
  };
}

const word = { teller: 'call', priceCents: null } as const satisfies Partial<Word>;

function callStepOf(known: Case, { contractId }: OfferKey): CallStep {
  const step = findCallStep(contractOf(known, contractId));
  if (!step) throw new Error(`${contractId} offers nothing by phone`);
  return step;
}
