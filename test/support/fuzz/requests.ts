// Requests for one operation of the document: such as fit what it says, and such as break it.

import fc from 'fast-check';

import type { ApiDocument, Operation, Parameter } from './document.ts';
import { fitting } from './fitting.ts';
import { type Body, mutated, nastyHeaders, nastyPath, nastyText, wrongBody } from './nasty.ts';
import type { Shot } from './sending.ts';

/** What a server knows: keys to call with, and names that stand for something there. */
export interface Known {
  readonly keys: Readonly<Record<string, string>>;
  readonly names: readonly string[];
}

interface Told {
  readonly document: ApiDocument;
  readonly known: Known;
}

/** In every place what the document wants there; optional parts come or do not. */
export function fittingShots(operation: Operation, told: Told): fc.Arbitrary<Shot> {
  const { document, known } = told;
  const shelf = { schemas: document.schemas, depth: 0 };
  const value = ({ schema, in: place }: Parameter) => {
    const free = fitting(schema, shelf);
    return place === 'path' ? fc.oneof(fc.constantFrom(...known.names), free) : free;
  };
  const place = (wanted: Parameter['in']) => {
    const here = operation.parameters.filter((each) => each.in === wanted);
    const model = Object.fromEntries(here.map((each) => [each.name, value(each)]));
    const required = here.filter((each) => each.required || wanted === 'path');
    return fc.record(model, { requiredKeys: required.map(({ name }) => name) });
  };
  return fc
    .record({
      path: place('path'),
      query: place('query'),
      headers: place('header'),
      body: fittingBody(operation, told),
      key: fc.constantFrom(...keysOf(operation, known)),
    })
    .map(({ path, query, headers, body, key }) => ({
      method: operation.method,
      uri: uriOf(operation.path, path as Texts, query as Texts),
      headers: { ...printable(headers as Texts), Authorization: `Bearer ${key}` },
      body,
    }));
}

/** Here and there something else than the document wants. */
export function brokenShots(operation: Operation, told: Told): fc.Arbitrary<Shot> {
  const { known } = told;
  const names = operation.parameters.map(({ name }) => name);
  const query = fc.dictionary(
    fc.oneof(fc.constantFrom('a', ...names), nastyText),
    fc.oneof(nastyText, fc.string()),
    { maxKeys: 3 },
  );
  const whole = fittingShots(operation, told);
  return fc
    .record({
      whole,
      path: fc.oneof(fc.constantFrom(...known.names), nastyPath),
      query: fc.oneof(
        { weight: 2, arbitrary: fc.constant(undefined) },
        query.map((values) => `?${new URLSearchParams(values).toString()}`),
        fc.constantFrom(
          '?',
          '?%',
          '?a=%ff',
          '?limit=1&limit=2',
          '?cursor[]=1',
          `?${'a&'.repeat(4_000)}`,
        ),
      ),
      body: fc.oneof(
        { weight: 2, arbitrary: mutatedBody(operation, told) },
        { weight: 2, arbitrary: wrongBody },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
      headers: nastyHeaders,
      wholePath: fc.boolean(),
      key: fc.constantFrom(undefined, ...Object.values(known.keys)),
    })
    .map(({ whole: fit, path, query: asked, body, headers, wholePath, key }) => {
      const [kept = '', keptQuery = ''] = fit.uri.split(/(?=\?)/);
      const at = wholePath ? kept : operation.path.replace(/\{\w+\}/g, () => path);
      const bearer = key === undefined ? {} : { Authorization: `Bearer ${key}` };
      return {
        method: fit.method,
        uri: at + (asked ?? keptQuery),
        headers: { ...fit.headers, ...bearer, ...printable(headers) },
        body,
      };
    });
}

function fittingBody(operation: Operation, told: Told): fc.Arbitrary<Body | undefined> {
  const bodies = [...operation.bodies];
  if (bodies.length === 0) return fc.constant(undefined);
  const shelf = { schemas: told.document.schemas, depth: 0 };
  return fc.oneof(
    ...bodies.map(([type, schema]) =>
      fitting(schema, shelf).map((value) => ({ bytes: bytesOf(value), type })),
    ),
  );
}

function mutatedBody(operation: Operation, told: Told): fc.Arbitrary<Body> {
  const [first] = operation.bodies;
  if (!first) return wrongBody;
  const [type, schema] = first;
  const shelf = { schemas: told.document.schemas, depth: 0 };
  return mutated(fitting(schema, shelf)).map((value) => ({ bytes: bytesOf(value), type }));
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

function keysOf({ keys }: Operation, known: Known): string[] {
  const fit = keys.flatMap((name) => known.keys[name] ?? []);
  return fit.length > 0 ? fit : Object.values(known.keys);
}

type Texts = Readonly<Record<string, unknown>>;

function uriOf(pattern: string, path: Texts, query: Texts): string {
  const text = (value: unknown) => encodeURIComponent(String(value).toWellFormed());
  const at = pattern.replace(/\{(\w+)\}/g, (_, name: string) => text(path[name]) || 'x');
  const asked = Object.entries(query).map(([name, value]) => `${text(name)}=${text(value)}`);
  return asked.length > 0 ? `${at}?${asked.join('&')}` : at;
}

/** A header can hold no more than that. */
function printable(headers: Texts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      String(value).replace(/[^\x20-\x7e\x80-\xff]/g, ''),
    ]),
  );
}
