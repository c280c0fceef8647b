// What a kind of target is: the schema of its options, and the target that works by them. A new
// kind is a file of this form, named in `targets.ts`. Options are strict and read when a world is
// applied, so that a push never meets one that it cannot use.

import { z } from 'zod';

import { withoutToken } from './replies.ts';
import type { BatchTimes } from '../batches/times.ts';
import type { BatchDelivery, Target } from './target.ts';

/** A field of the vertical that options name, and where in them it stands. */
export interface NamedField {
  readonly path: readonly (string | number)[];
  readonly field: string;
}

export interface TargetKind {
  /** The `options` in a world. */
  readonly options: z.ZodType<Readonly<Record<string, unknown>>>;
  /** The fields of the vertical that these options name. */
  fieldsIn(options: unknown): readonly NamedField[];
  /** Its receiver says whether it took a lead, so that the push can be the sale itself. */
  readonly confirms: boolean;
  bind(options: unknown): Target;
}

/** A kind from its schema and the target that works by it. */
export function targetKind<Options extends Readonly<Record<string, unknown>>>(
  options: z.ZodType<Options>,
  {
    fieldsIn,
    deliver,
    confirms = true,
    batch,
    deliverBatch,
  }: {
    readonly confirms?: boolean;
    readonly fieldsIn: (options: Options) => readonly NamedField[];
    readonly deliver: (options: Options) => Target['deliver'];
    /** When leads go out together by these options; null: each goes by itself. */
    readonly batch?: (options: Options) => BatchTimes | null;
    readonly deliverBatch?: (options: Options) => BatchDelivery['deliver'];
  },
): TargetKind {
  return {
    ...{ options, confirms },
    // A world holds what has passed the schema; passing it again changes nothing.
    fieldsIn: (given) => fieldsIn(options.parse(given)),
    bind(given) {
      const parsed = options.parse(given);
      const push = deliver(parsed);
      const times = batch?.(parsed);
      const pushAll = deliverBatch?.(parsed);
      return {
        deliver: (...told) => push(...told).catch(withoutToken),
        ...(times && pushAll && { batch: { times, deliver: pushAll } }),
      };
    },
  };
}

/** The base address of a receiver, so that a sandbox, a proxy or a test can stand in for it. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'wants an http or https URL' })
  .max(500)
  .refine((text) => !/[?#@]/.test(text), 'wants no user, query or fragment')
  .transform((text) => text.replace(/\/+$/, ''));

/** A name as vendors give them to fields, objects and accounts: safe in a path. */
export const vendorName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,100}$/, 'wants a name of letters, digits, _ and -');
