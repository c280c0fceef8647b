// When a webhook that failed is tried again, and when nobody tries any more.

import { spreadOver } from '../delivering/retry.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export interface RetryTerms {
  /** What is waited after the first, second … failed try. */
  readonly waitsMs: readonly number[];
  /** The last try is made no later than this after the first. */
  readonly giveUpAfterMs: number;
  /** A webhook that took nothing for so long is sent nothing more. */
  readonly disableAfterMs: number;
  /** How long a process that died leaves what it was sending to the others. */
  readonly leaseMs: number;
}

/** The schedule of Standard Webhooks 1.0.0, with an end after three days. */
export const RETRY: RetryTerms = {
  waitsMs: [
    ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE],
    ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR),
  ],
  giveUpAfterMs: 72 * HOUR,
  disableAfterMs: 5 * 24 * HOUR,
  // Over the longest timeout that a webhook may have.
  leaseMs: 60 * SECOND,
};

/** Longer than any wait of our own, a receiver may not put it off. */
const LONGEST_ASKED_MS = 24 * HOUR;

/**
 * Milliseconds until the next try; undefined when it is given up. `ageMs`: since the first try was
 * due. `askedMs`: what the receiver asked for. `random`: 0 to 1.
 */
export function waitBeforeRetry(
  terms: RetryTerms,
  {
    tries,
    ageMs,
    askedMs = 0,
    random,
  }: {
    readonly tries: number;
    readonly ageMs: number;
    readonly askedMs?: number | undefined;
    readonly random: number;
  },
): number | undefined {
  const planned = terms.waitsMs[tries - 1];
  const leftMs = terms.giveUpAfterMs - ageMs;
  if (planned === undefined || leftMs <= 0) return undefined;
  const jittered = spreadOver(planned, random);
  const asked = Math.min(askedMs, LONGEST_ASKED_MS);
  // The last one is drawn forward: three days are over then, and it was tried ten times.
  return Math.round(Math.min(Math.max(jittered, asked), leftMs));
}
