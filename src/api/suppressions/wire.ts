// What operators send to and are told about suppression lists.

import { z } from 'zod';

import { SUPPRESSION_KINDS } from '../../domain/suppression/suppression.ts';
import { id } from '../../world/schema/settings.ts';
import { json, type Operation, OPERATOR, problems } from '../wire/operation.ts';
import { pageLimit, wholeNumber } from '../wire/queries.ts';

/** How many values one request adds. */
export const MOST_VALUES = 1_000;

const list = id.meta({ description: 'The list: a-z, 0-9 and _, such as dnc', example: 'dnc' });
const kind = z.enum(SUPPRESSION_KINDS).meta({
  description:
    'What the values are; `domain` is that of an e-mail address, `ip` an address or a range',
});
const campaign = z.string().max(63).meta({
  description: 'The only campaign in which the list holds; every one unless told',
});
const expires = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], 'neither a day nor a time')
  .meta({ description: 'Until then: a time with its offset, or a day, at whose beginning in UTC' });
const origin = z.string().trim().max(200).meta({ description: 'Where the values came from' });
const value = z.string().max(1_000);
const yes = z.enum(['true', 'false']);

/** `POST /v1/suppressions`. */
export const suppressionsBody = z
  .strictObject({
    list,
    kind,
    values: z
      .array(z.union([value, z.array(value).max(4)]))
      .min(1)
      .max(MOST_VALUES)
      .meta({
        description:
          `1 to ${MOST_VALUES} values, or the SHA-256 of their normal form in hex. For ` +
          'name_address each is a list: first name, last name, address, ZIP',
        example: ['(512) 555-0142'],
      }),
    campaign: campaign.optional(),
    expires: expires.optional(),
    origin: origin.optional(),
  })
  .meta({ id: 'NewSuppressions' });

/** `POST /v1/suppressions/imports`. */
export const importQuery = z.strictObject({
  list,
  kind,
  campaign: campaign.optional(),
  expires: expires.optional(),
  origin: origin.optional(),
  column: z.string().max(200).optional().meta({
    description: 'The column that holds the values; found by its name, or the first, unless told',
  }),
  hashed: yes.optional().meta({ description: 'true: what is no SHA-256 in hex is a bad row' }),
  first_row: wholeNumber.optional().meta({
    description: 'The row at which this part of a larger file begins; 1 unless told',
    type: 'integer',
  }),
  dry_run: yes
    .optional()
    .meta({ description: 'true tells what would come of it, and adds nothing' }),
});
export type ImportQuery = z.output<typeof importQuery>;

/** `GET /v1/suppressions`. */
export const listsQuery = z.strictObject({
  cursor: z.string().max(200).optional().meta({ description: '`next` of the page before' }),
  limit: pageLimit,
});

/** `GET /v1/suppressions/check`, and what is removed. */
export const valueQuery = z.strictObject({
  kind,
  value: z
    .string()
    .min(1)
    .max(1_000)
    .meta({
      description:
        'The value as a person writes it, or the SHA-256 of its normal form in hex. For ' +
        'name_address: first name, last name, address and ZIP, with | between them',
    }),
});

/** `GET /v1/suppressions/log`. */
export const deedsQuery = z.strictObject({
  before: wholeNumber
    .optional()
    .meta({ type: 'integer', description: '`next` of the page before' }),
  limit: pageLimit,
});

const time = z.iso.datetime();
const place = {
  list: z.string(),
  campaign: z.string().nullable().meta({ description: 'null: it holds in every campaign' }),
};

const counts = {
  rows: z.int().meta({ description: 'Values that were sent, blank rows and the header left out' }),
  added: z.int().meta({ description: 'Came new onto the list' }),
  renewed: z.int().meta({ description: 'Stood there, and got another expiry' }),
  known: z.int().meta({ description: 'Stood there, or came twice: nothing changed' }),
};

export const suppressionsAnswer = z
  .strictObject({ ...place, kind, ...counts })
  .meta({ id: 'Suppressions' });
export type SuppressionsAnswer = z.infer<typeof suppressionsAnswer>;

export const importAnswer = z
  .strictObject({
    ...place,
    kind,
    ...counts,
    bad: z.int().meta({ description: 'Rows that hold no such value: they are left out' }),
    bad_rows: z.array(z.strictObject({ says: z.string(), rows: z.array(z.int()) })),
    dry_run: z.boolean(),
  })
  .meta({ id: 'SuppressionImport' });
export type ImportAnswer = z.infer<typeof importAnswer>;

