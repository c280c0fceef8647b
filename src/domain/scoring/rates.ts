// Rates of what became of leads, smoothed: what is rare is drawn towards what is common around it,
// a part of a source towards its source, that towards its vertical, that towards all leads.

import type { Facets } from './facets.ts';

/**
 * accepted: of the leads that buyers judged, sold. returned: of the sold, given back or reported
 * bad. converted: of those reported on, a deal.
 */
export const RATE_LABELS = ['accepted', 'returned', 'converted'] as const;
export type RateLabel = (typeof RATE_LABELS)[number];

export const RATE_DIMENSIONS = [
  'all',
  'vertical',
  'source',
  'sub_source',
  'state',
  'hour',
  'pace',
] as const;
export type RateDimension = (typeof RATE_DIMENSIONS)[number];

/** Leads under one key, weighed by their age, and those of them for which the label is true. */
export interface Count {
  readonly label: RateLabel;
  readonly dimension: RateDimension;
  readonly key: string;
  readonly n: number;
  readonly hits: number;
}

export interface Rate {
  readonly n: number;
  /** Above 0 and below 1. */
  readonly rate: number;
}

export interface RateRow extends Rate {
  readonly label: RateLabel;
  readonly dimension: RateDimension;
  readonly key: string;
}

/** So many leads of the surroundings count with the leads of a key. */
export const PRIOR_LEADS = 50;
/** After so many days a lead counts half. */
export const HALF_LIFE_DAYS = 30;
/** Nothing is impossible, and nothing certain. */
const EVEN_RATE = 0.5;

/** The key of a lead in each dimension; ids hold no slash, so a key tells its surroundings. */
export function keysOf(facets: Facets): Partial<Readonly<Record<RateDimension, string>>> {
  const { vertical, source, subSource, state, hour, pace } = facets;
  return {
    all: '',
    vertical,
    source: `${vertical}/${source}`,
    ...(subSource !== undefined && { sub_source: `${vertical}/${source}/${subSource}` }),
    ...(state !== undefined && { state: `${vertical}/${state}` }),
    hour: `${vertical}/${hour}`,
    pace: `${vertical}/${pace}`,
  };
}

function parentOf(dimension: RateDimension, key: string): [RateDimension, string] | undefined {
  if (dimension === 'all') return undefined;
  if (dimension === 'vertical') return ['all', ''];
  const [vertical = '', second = ''] = key.split('/');
  if (dimension === 'sub_source') return ['source', `${vertical}/${second}`];
  return ['vertical', vertical];
}

/** Smooths counts: `(50 × the surroundings’ rate + hits) / (50 + n)`, from the whole downwards. */
export function smooth(counts: readonly Count[]): RateRow[] {
  const rates = new Map<string, number>();
  const order = (one: Count) => RATE_DIMENSIONS.indexOf(one.dimension);
  return counts
    .toSorted((a, b) => order(a) - order(b))
    .map(({ label, dimension, key, n, hits }) => {
      const parent = parentOf(dimension, key);
      const around = (parent && rates.get(placeOf(label, ...parent))) ?? EVEN_RATE;
      // The whole has nothing around it: one lead each way keeps it off 0 and 1.
      const prior = parent ? PRIOR_LEADS : 2;
      const rate = (prior * around + hits) / (prior + n);
      rates.set(placeOf(label, dimension, key), rate);
      return { label, dimension, key, n, rate };
    });
}

/** Rates by label, dimension and key. */
export type Rates = ReadonlyMap<string, Rate>;

export function indexRates(rows: readonly RateRow[]): Rates {
  return new Map(
    rows.map(({ label, dimension, key, n, rate }) => [placeOf(label, dimension, key), { n, rate }]),
  );
}

export function rateOf(
  rates: Rates,
  label: RateLabel,
  [dimension, key]: readonly [RateDimension, string | undefined],
): Rate | undefined {
  return key === undefined ? undefined : rates.get(placeOf(label, dimension, key));
}

function placeOf(label: RateLabel, dimension: RateDimension, key: string): string {
  return `${label} ${dimension} ${key}`;
}
