// The score by our own history: the chance that a lead is accepted, from the rates around it and
// from what the rules say, as log-odds that add up. Pure: the same lead, rules and version give the
// same score at any time, so a dispute can be reckoned again.

import type { Score, ScoreReason } from '../lead.ts';
import { bandOf } from '../score.ts';
import type { Facets } from './facets.ts';
import {
  keysOf,
  type Rate,
  type RateDimension,
  type RateLabel,
  rateOf,
  type Rates,
} from './rates.ts';

/** What the rates are combined by; the rates themselves stand beside it. */
export interface Combination {
  /** Sets the sum of log-odds right (Platt): p = 1 / (1 + e^-(intercept + slope × sum)). */
  readonly intercept: number;
  readonly slope: number;
  /** The mean log-odds of the rules’ scores: what the rules say counts from there. */
  readonly rulesMean: number;
}

/** One version of what history teaches. */
export interface ScoreModel extends Combination {
  readonly version: number;
  readonly rates: Rates;
}

/** How much each part weighs before the whole is set right. Documented in the guide of scores. */
export const WEIGHTS = {
  rules: 0.5,
  source: 1,
  state: 0.5,
  hour: 0.5,
  pace: 0.5,
  returned: -0.25,
  converted: 0.25,
} as const;

/** What is known of a lead before its score. */
export interface Evidence {
  readonly facets: Facets;
  /** The score by the rules, 0–100. */
  readonly rules: number;
}

interface Part {
  readonly logOdds: number;
  readonly says: string;
}

/** The chance that a lead is accepted, 0 to 1. */
export function chanceOf(model: Combination & { readonly rates: Rates }, of: Evidence): number {
  const { base, parts } = weigh(model, of);
  const sum = parts.reduce((total, { logOdds }) => total + logOdds, base.logOdds);
  return chance(model.intercept + model.slope * sum);
}

/** The sum of log-odds that a combination sets right. */
export function sumOf(known: Pick<ScoreModel, 'rates' | 'rulesMean'>, of: Evidence): number {
  const { base, parts } = weigh(known, of);
  return parts.reduce((total, { logOdds }) => total + logOdds, base.logOdds);
}

const MOST_TOLD = 3;

/**
 * The score by history. Its reasons begin with the vertical's rate, tell the three parts that
 * moved it most, and add up to it.
 */
export function scoreByHistory(model: ScoreModel, of: Evidence): Score {
  const { base, parts } = weigh(model, of);
  const byWeight = parts.toSorted((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds));
  const told = byWeight.slice(0, MOST_TOLD).filter(({ logOdds }) => logOdds !== 0);
  const rest = byWeight.slice(told.length).reduce((sum, { logOdds }) => sum + logOdds, 0);
  const steps = [base, ...told, { logOdds: rest, says: 'everything else together' }];
  const reasons: ScoreReason[] = [];
  let [sum, before] = [0, 0];
  for (const { logOdds, says } of steps) {
    sum += logOdds;
    const now = Math.round(100 * chance(model.intercept + model.slope * sum));
    if (now !== before || says === base.says) reasons.push([now - before, says]);
    before = now;
  }
  return {
    ...{ score: before, band: bandOf(before), scorer: 'history', reasons },
    ...{ rules: of.rules, rates: model.version },
  };
}

function weigh(
  { rates, rulesMean }: Pick<ScoreModel, 'rates' | 'rulesMean'>,
  { facets, rules }: Evidence,
): { readonly base: Part; readonly parts: readonly Part[] } {
  const keys = keysOf(facets);
  const find = (label: RateLabel, ...dimensions: RateDimension[]) =>
    dimensions.map((each) => rateOf(rates, label, [each, keys[each]])).find((rate) => rate);
  const mean = find('accepted', 'vertical', 'all') ?? { n: 0, rate: 0.5 };
  const { source, state, hour, vertical } = facets;
  const against = (rate: Rate | undefined, weight: number, says: string): Part => ({
    logOdds: rate ? weight * (logit(rate.rate) - logit(mean.rate)) : 0,
    says: `${says}: ${percent(rate)} are accepted`,
  });
  const own = find('accepted', 'sub_source');
  const place = own ? `this part of source ${source}` : `source ${source}`;
  return {
    base: { logOdds: logit(mean.rate), says: `${percent(mean)} of ${vertical} are accepted` },
    parts: [
      {
        logOdds: WEIGHTS.rules * (logitOfRules(rules) - rulesMean),
        says: `the rules give ${rules} of 100`,
      },
      against(own ?? find('accepted', 'source'), WEIGHTS.source, place),
      against(find('accepted', 'state'), WEIGHTS.state, `from ${state ?? 'nowhere'}`),
      against(find('accepted', 'hour'), WEIGHTS.hour, `received at ${hour} h UTC`),
      against(find('accepted', 'pace'), WEIGHTS.pace, paceWords(facets)),
      ...(['returned', 'converted'] as const).map((label) => {
        const all = find(label, 'vertical', 'all');
        const rate = find(label, 'source');
        const logOdds = rate && all ? WEIGHTS[label] * (logit(rate.rate) - logit(all.rate)) : 0;
        return { logOdds, says: `source ${source}: ${percent(rate)} are ${label}` };
      }),
    ],
  };
}

function paceWords({ pace }: Facets): string {
  return pace === 'unknown' ? 'time on the form unknown' : `form in ${pace.replaceAll('_', ' ')} s`;
}

/** Counts are weighed by age: about so many. */
function percent(rate: Rate | undefined): string {
  if (!rate) return 'an unknown part';
  return `${Math.round(100 * rate.rate)} % of about ${Math.round(rate.n)}`;
}

/** Log-odds of a score by the rules; its ends are no certainties. */
export function logitOfRules(rules: number): number {
  return logit(Math.min(0.98, Math.max(0.02, rules / 100)));
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}

function chance(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