export const listsPage = z
  .strictObject({
    lists: z.array(
      z.strictObject({ ...place, entries: z.int(), created_by: z.string(), created_at: time }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'SuppressionLists' });
export type ListsPage = z.infer<typeof listsPage>;

const listing = z.strictObject({
  ...place,
  kind,
  expires_at: time.nullable(),
  added_at: time,
  added_by: z.string(),
  origin: z.string().nullable(),
});

export const checkAnswer = z
  .strictObject({
    kind,
    hash: z.string().meta({ description: 'As which it is kept: 16 bytes of its SHA-256, in hex' }),
    listed: z.boolean(),
    lists: z.array(listing),
  })
  .meta({ id: 'SuppressionCheck' });
export type CheckAnswer = z.infer<typeof checkAnswer>;

export const removalAnswer = z
  .strictObject({ list: z.string(), removed: z.int() })
  .meta({ id: 'SuppressionRemoval' });
export type RemovalAnswer = z.infer<typeof removalAnswer>;

export const deedsPage = z
  .strictObject({
    deeds: z.array(
      z.strictObject({
        no: z.int(),
        at: time,
        by: z.string(),
        action: z.enum(['add', 'import', 'remove', 'remove_list']),
        list: z.string(),
        kind: kind.nullable(),
        hashes: z.array(z.string()).nullable().meta({ description: 'null: too many to name' }),
        entries: z.int().meta({ description: 'How many came onto the list, or left it' }),
        renewed: z.int(),
        expires_at: time.nullable(),
        origin: z.string().nullable(),
      }),
    ),
    next: z.int().nullable(),
  })
  .meta({ id: 'SuppressionLog' });
export type DeedsPage = z.infer<typeof deedsPage>;

const tags = ['suppressions'];
const ALWAYS = ['key_missing_or_wrong', 'operator_key_required', 'invalid_request'] as const;
const WITH_BODY = ['body_too_large', 'unsupported_body_type', 'unavailable'] as const;
const TO_LIST = ['unknown_campaign', 'list_holds_elsewhere'] as const;
const listParam = z.object({ list: z.string().meta({ description: 'The list' }) });

export const SUPPRESSIONS: Readonly<Record<string, Operation>> = {
  'post /v1/suppressions': {
    tags,
    summary: 'Add values to a suppression list',
    description:
      'A list comes into being with its first value. Leads with one of the values are refused ' +
      'from then on. Only a hash of each is kept; sent again, nothing changes.',
    security: OPERATOR,
    request: { body: json(suppressionsBody) },
    responses: {
      200: { description: 'They stand there', ...json(suppressionsAnswer) },
      ...problems('malformed_json', ...ALWAYS, ...WITH_BODY, ...TO_LIST),
    },
  },
  'post /v1/suppressions/imports': {
    tags,
    summary: 'Add a file of values, or a part of one, to a suppression list',
    description:
      'CSV in UTF-8, a row on each line, at most 2 MiB. `sluice suppress import` cuts a larger ' +
      'file into parts. A bad row is told by its number and spoils no other. Or the first 16 ' +
      'bytes of the SHA-256 of each value, one after the other.',
    security: OPERATOR,
    request: {
      query: importQuery,
      body: {
        content: {
          'text/csv': { schema: z.string() },
          'text/plain': { schema: z.string() },
          'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
        },
      },
    },
    responses: {
      200: { description: 'What came of it', ...json(importAnswer) },
      ...problems('malformed_request', ...ALWAYS, ...WITH_BODY, ...TO_LIST),
    },
  },
  'get /v1/suppressions': {
    tags,
    summary: 'List the suppression lists',
    security: OPERATOR,
    request: { query: listsQuery },
    responses: { 200: { description: 'A page', ...json(listsPage) }, ...problems(...ALWAYS) },
  },
  'get /v1/suppressions/check': {
    tags,
    summary: 'Look up one value',
    security: OPERATOR,
    request: { query: valueQuery },
    responses: {
      200: { description: 'Where it stands', ...json(checkAnswer) },
      ...problems(...ALWAYS),
    },
  },
  'get /v1/suppressions/log': {
    tags,
    summary: 'Who added and removed what, newest first',
    security: OPERATOR,
    request: { query: deedsQuery },
    responses: { 200: { description: 'A page', ...json(deedsPage) }, ...problems(...ALWAYS) },
  },
  'delete /v1/suppressions/lists/:list': {
    tags,
    summary: 'Remove a suppression list with all that stands on it',
    security: OPERATOR,
    request: { params: listParam },
    responses: {
      200: { description: 'It refuses nobody any more', ...json(removalAnswer) },
      ...problems('key_missing_or_wrong', 'operator_key_required', 'not_on_list'),
    },
  },
  'delete /v1/suppressions/lists/:list/entries': {
    tags,
    summary: 'Remove one value from a suppression list',
    security: OPERATOR,
    request: { params: listParam, query: valueQuery },
    responses: {
      200: { description: 'It stands there no more', ...json(removalAnswer) },
      ...problems(...ALWAYS, 'not_on_list'),
    },
  },
};
