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

/** Set when asking has to stop; whoever set it waits for what is under way. */
export interface Stop {
  now: boolean;
}

/**
 * Has the doubt end by itself: asks the buyer as its terms say, then assumes. Ends with the doubt,
 * when it is stopped, or when only a callback or an operator can end it. Never beside local steps:
 * a crash replays those in another order than timers and activities that were begun meanwhile.
 */
export async function resolve(
  run: Run,
  { candidate, report }: Doubted,
  stop: Readonly<Stop> = { now: false },
): Promise<void> {
  const { contractId } = candidate;
  const terms = report.resolve;
  if (!terms) return;
  const key = keyOf(run, contractId);
  const isOver = () => stop.now || run.settled.has(contractId);
  for (let asked = 0; !isOver(); asked += 1) {
    const of = { leadId: key.leadId, contractId, asked, nowMs: Date.now() };
    const next = nextDoubtStep(terms, of);
    if (!next) return;
    const what = next.kind === 'ask' ? 'is asked what it did' : 'is taken at its policy';
    await sleepUnless({ ms: next.waitMs, summary: `${contractId} ${what}` }, isOver);
    if (isOver()) return;
    if (next.kind === 'assume') {
      const as = terms.assume?.as ?? 'rejected';
      await later(`${contractId}: nobody knew in time, so ${as}`).assumeDoubt({ key, as });
      run.settled.add(contractId);
      return;
    }
    const { askBuyer } = later(`ask ${contractId}: what became of it?`);
    const { said, isOver: isKnown } = await askBuyer(key);
    if (said) (run.story.asked ??= []).push({ contractId, atMs: Date.now(), said });
    if (isKnown) run.settled.add(contractId);
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
  const { readOffer } = step('the doubt was settled');
  await learn(run, doubts, { readOffer, wait: (isEnded) => waitAsking(run, isEnded) });
}

/** How a run hears of the end of a doubt. */
interface Learning {
  readOffer(key: OfferKey): Promise<OfferReport>;
  wait(isEnded: () => boolean): Promise<void>;
}

/** Waits until one of the doubts may have ended; every doubt is asked about meanwhile. */
async function waitAsking(run: Run, isEnded: () => boolean): Promise<void> {
  const stop: Stop = { now: false };
  const asking = run.offers.filter(isInDoubt).map((doubt) => resolve(run, doubt, stop));
  await condition(isEnded);
  stop.now = true;
  await Promise.all(asking);
}

/** What became of the first of these offers that is settled. */
export async function learn(
  run: Run,
  doubts: readonly Doubted[],
  { readOffer, wait }: Learning,
): Promise<Offered> {
  for (;;) {
    const ended = () => doubts.find(({ candidate }) => run.settled.has(candidate.contractId));
    await wait(() => ended() !== undefined);
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
