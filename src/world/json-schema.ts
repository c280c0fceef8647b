// The published JSON Schema of the world document, for editors: docs/reference/world.schema.json.

import { z } from 'zod';

import { SECTIONS, worldDocument } from './schema/document.ts';

/** The schema of what operators write (draft 2020-12); as JSON, it is the published file. */
export function worldJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(worldDocument, { io: 'input', override: withoutSafeBounds });
  const { $schema, ...rest } = schema;
  return {
    $schema,
    title: 'Sluice world',
    description: 'The whole configuration of one Sluice installation.',
    ...rest,
  };
}

/** The schema of one entry of a section, as operators write it. */
export function entryJsonSchema(section: keyof typeof SECTIONS): Record<string, unknown> {
  const schema = z.toJSONSchema(SECTIONS[section], { io: 'input', override: withoutSafeBounds });
  const { $schema: _, ...rest } = schema;
  return rest;
}

/** The bounds of a double's whole numbers say nothing to an operator. */
function withoutSafeBounds({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}
