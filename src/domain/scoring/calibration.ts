// How well chances that were given agree with what came: the Brier score, log-loss, the rate that
// came in ten bins of what was said, and the lift of each band.

import type { Score } from '../lead.ts';
import { bandOf } from '../score.ts';

/** A chance that was given to a lead, and whether it was accepted. */
export interface Outcome {
  readonly chance: number;
  readonly accepted: boolean;
}

export interface Bin {
  /** From this chance on, 0 to 0.9. */
  readonly from: number;
  readonly leads: number;
  /** The mean of the chances given; null in an empty bin. */
  readonly said: number | null;
  /** The part that was accepted. */
  readonly came: number | null;
}

export interface Band {
  readonly band: Score['band'];
  readonly leads: number;
  readonly came: number | null;
  /** How many times as often as all leads; null where nothing can be said. */
  readonly lift: number | null;
}

export interface Calibration {
  readonly leads: number;
  readonly accepted: number;
  /** The mean squared error: 0 is perfect, the rate times one minus the rate is knowing nothing. */
  readonly brier: number;
  readonly logLoss: number;
  readonly bins: readonly Bin[];
  readonly bands: readonly Band[];
}

const BINS = 10;
/** A certainty that proves wrong would cost infinitely much. */
const LEAST = 1e-6;

/** Measures outcomes; undefined for none. */
export function calibrate(outcomes: readonly Outcome[]): Calibration | undefined {
  if (outcomes.length === 0) return undefined;
  const mean = (of: (outcome: Outcome) => number, among = outcomes) =>
    among.reduce((sum, each) => sum + of(each), 0) / among.length;
  const hit = ({ accepted }: Outcome) => (accepted ? 1 : 0);
  const all = mean(hit);
  const bins = Array.from({ length: BINS }, (_, index): Bin => {
    const inside = outcomes.filter(
      ({ chance }) => Math.min(BINS - 1, Math.floor(chance * BINS)) === index,
    );
    const isEmpty = inside.length === 0;
    return {
      ...{ from: index / BINS, leads: inside.length },
      said: isEmpty ? null : mean(({ chance }) => chance, inside),
      came: isEmpty ? null : mean(hit, inside),
    };
  });
  const bands = (['high', 'medium', 'low'] as const).map((band): Band => {
    const inside = outcomes.filter(({ chance }) => bandOf(Math.round(100 * chance)) === band);
    const came = inside.length === 0 ? null : mean(hit, inside);
    return {
      band,
      leads: inside.length,
      came,
      lift: came === null || all === 0 ? null : came / all,
    };
  });
  return {
    leads: outcomes.length,
    accepted: outcomes.filter(({ accepted }) => accepted).length,
    brier: mean((outcome) => (outcome.chance - hit(outcome)) ** 2),
    logLoss: mean(({ chance, accepted }) => {
      const said = Math.min(1 - LEAST, Math.max(LEAST, accepted ? chance : 1 - chance));
      return -Math.log(said);
    }),
    ...{ bins, bands },
  };
}
