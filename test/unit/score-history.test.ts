// Goal: rates are drawn towards what is around them, scores by history add up and can be reckoned
// again, and nothing is published that foretells worse. Method: small counts by hand, and invented
// leads from a seeded generator whose true chances are known.

import { describe, expect, test } from 'vitest';
import { calibrate } from '../../src/domain/scoring/calibration.ts';
import { facetsOf, type Facets } from '../../src/domain/scoring/facets.ts';
import { fit, fitPlatt, isEnough, type Judged, splitByTime } from '../../src/domain/scoring/fit.ts';
import {
  chanceOf,
  scoreByHistory,
  type ScoreModel,
} from '../../src/domain/scoring/history-score.ts';
import {
  type Count,
  indexRates,
  keysOf,
  RATE_DIMENSIONS,
  rateOf,
  smooth,
} from '../../src/domain/scoring/rates.ts';
import { sampleLead } from '../support/sample-lead.ts';

const FACETS: Facets = {
  ...{ vertical: 'auto', source: 'acme', subSource: 'page/3', state: 'TX' },
  ...{ hour: 14, pace: '8_to_30' },
};
const count = (dimension: Count['dimension'], key: string, [hits, n]: [number, number]): Count => ({
  ...{ label: 'accepted', dimension, key, n, hits },
});

describe('rates', () => {
  test('are drawn towards what is around them by fifty leads, from the whole downwards', () => {
    const rates = indexRates(
      smooth([
        count('sub_source', 'auto/acme/page/3', [0, 4]),
        count('sub_source', 'auto/acme/page/4', [300, 600]),
        count('source', 'auto/acme', [311 - 50 * 0.311, 1_000 - 50]),
        count('vertical', 'auto', [311, 1_000 - 50]),
        count('all', '', [310, 998]),
      ]),
    );
    const of = (...place: Parameters<typeof rateOf>[2]) => rateOf(rates, 'accepted', place)?.rate;
    expect(of('all', '')).toBeCloseTo(0.311, 3);
    expect(of('source', 'auto/acme')).toBeCloseTo(0.312, 2);
    expect(of('sub_source', 'auto/acme/page/3')).toBeCloseTo(0.289, 2);
    expect(of('sub_source', 'auto/acme/page/4')).toBeCloseTo(0.485, 2);
  });

  test('never reach nothing or certainty', () => {
    const rows = smooth([count('all', '', [0, 1e6]), count('vertical', 'auto', [1e6, 1e6])]);
    for (const { rate } of rows) expect(rate > 0 && rate < 1).toBe(true);
  });

  test('have one key per dimension, and none for what is not known', () => {
    expect(Object.keys(keysOf(FACETS))).toEqual([...RATE_DIMENSIONS]);
    const unknown = keysOf({ ...FACETS, subSource: undefined, state: undefined });
    expect(Object.keys(unknown)).toEqual(['all', 'vertical', 'source', 'hour', 'pace']);
  });
});

const PACES: [seconds: unknown, pace: string][] = [
  [2.9, 'under_3'],
  [3, '3_to_8'],
  [8, '8_to_30'],
  [120, 'over_120'],
  ['12', 'unknown'],
  [undefined, 'unknown'],
];
test.for(PACES)('%s seconds on the form are %s', ([seconds, pace]) => {
  const behaviour = seconds === undefined ? {} : { form_seconds: seconds as number };
  const receivedAtMs = Date.UTC(2026, 10, 1, 23, 59);
  const of = { vertical: 'auto', stateField: 'state' };
  const facets = facetsOf(sampleLead({ behaviour, receivedAtMs }), of);
  expect(facets).toMatchObject({ pace, hour: 23, state: 'TX', source: 'acme' });
});

