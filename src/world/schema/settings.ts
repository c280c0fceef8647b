// The bricks of the world's schema: objects whose snake_case keys become our camelCase ones, and
// the scalars that stand in many places, each with its bounds and the words for what is wrong.

import { z } from 'zod';

import { DAY_MS } from '../../domain/calendar.ts';
import { cents } from '../../domain/money.ts';
import { isTimeZone } from '../../eligibility/zones.ts';

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

type Renamed<T, Names> = {
  [K in keyof T & string as K extends keyof Names ? Names[K] & string : Camel<K>]: T[K];
};

/**
 * A strict object of the document, read into our names: `price_cents` becomes `priceCents`, and
 * what has a unit here that the document writes as text is named in `names` (`timeout` →
 * `timeoutMs`). Only the object's own keys change; a map under it keeps its ids.
 */
export function settings<
  Shape extends z.core.$ZodLooseShape,
  const Names extends Partial<Record<keyof Shape & string, string>> = Record<never, never>,
>(shape: Shape, names?: Names) {
  type Parsed = Renamed<z.output<z.ZodObject<Shape, z.core.$strict>>, Names>;
  const ours = new Map(Object.keys(shape).map((key) => [key, camelOf(key)]));
  for (const [key, name] of Object.entries<string | undefined>(names ?? {})) {
    if (name !== undefined) ours.set(key, name);
  }
  return z.strictObject(shape).transform((value): Parsed => {
    const entries = Object.entries(value).map(([key, part]) => [ours.get(key) ?? key, part]);
    return Object.fromEntries(entries) as Parsed;
  });
}

function camelOf(key: string): string {
  return key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The key of something in the document. */
export const id = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    'an id begins with a letter and has at most 63 of a-z, 0-9 and _',
  )
  // The one such word that every JavaScript object already knows.
  .refine((text) => text !== 'constructor', 'this id is reserved');

/** A map from ids to things, of a bounded size. */
export function mapOf<Value extends z.ZodType>(value: Value, most: number) {
  return z
    .record(id, value)
    .refine((map) => Object.keys(map).length <= most, `at most ${most} of them`);
}

/** A name for people. */
export const label = z.string().trim().min(1).max(120);

/** Whole cents, up to a million dollars. */
export const amountCents = z.int().min(0).max(100_000_000).transform(cents);

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS, y: 365 * DAY_MS } as const;
const DURATION = /^(\d{1,6})(ms|s|m|h|d|y)$/;

/** A duration as text with a unit (`400ms`, `5s`, `72h`, `2y`), read as a number of `unit`. */
export function duration(least: string, most: string, unit: keyof typeof UNIT_MS) {
  const [leastMs, mostMs] = [durationMs(least), durationMs(most)];
  return z
    .string()
    .regex(DURATION, `wants a duration such as ${least} or ${most}, in ms, s, m, h, d or y`)
    .refine(
      (text) => {
        const ms = durationMs(text);
        return ms >= leastMs && ms <= mostMs && ms % UNIT_MS[unit] === 0;
      },
      `wants ${least} to ${most}${unit === 'ms' ? '' : `, in whole ${unit}`}`,
    )
    .transform((text) => durationMs(text) / UNIT_MS[unit]);
}

/** Milliseconds of a duration such as `5s` or `24h`. */
export function durationMs(text: string): number {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return Number(count) * UNIT_MS[(unit ?? 'ms') as keyof typeof UNIT_MS];
}

/** A time of day, read as minutes from midnight. */
export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'wants a time of day such as "08:00"')
  .transform((clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));

/** An IANA zone. */
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'is not a time zone of the IANA list, such as America/New_York');

/** An address of a buyer. */
export const url = z.string().max(2_000).refine(isHttpUrl, {
  error: 'wants an http or https URL without user and password',
});

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** A key, known only by its hash. */
export const keyHash = settings({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'wants the SHA-256 of the key, 64 lower-case hex digits')
    .describe('SHA-256 of the whole key text: printf %s "$KEY" | sha256sum'),
});
