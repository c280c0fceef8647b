// While nobody knows whether a buyer has the lead: the buyer is asked from time to time, in the end
// the contract's policy decides, and the run waits for whoever knows first.

import { condition, upsertSearchAttributes } from '@temporalio/workflow';
import { isOpen, nextDoubtStep } from '../domain/doubts/doubt.ts';
import type { OfferKey } from '../domain/ids.ts';
import type { Offered, OfferReport } from '../domain/outcome.ts';
import { BuyerKey, LeadStatusKey } from './messages.ts';
import { record, type Run, show } from './run.ts';
import { later, step } from './steps.ts';
import { sleepUnless } from './waiting.ts';

export type Doubted = Offered & { readonly report: OfferReport & { kind: 'in_doubt' | 'pending' } };

export function isInDoubt(offered: Offered): offered is Doubted {
  return isOpen(offered.report);
}

/**
 * Has the doubt end by itself, beside all else that the run does: asks the buyer as its terms say,
 * then assumes. Ends with the doubt, or when only a callback or an operator can end it.
 */
export async function resolve(run: Run, { candidate, report }: Doubted): Promise<void> {
  const { contractId } = candidate;
  const terms = report.resolve;
  if (!terms) return;
  const key = keyOf(run, contractId);
  const isSettled = () => run.settled.has(contractId);
  for (let asked = 0; !isSettled(); asked += 1) {
    const of = { leadId: key.leadId, contractId, asked, nowMs: Date.now() };
    const next = nextDoubtStep(terms, of);
    if (!next) return;
    const what = next.kind === 'ask' ? 'is asked what it did' : 'is taken at its policy';
    await sleepUnless({ ms: next.waitMs, summary: `${contractId} ${what}` }, isSettled);
    if (isSettled()) return;
    if (next.kind === 'assume') {
      const as = terms.assume?.as ?? 'rejected';
      await later(`${contractId}: nobody knew in time, so ${as}`).assumeDoubt({ key, as });
      run.settled.add(contractId);
      return;
    }
    const { said, isOver } = await later(`ask ${contractId}: what became of it?`).askBuyer(key);
    if (said) (run.story.asked ??= []).push({ contractId, atMs: Date.now(), said });
    if (isOver) run.settled.add(contractId);
    else show(run);
  }
}

/** Waits, for days if need be, until someone knows whether one of the buyers has the lead. */
export async function awaitDoubt(run: Run, doubts: readonly Doubted[]): Promise<void> {
  const buyerId = doubts[0]?.report.buyerId;
  upsertSearchAttributes([
    { key: LeadStatusKey, value: 'in_doubt' },
    ...(buyerId ? [{ key: BuyerKey, value: buyerId }] : []),
  ]);
  show(run);
  await learn(run, doubts, step('the doubt was settled').readOffer);
}

/** What became of the first of these offers that is settled. */
export async function learn(
  run: Run,
  doubts: readonly Doubted[],
  readOffer: (key: OfferKey) => Promise<OfferReport>,
): Promise<Offered> {
  for (;;) {
    const ended = () => doubts.find(({ candidate }) => run.settled.has(candidate.contractId));
    await condition(() => ended() !== undefined);
    const candidate = ended()?.candidate;
    if (!candidate) continue;
    const { contractId } = candidate;
    const report = await readOffer(keyOf(run, contractId));
    record(run, candidate, report);
    if (!isOpen(report)) return { candidate, report };
    // A signal about an earlier round of the same contract came late.
    run.settled.delete(contractId);
  }
}

function keyOf({ lead: { leadId }, round }: Run, contractId: string): OfferKey {
  return { leadId, contractId, round };
}