const MODEL: ScoreModel = {
  ...{ version: 7, intercept: 0.1, slope: 1.1, rulesMean: 0.8 },
  rates: indexRates(
    smooth([
      count('all', '', [400, 1_000]),
      count('vertical', 'auto', [400, 1_000]),
      count('source', 'auto/acme', [300, 500]),
      count('state', 'auto/TX', [20, 200]),
      count('hour', 'auto/14', [40, 100]),
      { label: 'returned', dimension: 'vertical', key: 'auto', n: 400, hits: 40 },
      { label: 'returned', dimension: 'source', key: 'auto/acme', n: 300, hits: 90 },
    ]),
  ),
};

describe('a score by history', () => {
  test('begins with the vertical, tells the three strongest parts, and adds up', () => {
    const score = scoreByHistory(MODEL, { facets: FACETS, rules: 50 });
    const chance = chanceOf(MODEL, { facets: FACETS, rules: 50 });
    expect(score.score).toBe(Math.round(100 * chance));
    expect(score.reasons.reduce((sum, [points]) => sum + points, 0)).toBe(score.score);
    expect(score).toMatchObject({ scorer: 'history', rules: 50, rates: 7 });
    expect(score.reasons.map(([, says]) => says)).toEqual([
      '40 % of about 1000 of auto are accepted',
      'source acme: 58 % of about 500 are accepted',
      'from TX: 16 % of about 200 are accepted',
      'the rules give 50 of 100',
      'everything else together',
    ]);
  });

  test('is the same for the same lead and version, and falls with worse rules', () => {
    const at = (rules: number) => scoreByHistory(MODEL, { facets: FACETS, rules });
    expect(at(50)).toEqual(at(50));
    const scores = [0, 20, 40, 60, 80, 100].map((rules) => at(rules).score);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(new Set(scores).size).toBeGreaterThan(3);
  });

  test('stays between 0 and 100 where nothing is known', () => {
    const stranger = { ...FACETS, vertical: 'boats', source: 'nobody' };
    const score = scoreByHistory({ ...MODEL, rates: new Map() }, { facets: stranger, rules: 0 });
    expect(score.score).toBeGreaterThanOrEqual(0);
    expect(score.score).toBeLessThanOrEqual(100);
  });
});

describe('a calibration', () => {
  test('of what is known exactly', () => {
    const outcome = (chance: number, accepted: boolean) => ({ chance, accepted });
    const measured = calibrate([
      ...[outcome(0.9, true), outcome(0.9, true), outcome(0.9, true), outcome(0.9, false)],
      ...[outcome(0.1, false), outcome(0.1, false), outcome(0.1, false), outcome(0.1, true)],
      ...[outcome(1, true), outcome(0, false)],
    ]);
    expect(measured).toMatchObject({ leads: 10, accepted: 5 });
    expect(measured?.brier).toBeCloseTo((6 * 0.01 + 2 * 0.81) / 10, 12);
    expect(measured?.bins[9]).toEqual({
      ...{ from: 0.9, leads: 5, said: expect.closeTo(0.92, 9), came: 0.8 },
    });
    expect(measured?.bins[5]).toEqual({ from: 0.5, leads: 0, said: null, came: null });
    expect(measured?.bands).toEqual([
      { band: 'high', leads: 5, came: 0.8, lift: 1.6 },
      { band: 'medium', leads: 0, came: null, lift: null },
      { band: 'low', leads: 5, came: 0.2, lift: 0.4 },
    ]);
    expect(calibrate([])).toBeUndefined();
  });

  test('punishes a certainty that proves wrong, and not without end', () => {
    const wrong = calibrate([{ chance: 1, accepted: false }]);
    expect(wrong?.logLoss).toBeGreaterThan(10);
    expect(wrong?.logLoss).toBeLessThan(20);
  });
});

