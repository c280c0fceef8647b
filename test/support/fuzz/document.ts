// The OpenAPI document as a server gives it, for tests that send what it says and hold the answers
// against it.

import { z } from 'zod';

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Operation {
  /** Upper case. */
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** By media type; empty where none is taken. */
  readonly bodies: ReadonlyMap<string, Schema>;
  /** Whose key it wants. */
  readonly keys: readonly string[];
  /** By status, then by media type. */
  readonly answers: ReadonlyMap<number, ReadonlyMap<string, Schema>>;
}

export interface ApiDocument {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;
}

type Content = { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> };
interface Raw {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}
interface RawOperation {
  readonly parameters?: readonly (Omit<Parameter, 'required'> & { readonly required?: boolean })[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
  readonly security?: readonly object[];
}

export async function readDocument(url: string): Promise<ApiDocument> {
  const raw = (await (await fetch(`${url}/openapi.json`)).json()) as Raw;
  const operations = Object.entries(raw.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => operationOf(method, path, each)),
  );
  return { operations, schemas: raw.components.schemas };
}

function operationOf(method: string, path: string, raw: RawOperation): Operation {
  return {
    method: method.toUpperCase(),
    path,
    parameters: (raw.parameters ?? []).map((each) => ({ required: false, ...each })),
    bodies: contentOf(raw.requestBody ?? {}),
    keys: (raw.security ?? []).flatMap(Object.keys),
    answers: new Map(
      Object.entries(raw.responses).map(([status, said]) => [Number(status), contentOf(said)]),
    ),
  };
}

function contentOf({ content = {} }: Content): ReadonlyMap<string, Schema> {
  return new Map(Object.entries(content).map(([type, { schema }]) => [type, schema]));
}

/** What is wrong with an answer, by what the document declares for its operation. */
export type Judge = (
  operation: Operation,
  answer: { readonly status: number; readonly type: string; readonly text: string },
) => string | undefined;

export function createJudge({ schemas }: ApiDocument): Judge {
  const known = new Map<Schema, z.ZodType>();
  const zodOf = (schema: Schema) => {
    const found = known.get(schema) ?? z.fromJSONSchema(withDefinitions(schema, schemas));
    known.set(schema, found);
    return found;
  };
  return ({ answers }, { status, type, text }) => {
    const declared = answers.get(status);
    if (!declared) return `${status} is not declared`;
    if (declared.size === 0) return undefined;
    const schema = declared.get(type);
    if (!schema) return `${status} in ${type || 'no type'} is not declared`;
    if (!type.endsWith('json')) return undefined;
    const read = zodOf(schema).safeParse(JSON.parse(text));
    return read.success ? undefined : `${status} is of another shape: ${read.error.message}`;
  };
}

/** The schema with all that it may refer to, as a JSON Schema that stands alone. */
function withDefinitions(schema: Schema, schemas: ApiDocument['schemas']) {
  const whole = { ...schema, $defs: schemas };
  const text = JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/');
  return JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0];
}
