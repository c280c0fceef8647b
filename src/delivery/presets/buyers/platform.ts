// What a platform wants to be sent: its addresses, its words for who we are, and its names of
// common fields. A contract gives the ids and keys; what comes of both is what an operator could
// write.

import { z } from 'zod';

import type { FactName, Format, Mapping, Origin } from '../../../domain/delivery/request.ts';
import { parsePath } from '../../../domain/world/value-path.ts';
import type { AnswerPreset } from '../preset.ts';

/** What a request says besides the lead: `direct` is a post that no ping went before. */
export type Phase = 'ping' | 'post' | 'direct';

/** A platform with the ids and keys of one contract. */
export interface Dialect {
  /** Behind the base address; null where the buyer has to tell the whole address. */
  readonly paths: Readonly<Record<Phase, string | null>>;
  readonly controls: Readonly<Record<Phase, readonly Mapping[]>>;
}

export interface Platform {
  readonly title: string;
  /** Its own settings of a contract. */
  readonly shape: z.ZodRawShape;
  /** The base address of all its customers; null where each has one of its own. */
  readonly url: string | null;
  readonly format: Format;
  readonly answers: AnswerPreset;
  /** Its names of our fields; `others` writes the name of a field that is not among them. */
  readonly names: Readonly<Record<string, string>>;
  readonly others: (field: string) => string;
  /** Booleans as 1 and 0. */
  readonly counts?: true;
  /** Phones with their country, as we hold them; else the national number. */
  readonly phonesAbroad?: true;
  /** Marks a test; without one tests go to an address for tests, or nowhere. */
  readonly testSwitch: Mapping | null;
  dialect(given: unknown): Dialect;
}

type Words<Shape extends z.ZodRawShape> = (options: z.output<z.ZodObject<Shape>>) => Dialect;

/** A platform from the shape of its settings and what it says by them. */
export function platform<Shape extends z.ZodRawShape>(
  about: Omit<Platform, 'shape' | 'dialect'>,
  shape: Shape,
  words: Words<Shape>,
): Platform {
  const options = z.object(shape);
  return { ...about, shape, dialect: (given) => words(options.parse(given)) };
}

/** The id of something at the platform: safe in a path and a form. */
export const platformId = z
  .union([z.string(), z.int().min(0)])
  .transform(String)
  .refine((text) => /^[\w.@-]{1,100}$/.test(text), {
    error: 'wants letters, digits, _, -, . and @, as the platform shows it',
  });

function mapping(to: string, from: Origin, more: Partial<Mapping> = {}): Mapping {
  const place = { name: to, path: parsePath(to) ?? [] };
  return { to: place, from, as: [], map: null, omitIfEmpty: false, ...more };
}

/** Always this. */
export function always(to: string, value: string): Mapping {
  return mapping(to, { kind: 'value', value });
}

/** The secret of the reference. */
export function secret(to: string, reference: string): Mapping {
  return mapping(to, { kind: 'secret', secret: reference });
}

/** A field of the lead. */
export function field(to: string, name: string, as: Mapping['as'] = []): Mapping {
  return mapping(to, { kind: 'field', field: name }, { as });
}

/** What is known besides the fields. */
export function fact(to: string, name: FactName, as: Mapping['as'] = []): Mapping {
  return mapping(to, { kind: 'fact', fact: name }, { as });
}

/** The word where the lead is a test, else nothing. */
export function ifTest(to: string, word: string): Mapping {
  const map = { true: word, '*': '' };
  return mapping(to, { kind: 'fact', fact: 'test' }, { map, omitIfEmpty: true });
}

/** `date_of_birth` as it is. */
export const asOurs = (name: string): string => name;

/** `dateOfBirth`. */
export const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `DateOfBirth`. */
export const pascal = (name: string): string => camel(`_${name}`);

/** `Date_Of_Birth`. */
export const capitals = (name: string): string =>
  name.replace(/(^|_)([a-z])/g, (_, gap: string, letter: string) => gap + letter.toUpperCase());
