// Learns from what became of leads. The oldest part gives rates, the next one sets their sum right,
// and the newest judges: what does not foretell it better than what is in force is not published.

import { calibrate, type Calibration } from './calibration.ts';
import type { Facets } from './facets.ts';
import {
  chanceOf,
  type Combination,
  logitOfRules,
  type ScoreModel,
  sumOf,
} from './history-score.ts';
import type { Rates } from './rates.ts';

/** A lead that buyers judged. */
export interface Judged {
  readonly facets: Facets;
  readonly rules: number;
  /** The score by which it was routed. */
  readonly score: number;
  readonly accepted: boolean;
  readonly atMs: number;
}

/** Fewer judged leads, or fewer of either end, teach nothing: the rules go on. */
export const LEAST_LEADS = 500;
export const LEAST_OF_EACH = 50;

export function isEnough(judged: readonly Judged[]): boolean {
  const accepted = judged.filter((each) => each.accepted).length;
  const least = Math.min(accepted, judged.length - accepted);
  return judged.length >= LEAST_LEADS && least >= LEAST_OF_EACH;
}

/** Oldest first: those for rates, those to set the sum right, those that judge. */
export function splitByTime(judged: readonly Judged[]) {
  const [rates, check] = [0.6, 0.8].map((part) => Math.floor(judged.length * part));
  return {
    forRates: judged.slice(0, rates),
    forPlatt: judged.slice(rates, check),
    toJudge: judged.slice(check),
  };
}

export interface Fitted {
  readonly combination: Combination;
  /** Of the newest leads: the candidate, the rules alone, and what is in force. */
  readonly candidate: Calibration;
  readonly rules: Calibration;
  readonly inForce: Calibration | null;
  /** Whether it foretold the newest leads better than both, by Brier score and log-loss. */
  readonly isBetter: boolean;
}

/** Fits by rates that know the oldest leads only. Throws for fewer leads than `isEnough` wants. */
export function fit(
  judged: readonly Judged[],
  { ratesOfOldest, inForce }: { ratesOfOldest: Rates; inForce: ScoreModel | undefined },
): Fitted {
  const { forRates, forPlatt, toJudge } = splitByTime(judged);
  const combination = combine([...forRates, ...forPlatt], forPlatt, ratesOfOldest);
  const measure = (chanceIn: (lead: Judged) => number) => {
    const outcomes = toJudge.map((lead) => ({ chance: chanceIn(lead), accepted: lead.accepted }));
    const measured = calibrate(outcomes);
    if (!measured) throw new Error('no leads to judge by');
    return measured;
  };
  const model = { ...combination, rates: ratesOfOldest };
  const candidate = measure((lead) => chanceOf(model, lead));
  const rulesAlone = fitPlatt(
    [...forRates, ...forPlatt].map((lead) => [logitOfRules(lead.rules), lead.accepted]),
  );
  const rules = measure((lead) => plattChance(rulesAlone, logitOfRules(lead.rules)));
  const before = inForce ? measure((lead) => chanceOf(inForce, lead)) : null;
  const beats = (other: Calibration) =>
    candidate.brier < other.brier && candidate.logLoss < other.logLoss;
  const isBetter = combination.slope > 0 && beats(rules) && (before === null || beats(before));
  return { combination, candidate, rules, inForce: before, isBetter };
}

/** What the leads up to a period teach about it: for testing on what came after. */
export function combine(
  all: readonly Judged[],
  forPlatt: readonly Judged[],
  rates: Rates,
): Combination {
  const rulesMean = all.reduce((sum, { rules }) => sum + logitOfRules(rules), 0) / all.length;
  const platt = fitPlatt(
    forPlatt.map((lead) => [sumOf({ rates, rulesMean }, lead), lead.accepted]),
  );
  return { ...platt, rulesMean };
}

export interface Platt {
  readonly intercept: number;
  readonly slope: number;
}

const MOST_STEPS = 50;
/** Keeps the curve finite where the ends do not overlap. */
const RIDGE = 1e-3;

/** Fits `1 / (1 + e^-(intercept + slope × x))` by Newton's method. */
export function fitPlatt(points: readonly (readonly [x: number, hit: boolean])[]): Platt {
  let [intercept, slope] = [0, 1];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    // Gradient and second derivatives of the log-likelihood, less a small ridge about (0, 1).
    let [g0, g1] = [-RIDGE * intercept, -RIDGE * (slope - 1)];
    let [h00, h01, h11] = [RIDGE, 0, RIDGE];
    for (const [x, hit] of points) {
      const p = plattChance({ intercept, slope }, x);
      const off = (hit ? 1 : 0) - p;
      const weight = p * (1 - p);
      g0 += off;
      g1 += off * x;
      h00 += weight;
      h01 += weight * x;
      h11 += weight * x * x;
    }
    const determinant = h00 * h11 - h01 * h01;
    const [d0, d1] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
    // A step that is too long would overshoot for good.
    const scale = Math.min(1, 4 / Math.max(Math.abs(d0), Math.abs(d1), 1e-12));
    intercept += scale * d0;
    slope += scale * d1;
    if (Math.abs(d0) + Math.abs(d1) < 1e-9) break;
  }
  return { intercept, slope };
}

function plattChance({ intercept, slope }: Platt, x: number): number {
  return 1 / (1 + Math.exp(-(intercept + slope * x)));
}
