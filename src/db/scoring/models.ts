// The versions of what history teaches: stored whole, so that a score of any version can be
// reckoned again.

import type { Combination, ScoreModel } from '../../domain/scoring/history-score.ts';
import { indexRates, type RateRow } from '../../domain/scoring/rates.ts';
import type { Tx } from '../pool.ts';

export interface NewModel {
  readonly isPublished: boolean;
  readonly combination: Combination;
  readonly report: unknown;
  readonly rates: readonly RateRow[];
}

/** Stores a version and returns its number; the rates only of one that is published. */
export async function storeModel(tx: Tx, model: NewModel): Promise<number> {
  const stored = await tx.query<{ version: number }>({
    name: 'models.store',
    text: `insert into score_models (published, combination, report) values ($1, $2, $3)
           returning version`,
    values: [model.isPublished, JSON.stringify(model.combination), JSON.stringify(model.report)],
  });
  const version = stored.rows[0]?.version;
  if (version === undefined) throw new Error('a model was not stored');
  if (!model.isPublished) return version;
  const column = <T>(of: (row: RateRow) => T) => model.rates.map(of);
  await tx.query({
    name: 'models.store_rates',
    text: `insert into rate_snapshots (version, label, dimension, key, n, rate)
           select $1, * from
             unnest($2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[])`,
    values: [
      version,
      column(({ label }) => label),
      column(({ dimension }) => dimension),
      column(({ key }) => key),
      column(({ n }) => n),
      column(({ rate }) => rate),
    ],
  });
  return version;
}

/** The newest published version; undefined before the first. */
export async function findPublished(db: Tx): Promise<number | undefined> {
  const found = await db.query<{ version: number | null }>({
    name: 'models.find_published',
    text: `select max(version) as version from score_models where published`,
  });
  return found.rows[0]?.version ?? undefined;
}

/** When a version was last fitted, published or not. */
export async function findLastFit(db: Tx): Promise<Date | undefined> {
  const found = await db.query<{ at: Date | null }>({
    name: 'models.find_last_fit',
    text: `select max(fitted_at) as at from score_models`,
  });
  return found.rows[0]?.at ?? undefined;
}

/** A published version with its rates; undefined if there is none of that number. */
export async function loadModel(db: Tx, version: number): Promise<ScoreModel | undefined> {
  const found = await db.query<{ combination: Combination }>({
    name: 'models.load',
    text: `select combination from score_models where version = $1 and published`,
    values: [version],
  });
  const combination = found.rows[0]?.combination;
  if (!combination) return undefined;
  const rates = await db.query<RateRow>({
    name: 'models.load_rates',
    text: `select label, dimension, key, n, rate from rate_snapshots where version = $1`,
    values: [version],
  });
  return { version, ...combination, rates: indexRates(rates.rows) };
}
