// What operators are told about deposits and balances, and how they send them.

import { z } from 'zod';

import { json, type Operation, OPERATOR, problems } from './operation.ts';
import { pageLimit, wholeNumber } from './queries.ts';
import { worldIssue } from './versions.ts';

/** Ten million dollars: beyond is a slip of the hand. */
const MOST_CENTS = 1_000_000_000;

/** `POST /v1/buyers/{id}/deposits`. */
export const depositBody = z
  .strictObject({
    id: z
      .string()
      .regex(/^[\x21-\x7e]{1,100}$/, 'not 1 to 100 printable ASCII characters without blanks')
      .meta({
        description:
          'Your own name for the payment, such as its number at the bank: 1 to 100 printable ' +
          'ASCII characters without blanks. Sent again, it is the same deposit',
        example: 'wire-20261124-0007',
      }),
    cents: z
      .int('not a whole number')
      .min(-MOST_CENTS)
      .max(MOST_CENTS)
      .refine((cents) => cents !== 0, 'nothing is paid')
      .meta({
        description: `Whole cents, up to ${MOST_CENTS}; below 0 takes money back: a refund, a slip`,
        example: 25_000,
      }),
    note: z
      .string()
      .trim()
      .max(500)
      .optional()
      .meta({ description: 'For people, at most 500 characters' }),
  })
  .meta({ id: 'NewDeposit' });

/** `GET /v1/buyers/{id}/deposits`. */
export const depositsQuery = z.strictObject({
  before: wholeNumber
    .optional()
    .meta({ type: 'integer', description: '`next` of the page before' }),
  limit: pageLimit,
});

const deposit = {
  id: z.string(),
  buyer: z.string(),
  number: z.int().meta({ description: 'Counts up from 1 for each buyer' }),
  cents: z.int(),
  total_cents: z.int().meta({ description: 'All that the buyer has paid in, up to this one' }),
  note: z.string().nullable(),
  by: z.string().meta({ description: 'The operator' }),
  at: z.iso.datetime(),
  counted: z.boolean().meta({
    description:
      'Whether the buyer’s caps count it. false: they are told within seconds, or once Temporal ' +
      'answers again',
  }),
};

const depositLine = z.strictObject(deposit);
export type DepositLine = z.infer<typeof depositLine>;

export const depositAnswer = z
  .strictObject({ ...deposit, warnings: z.array(worldIssue) })
  .meta({ id: 'Deposit' });
export type DepositAnswer = z.infer<typeof depositAnswer>;

export const depositsPage = z
  .strictObject({
    deposits: z.array(depositLine),
    next: z.int().nullable().meta({ description: 'Send it as `before` for the next page' }),
  })
  .meta({ id: 'DepositsPage' });
export type DepositsPage = z.infer<typeof depositsPage>;

/** `GET /v1/balances`. */
export const balancesQuery = z.strictObject({
  cursor: z.string().max(200).optional().meta({ description: '`next` of the page before' }),
  limit: pageLimit,
});

export const balance = z
  .strictObject({
    buyer: z.string(),
    deposited_cents: z.int().meta({ description: 'All deposits together' }),
    credit_cents: z.int().nullable().meta({
      description: 'By the configuration in force; null where it sets the buyer no balance',
    }),
    used_cents: z.int().nullable().meta({
      description: 'By the buyer’s entity: sold and held. null while it is away',
    }),
    counted_cents: z.int().meta({
      description: 'By PostgreSQL, from the attempts that are on the way, sold or in doubt',
    }),
    left_cents: z
      .int()
      .nullable()
      .meta({
        description:
          'Deposits and credit less what is used, as the entity counts it, which decides; as ' +
          'PostgreSQL does while it is away. null without a balance: nothing limits the buyer',
      }),
    uncounted_cents: z.int().meta({
      description: 'Of the deposits: what the entity was not told yet',
    }),
    agrees: z.boolean().nullable().meta({
      description: 'Whether both counts are equal. Leads under way may make a difference',
    }),
  })
  .meta({ id: 'Balance' });
export type BalanceLine = z.infer<typeof balance>;

const temporal = z.enum(['up', 'away']);

export const balanceAnswer = balance
  .extend({ temporal, warnings: z.array(worldIssue) })
  .meta({ id: 'BalanceAnswer' });
export type BalanceAnswer = z.infer<typeof balanceAnswer>;

export const balancesPage = z
  .strictObject({ balances: z.array(balance), temporal, next: z.string().nullable() })
  .meta({ id: 'BalancesPage' });
export type BalancesPage = z.infer<typeof balancesPage>;

const params = z.object({ id: z.string().meta({ description: 'The buyer', example: 'apex' }) });
const READING = ['key_missing_or_wrong', 'operator_key_required', 'unavailable'] as const;

export const DEPOSITS: Readonly<Record<string, Operation>> = {
  'post /v1/buyers/:id/deposits': {
    tags: ['money'],
    summary: 'Record a deposit of a buyer',
    description:
      'Once by its `id`, for good: sent again with the same amount, the answer is the same. It ' +
      'is stored first, then told to the buyer’s caps, then to the leads that wait.',
    security: OPERATOR,
    request: { params, body: json(depositBody) },
    responses: {
      200: { description: 'Recorded, now or before', ...json(depositAnswer) },
      ...problems(
        ...READING,
        'malformed_json',
        'no_such_entry',
        'deposit_id_reused',
        'body_too_large',
        'unsupported_body_type',
        'invalid_request',
      ),
    },
  },
  'get /v1/buyers/:id/deposits': {
    tags: ['money'],
    summary: 'List the deposits of a buyer, newest first',
    security: OPERATOR,
    request: { params, query: depositsQuery },
    responses: {
      200: { description: 'A page', ...json(depositsPage) },
      ...problems(...READING, 'no_such_entry', 'invalid_request'),
    },
  },
  'get /v1/buyers/:id/balance': {
    tags: ['money'],
    summary: 'Read the balance of a buyer',
    security: OPERATOR,
    request: { params },
    responses: {
      200: { description: 'The balance', ...json(balanceAnswer) },
      ...problems(...READING, 'no_such_entry'),
    },
  },
  'get /v1/balances': {
    tags: ['money'],
    summary: 'List balances, by buyer',
    description: 'Of the buyers whose balance the configuration in force sets.',
    security: OPERATOR,
    request: { query: balancesQuery },
    responses: {
      200: { description: 'A page', ...json(balancesPage) },
      ...problems(...READING, 'invalid_request'),
    },
  },
};
