// Values that fit a JSON Schema of the OpenAPI document; free texts are the nastiest that fit.

import fc from 'fast-check';

import type { Schema } from './document.ts';
import { nastyText } from './nasty.ts';

interface Shelf {
  readonly schemas: Readonly<Record<string, Schema>>;
  /** How many references deep: filters hold filters. */
  readonly depth: number;
}

const MAX_DEPTH = 2;

/** A value of the schema. What only code could check may be wrong. */
export function fitting(schema: Schema, shelf: Shelf): fc.Arbitrary<unknown> {
  const { $ref, const: constant, enum: choices, allOf } = schema;
  if (typeof $ref === 'string') return referred($ref, shelf);
  if (constant !== undefined) return fc.constant(constant);
  if (Array.isArray(choices)) return fc.constantFrom(...(choices as unknown[]));
  const either = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (either) return fc.oneof(...either.map((each) => fitting(each, shelf)));
  if (Array.isArray(allOf)) {
    const all = (allOf as readonly Schema[]).map((each) => fitting(each, shelf));
    return fc.tuple(...all).map((parts) => Object.assign({}, ...parts) as object);
  }
  const { type } = schema;
  if (!Array.isArray(type)) return ofType(String(type), schema, shelf);
  return fc.oneof(...(type as string[]).map((each) => ofType(each, schema, shelf)));
}

function referred($ref: string, { schemas, depth }: Shelf): fc.Arbitrary<unknown> {
  const schema = schemas[$ref.split('/').at(-1) ?? ''];
  if (!schema) throw new Error(`the document has no ${$ref}`);
  if (depth >= MAX_DEPTH) return fc.constant(null);
  const made = MADE.get(schema) ?? [];
  MADE.set(schema, made);
  return (made[depth] ??= fitting(schema, { schemas, depth: depth + 1 }));
}

/** Made once for each depth: a contract has filters at twenty places, and filters hold filters. */
const MADE = new WeakMap<Schema, fc.Arbitrary<unknown>[]>();

function ofType(type: string, schema: Schema, shelf: Shelf): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return numbers(type, schema);
    case 'string':
      return texts(schema);
    case 'array':
      return lists(schema, shelf);
    case 'object':
      return objects(schema, shelf);
    default:
      return fc.jsonValue();
  }
}

const asNumber = (value: unknown) => (typeof value === 'number' ? value : undefined);

function numbers(type: string, schema: Schema): fc.Arbitrary<number> {
  const [least = -(2 ** 53) + 1, most = 2 ** 53 - 1] = [
    asNumber(schema['minimum']) ?? asNumber(schema['exclusiveMinimum']),
    asNumber(schema['maximum']) ?? asNumber(schema['exclusiveMaximum']),
  ];
  const whole = fc.integer({ min: Math.ceil(least), max: Math.floor(most) });
  const edges = fc.constantFrom(Math.ceil(least), Math.floor(most));
  if (type === 'integer') return fc.oneof(whole, edges);
  return fc.oneof(whole, edges, fc.double({ min: least, max: most, noNaN: true }));
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  date: fc.constantFrom('2026-01-31', '0001-01-01', '9999-12-31', '2024-02-29'),
  'date-time': fc.constantFrom('2026-01-31T09:00:00Z', '0001-01-01T00:00:00Z'),
  ip: fc.oneof(fc.ipV4(), fc.ipV6()),
  uri: fc.webUrl({ validSchemes: ['https'], withQueryParameters: true, withFragments: true }),
};

function texts({ pattern, format, minLength, maxLength }: Schema): fc.Arbitrary<string> {
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  const formatted = FORMATS[String(format)];
  if (formatted) return formatted;
  const [least, most] = [asNumber(minLength) ?? 0, asNumber(maxLength) ?? Infinity];
  const plain = fc.string({ minLength: least, maxLength: Math.min(most, least + 20) });
  const nasty = nastyText.filter(({ length }) => length >= least && length <= most);
  return fc.oneof(plain, nasty);
}

function lists(schema: Schema, shelf: Shelf): fc.Arbitrary<unknown[]> {
  const least = asNumber(schema['minItems']) ?? 0;
  const most = Math.min(asNumber(schema['maxItems']) ?? Infinity, least + 3);
  const entry = fitting((schema['items'] ?? {}) as Schema, shelf);
  return fc.array(entry, { minLength: least, maxLength: most });
}

function objects(schema: Schema, shelf: Shelf): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties: more } = schema;
  const model = Object.fromEntries(
    Object.entries(properties as Readonly<Record<string, Schema>>).map(([name, each]) => [
      name,
      fitting(each, shelf),
    ]),
  );
  const known = fc.record(model, { requiredKeys: required as string[] });
  if (more === false || (more === undefined && Object.keys(model).length > 0)) return known;
  const value = typeof more === 'object' ? fitting(more as Schema, shelf) : fc.jsonValue();
  const others = fc.dictionary(fc.oneof(fc.string(), nastyText), value, { maxKeys: 4 });
  return fc.tuple(others, known).map(([free, named]) => ({ ...free, ...named }));
}
