// The operations of the configuration in the OpenAPI document.

import { z } from 'zod';

import type { Section } from '../../world/checks/world.ts';
import { PAUSABLE, SECTION_NAMES } from '../../world/edit.ts';
import { PATCH_TYPES, WORLD_TYPES } from '../config/documents.ts';
import { entriesQueryOf, entryAnswer, entryPage, schemaName } from './entries.ts';
import { json, type Operation, OPERATOR, problems } from './operation.ts';
import { applyQuery, worldQuery } from './queries.ts';
import {
  changeHeaders,
  diffQuery,
  entryChanged,
  rollbackBody,
  versionPage,
  versionsQuery,
  worldAnswer,
  worldApplied,
  worldDiff,
} from './versions.ts';

type Operations = Record<string, Operation>;

const REFUSED = ['key_missing_or_wrong', 'operator_key_required', 'invalid_request'] as const;
const CHANGE_REFUSED = [...REFUSED, 'changed_meanwhile', 'invalid_world'] as const;
const BODY_REFUSED = ['malformed_request', 'body_too_large', 'unsupported_body_type'] as const;
const common = { tags: ['configuration'], security: OPERATOR };
const changing = { query: applyQuery, headers: changeHeaders };
const applied = { description: 'Applied, unchanged, or what would change' };
const document = z.record(z.string(), z.unknown());

const world = { 200: { description: 'A version; the document alone as YAML', ...shown() } };

const WORLD: Operations = {
  'get /v1/world': {
    ...common,
    summary: 'Read the configuration',
    request: { query: worldQuery },
    responses: { ...world, ...problems(...REFUSED, 'no_such_version') },
  },
  'put /v1/world': {
    ...common,
    summary: 'Apply a configuration',
    description: 'The whole document, as JSON or YAML; applied as a new version, or not at all.',
    request: { ...changing, body: { content: bodyOf(WORLD_TYPES, document) } },
    responses: {
      200: { ...applied, ...json(worldApplied) },
      ...problems(...CHANGE_REFUSED, ...BODY_REFUSED),
    },
  },
  'get /v1/world/versions': {
    ...common,
    summary: 'List the versions of the configuration, newest first',
    request: { query: versionsQuery },
    responses: { 200: { description: 'A page', ...json(versionPage) }, ...problems(...REFUSED) },
  },
  'get /v1/world/versions/:version': {
    ...common,
    summary: 'Read a version of the configuration',
    request: { params: z.object({ version: z.string().meta({ type: 'integer' }) }) },
    responses: { ...world, ...problems(...REFUSED, 'no_such_version') },
  },
  'get /v1/world/diff': {
    ...common,
    summary: 'Compare two versions',
    description: 'As JSON, or as text with one line for each change.',
    request: { query: diffQuery },
    responses: {
      200: {
        description: 'What changes from the one to the other',
        content: {
          'application/json': { schema: worldDiff },
          'text/plain': { schema: z.string() },
        },
      },
      ...problems(...REFUSED, 'no_such_version'),
    },
  },
  'post /v1/world/rollback': {
    ...common,
    summary: 'Go back to an old version',
    description:
      'Applies its document again as a new version, by the rules of today. Warns of keys that ' +
      'open the door again, and if yours does not any more.',
    request: { ...changing, body: json(rollbackBody) },
    responses: {
      200: { ...applied, ...json(worldApplied) },
      ...problems(...CHANGE_REFUSED, ...BODY_REFUSED, 'malformed_json', 'no_such_version'),
    },
  },
};

/** Every operation of the configuration, by method and path. */
export const CONFIGURATION: Readonly<Operations> = {
  ...WORLD,
  ...Object.assign({}, ...SECTION_NAMES.map(readingOf)),
  ...Object.assign({}, ...SECTION_NAMES.filter((name) => name !== 'operators').map(changingOf)),
  ...Object.assign({}, ...(['pause', 'resume'] as const).map(switchesOf)),
};

function readingOf(section: Section): Operations {
  const one = section.slice(0, -1);
  return {
    [`get /v1/${section}`]: {
      ...common,
      summary: `List the ${section}, by id`,
      request: { query: entriesQueryOf(section) },
      responses: {
        200: {
          description: 'A page',
          content: { 'application/json': { schema: entryPage(section) } },
        },
        ...problems(...REFUSED),
      },
    },
    [`get /v1/${section}/:id`]: {
      ...common,
      summary: `Read one ${one}`,
      description: 'As the operator wrote it, without defaults; with its ETag.',
      request: { params: idOf(one) },
      responses: {
        200: {
          description: `The ${one}`,
          content: { 'application/json': { schema: entryAnswer(section) } },
        },
        ...problems(...REFUSED, 'no_such_entry'),
      },
    },
  };
}

function changingOf(section: Section): Operations {
  const one = section.slice(0, -1);
  const request = { params: idOf(one), ...changing };
  const schema = { $ref: `#/components/schemas/${schemaName(section)}` };
  const done = { 200: { ...applied, ...json(entryChanged) } };
  return {
    [`put /v1/${section}/:id`]: {
      ...common,
      summary: `Create or replace one ${one}`,
      description: 'The whole configuration is checked. `If-None-Match: *` creates only.',
      request: { ...request, body: { content: bodyOf(WORLD_TYPES, schema) } },
      responses: {
        ...done,
        201: { description: 'Created', ...json(entryChanged) },
        ...problems(...CHANGE_REFUSED, ...BODY_REFUSED),
      },
    },
    [`patch /v1/${section}/:id`]: {
      ...common,
      summary: `Change parts of one ${one}`,
      description: 'A JSON merge patch (RFC 7396): null takes a setting out.',
      request: { ...request, body: { content: bodyOf(PATCH_TYPES, document) } },
      responses: { ...done, ...problems(...CHANGE_REFUSED, ...BODY_REFUSED, 'no_such_entry') },
    },
    [`delete /v1/${section}/:id`]: {
      ...common,
      summary: `Delete one ${one}`,
      description: 'Refused with the places that still name it.',
      request,
      responses: {
        ...done,
        ...problems(...CHANGE_REFUSED, 'no_such_entry', 'still_referred_to'),
      },
    },
  };
}

function switchesOf(name: 'pause' | 'resume'): Operations {
  const verb = name === 'pause' ? 'Pause' : 'Resume';
  const counts = 'Counts at once, for leads that are routed already as well.';
  const whole: Operation = {
    ...common,
    summary: `${verb} everything`,
    description: counts,
    request: changing,
    responses: { 200: { ...applied, ...json(worldApplied) }, ...problems(...CHANGE_REFUSED) },
  };
  const single = PAUSABLE.map((section): [string, Operation] => {
    const one = section.slice(0, -1);
    const responses = {
      200: { ...applied, ...json(entryChanged) },
      ...problems(...CHANGE_REFUSED, 'no_such_entry'),
    };
    const request = { params: idOf(one), ...changing };
    const told = { summary: `${verb} one ${one}`, description: counts };
    return [`post /v1/${section}/:id/${name}`, { ...common, ...told, request, responses }];
  });
  return { [`post /v1/world/${name}`]: whole, ...Object.fromEntries(single) };
}

function idOf(one: string) {
  return z.object({ id: z.string().meta({ description: `The ${one}` }) });
}

function bodyOf<T>(types: Readonly<Record<string, string>>, schema: T) {
  return Object.fromEntries(Object.keys(types).map((type) => [type, { schema }]));
}

function shown() {
  return {
    content: {
      'application/json': { schema: worldAnswer },
      'application/yaml': { schema: z.string() },
    },
  };
}
