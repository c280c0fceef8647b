// What a check of a lead is: a function in a file of its own, named in `order.ts`.

import type { Check, Learned, Validation } from '../../domain/lead.ts';
import type { Case } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';

type Refused = Omit<Validation & { kind: 'refused' }, 'checks'>;

/** What a check found: its own lines for operators, in the order made. Never a personal value. */
export type Found =
  | ({
      readonly kind: 'passed';
      readonly checks: readonly Check[];
      /** It stored the whole verdict `valid` with what it wrote: see `isLast`. */
      readonly stored?: true;
    } & Learned)
  | (Refused & { readonly checks: readonly Check[] });

export interface Asked extends Pick<Case, 'lead' | 'campaign' | 'loaded'> {
  /** The lines of the checks before. */
  readonly passed: readonly Check[];
  /** Only a part of the lead is known: what is missing may still come with its post. */
  readonly isPing?: boolean;
  /** No check comes after: one that writes stores `valid` in the same statement. */
  readonly isLast: boolean;
}

/**
 * One step of validation. Safe to repeat: when a process dies before the verdict is stored, all
 * checks are made again.
 */
export type LeadCheck = (deps: ActivityDeps, asked: Asked) => Found | Promise<Found>;
