// Entries of the configuration on the wire: what lists may be filtered by, and the schema of each
// kind, taken from the schema by which worlds are checked.

import { z } from 'zod';

import type { Section } from '../../world/checks/world.ts';
import { entryJsonSchema } from '../../world/json-schema.ts';
import { pageLimit } from './queries.ts';

const key = z.string().min(1).max(200).optional();
const filters = {
  paused: z.enum(['true', 'false']).optional(),
  campaign: key,
  buyer: key,
  vertical: key,
};
type Filter = keyof typeof filters;

const FILTERS_OF: Readonly<Record<Section, readonly Filter[]>> = {
  operators: [],
  verticals: [],
  campaigns: ['vertical', 'paused'],
  sources: ['campaign', 'paused'],
  buyers: ['paused'],
  contracts: ['campaign', 'buyer', 'paused'],
};

const page = {
  cursor: z.string().max(200).optional().meta({ description: '`next` of the page before' }),
  limit: pageLimit,
};
type WidestQuery = z.ZodObject<typeof filters & typeof page, z.core.$strict>;
export type EntriesQuery = z.output<WidestQuery>;

/** The query of a list, `GET /v1/contracts` and the like: a part of all there are. */
export function entriesQueryOf(section: Section): WidestQuery {
  const own = FILTERS_OF[section].map((name) => [name, filters[name]] as const);
  return z.strictObject({ ...Object.fromEntries(own), ...page }) as WidestQuery;
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** The name of an entry's schema in the OpenAPI document: `Contract`. */
export function schemaName(section: Section): string {
  return capital(section.slice(0, -1));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The schemas of one kind of entry by their names in the document, those it refers to included. */
export function entrySchemas(section: Section): readonly [name: string, schema: JsonSchema][] {
  const name = schemaName(section);
  const { $defs = {}, ...schema } = entryJsonSchema(section);
  const found: [string, unknown][] = [[name, schema], ...Object.entries($defs as JsonSchema)];
  return found.map(([own, each]): [string, JsonSchema] => {
    const text = JSON.stringify(each).replaceAll(
      /#\/\$defs\/(\w+)/g,
      (_, def: string) => `#/components/schemas/${name}${capital(def)}`,
    );
    const title = own === name ? name : `${name}${capital(own)}`;
    return [title, JSON.parse(text) as JsonSchema];
  });
}

/** One entry, as it is answered. */
export function entryAnswer(section: Section): JsonSchema {
  const entry = { $ref: `#/components/schemas/${schemaName(section)}` };
  const properties = { id: { type: 'string' }, version: { type: 'integer' }, entry };
  return { type: 'object', required: ['id', 'version', 'entry'], properties };
}

/** A page of them. */
export function entryPage(section: Section): JsonSchema {
  const entry = { $ref: `#/components/schemas/${schemaName(section)}` };
  const line = {
    type: 'object',
    required: ['id', 'entry'],
    properties: { id: { type: 'string' }, entry },
  };
  const properties = {
    version: { type: 'integer', description: 'The version in force' },
    entries: { type: 'array', items: line },
    next: { type: ['string', 'null'], description: 'Send it as `cursor` for the next page' },
  };
  return { type: 'object', required: ['version', 'entries', 'next'], properties };
}
