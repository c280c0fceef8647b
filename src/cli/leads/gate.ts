// Waiting for a server that is away or overloaded: nobody posts while the gate is shut, and it
// opens after the pause that the server asked for, or one that grows with the time it is away.

import { setTimeout } from 'node:timers/promises';

import { CommandError } from '../running.ts';

const SHORTEST_MS = 200;
const LONGEST_MS = 10_000;
/** A server may ask for a day; an operator wants to know. */
const LONGEST_ASKED_MS = 60_000;

export interface Gate {
  /** Resolves when a post may go out. Rejects when the run is stopped. */
  pass(): Promise<void>;
  /** Nobody could take a post. Throws `CommandError` once that lasts for too long. */
  shut(why: string, retryAfterMs?: number): void;
  /** A post was answered. */
  answered(): void;
}

/** A server that takes a breath now and then is no news. */
const WORTH_SAYING_MS = 1_500;
const SAID_EVERY_MS = 15_000;

/** `say` is told of a wait that is worth it. */
export function createGate(deps: {
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  say(text: string): void;
  now(): number;
}): Gate {
  let opensAtMs = 0;
  let awaySinceMs: number | undefined;
  let saidAtMs = -Infinity;
  return {
    async pass() {
      for (;;) {
        deps.signal.throwIfAborted();
        const left = opensAtMs - deps.now();
        if (left <= 0) return;
        await setTimeout(left, undefined, { signal: deps.signal });
      }
    },
    shut(why, retryAfterMs) {
      const now = deps.now();
      awaySinceMs ??= now;
      const away = now - awaySinceMs;
      if (away >= deps.patienceMs) {
        const hint = 'Run the same command again when it is back: it goes on where it stopped.';
        throw new CommandError(`${why}, for ${Math.round(away / 1000)} s`, hint);
      }
      const grown = Math.min(Math.max(away / 2, SHORTEST_MS), LONGEST_MS);
      const pause = Math.min(retryAfterMs ?? grown, LONGEST_ASKED_MS);
      opensAtMs = Math.max(opensAtMs, now + pause);
      if (away + pause >= WORTH_SAYING_MS && now - saidAtMs >= SAID_EVERY_MS) {
        const seconds = Math.round(deps.patienceMs / 1000);
        deps.say(`${why}: waiting for it, at most ${seconds} s …`);
        saidAtMs = now;
      }
    },
    answered() {
      awaySinceMs = undefined;
    },
  };
}
