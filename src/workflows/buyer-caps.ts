// One buyer's caps, for as long as the buyer exists: a mailbox around the rules of domain/caps.
//
// States: unseeded (grants nothing) --seed--> seeded; full circle at each continue-as-new, which
// carries the whole state. Handlers never await, so no lock is needed and none is ever cut short.

import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { type CapMood, moodOf } from '../domain/caps/mood.ts';
import { applyOps, type CapsState, seedCaps } from '../domain/caps/caps.ts';
import { describeCaps } from '../domain/story.ts';
import { apply, CapStateKey, seed, snapshot } from './messages.ts';

// Far below the 4,096 at which the server suggests it: a replay after an eviction stays short.
const MAX_EVENTS = 1_500;

/** `state` is the whole memory and the next run's argument, so it is plain JSON. */
export async function buyerCaps(state: CapsState): Promise<void> {
  // The same through continue-as-new; another one when the entity was lost and begun again.
  state.epoch = workflowInfo().firstExecutionRunId;
  let shown: CapMood | undefined;
  const show = () => {
    setCurrentDetails(describeCaps(state, Date.now()));
    const mood = moodOf(state, Date.now());
    if (mood === shown) return;
    shown = mood;
    upsertSearchAttributes([{ key: CapStateKey, value: mood }]);
  };

  setHandler(apply, (ops) => {
    const decisions = applyOps(state, ops, Date.now());
    show();
    return decisions;
  });
  setHandler(seed, (given) => {
    seedCaps(state, given, Date.now());
    show();
    return undefined;
  });
  setHandler(snapshot, () => state);

  await condition(() => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return (continueAsNewSuggested || historyLength > MAX_EVENTS) && allHandlersFinished();
  });
  await continueAsNew<typeof buyerCaps>(state);
}