/** mulberry32: the same numbers for the same seed. */
function generator(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Leads of ten sources whose true chances differ (`spread`), or do not. */
function invent(leads: number, { spread, seed = 7 }: { spread: number; seed?: number }): Judged[] {
  const random = generator(seed);
  return Array.from({ length: leads }, (_, index) => {
    const source = Math.floor(random() * 10);
    const chance = 0.4 + spread * (source / 9 - 0.5);
    return {
      facets: { ...FACETS, source: `s${source}`, subSource: undefined, hour: index % 24 },
      rules: 40 + Math.floor(random() * 50),
      ...{ score: 60, accepted: random() < chance, atMs: index * 60_000 },
    };
  });
}

function ratesOf(judged: readonly Judged[]) {
  const counts = new Map<string, Count>();
  for (const { facets, accepted } of judged) {
    const keys = keysOf(facets);
    for (const dimension of RATE_DIMENSIONS) {
      const key = keys[dimension];
      if (key === undefined) continue;
      const place = `${dimension} ${key}`;
      const before = counts.get(place) ?? count(dimension, key, [0, 0]);
      const hits = before.hits + (accepted ? 1 : 0);
      counts.set(place, { ...before, n: before.n + 1, hits });
    }
  }
  return indexRates(smooth([...counts.values()]));
}

describe('a fit', () => {
  const learn = (judged: readonly Judged[], inForce?: ScoreModel) =>
    fit(judged, { ratesOfOldest: ratesOf(splitByTime(judged).forRates), inForce });

  test('is published where sources differ: it foretells better than the rules', () => {
    const fitted = learn(invent(5_000, { spread: 0.6 }));
    expect(fitted.isBetter).toBe(true);
    expect(fitted.candidate.brier).toBeLessThan(fitted.rules.brier - 0.02);
    // What was said came about, within what chance allows 1,000 leads.
    for (const { leads, said, came } of fitted.candidate.bins) {
      if (leads > 150) expect(Math.abs((said ?? 0) - (came ?? 0))).toBeLessThan(0.1);
    }
  });

  test('is not published where the newest leads come out the other way round', () => {
    const judged = invent(5_000, { spread: 0.6 });
    const { toJudge } = splitByTime(judged);
    const turned = new Set(toJudge);
    const fitted = learn(
      judged.map((one) => (turned.has(one) ? { ...one, accepted: !one.accepted } : one)),
    );
    expect(fitted.isBetter).toBe(false);
  });

  test('is not published where what is in force is as good', () => {
    const judged = invent(5_000, { spread: 0.6 });
    const { combination } = learn(judged);
    const same = { version: 1, ...combination, rates: ratesOf(splitByTime(judged).forRates) };
    expect(learn(judged, same).isBetter).toBe(false);
  });

  test('wants 500 judged leads, and 50 of either end', () => {
    const of = (accepted: number, rejected: number) =>
      Array.from({ length: accepted + rejected }, (_, index): Judged => ({
        ...{ facets: FACETS, rules: 50, score: 50, atMs: index, accepted: index < accepted },
      }));
    expect(isEnough(of(450, 50))).toBe(true);
    expect(isEnough(of(449, 50))).toBe(false);
    expect(isEnough(of(451, 49))).toBe(false);
    expect(isEnough(of(49, 451))).toBe(false);
  });

  test('finds the line that made the outcomes', () => {
    const random = generator(3);
    const points = Array.from({ length: 20_000 }, () => {
      const x = 4 * random() - 2;
      return [x, random() < 1 / (1 + Math.exp(-(0.5 + 1.5 * x)))] as const;
    });
    const { intercept, slope } = fitPlatt(points);
    expect(intercept).toBeCloseTo(0.5, 1);
    expect(slope).toBeCloseTo(1.5, 1);
  });

  test('stays finite where one end is missing, or the ends do not meet', () => {
    for (const points of [
      [[1, true]],
      [
        [-1, false],
        [1, true],
      ],
      [
        [0, true],
        [0, false],
      ],
    ] as const) {
      const { intercept, slope } = fitPlatt(points as never);
      expect(Number.isFinite(intercept) && Number.isFinite(slope)).toBe(true);
    }
  });
});
