// One fit: reads what became of leads, learns from it, and publishes what foretells better than
// what is in force. Also the back-test of a period, which stores nothing.

import { inTransaction, type Pool, type Tx } from '../../db/pool.ts';
import { findPublished, loadModel, storeModel } from '../../db/scoring/models.ts';
import {
  type CampaignFacts,
  countOutcomes,
  listJudged,
  type Window,
} from '../../db/scoring/outcomes.ts';
import { DAY_MS } from '../../domain/calendar.ts';
import { factFieldsOf } from '../../domain/facts.ts';
import { calibrate, type Calibration } from '../../domain/scoring/calibration.ts';
import {
  combine,
  fit,
  type Fitted,
  isEnough,
  type Judged,
  splitByTime,
} from '../../domain/scoring/fit.ts';
import { chanceOf } from '../../domain/scoring/history-score.ts';
import { indexRates, type Rates, smooth } from '../../domain/scoring/rates.ts';
import type { World } from '../../domain/world/world.ts';

/** What is older teaches nothing any more. */
const WINDOW_DAYS = 180;
const MOST_LEADS = 20_000;

export type FitReport =
  | { readonly kind: 'too_little'; readonly leads: number; readonly accepted: number }
  | ({
      readonly kind: 'published' | 'not_better';
      readonly version: number;
      readonly leads: number;
    } & Omit<Fitted, 'isBetter' | 'combination'>)
  /** Another process fits at this moment. */
  | { readonly kind: 'busy' };

/** Fits by the leads up to `nowMs`, by the verticals of this world, and stores what came of it. */
export async function fitScores(
  pool: Pool,
  { world, nowMs }: { readonly world: World; readonly nowMs: number },
): Promise<FitReport> {
  return inTransaction(pool, async (tx) => {
    const isOurs = await prepare(tx);
    if (!isOurs) return { kind: 'busy' };
    const window = windowTo(world, nowMs);
    const judged = await listJudged(tx, window, MOST_LEADS);
    if (!isEnough(judged)) return { kind: 'too_little', ...sizeOf(judged) };
    const published = await findPublished(tx);
    const inForce = published === undefined ? undefined : await loadModel(tx, published);
    const ratesOfOldest = await ratesTo(tx, { ...window, to: endOfOldest(judged, window) });
    const { combination, isBetter, ...report } = fit(judged, { ratesOfOldest, inForce });
    const rates = isBetter ? smooth(await countOutcomes(tx, window)) : [];
    const version = await storeModel(tx, { isPublished: isBetter, combination, report, rates });
    const kind = isBetter ? 'published' : 'not_better';
    return { kind, version, leads: judged.length, ...report };
  });
}

export interface BackTest {
  readonly from: Date;
  readonly to: Date;
  /** Leads that buyers judged in the period, and those before it that were learned from. */
  readonly leads: number;
  readonly learnedFrom: number;
  /** By the scores as they were given. */
  readonly asRouted: Calibration | null;
  readonly rules: Calibration | null;
  /** By what history taught up to the period; null where it was too little. */
  readonly history: Calibration | null;
}

/** Holds scores against what came, over a period. What is tried knows nothing of the period. */
export async function backTest(
  pool: Pool,
  { world, from, to }: { readonly world: World; readonly from: Date; readonly to: Date },
): Promise<BackTest> {
  return inTransaction(pool, async (tx) => {
    await tx.query(`set local statement_timeout = '1min'`);
    const before = windowTo(world, from.getTime());
    const period = await listJudged(tx, { ...before, from, to }, MOST_LEADS);
    const past = await listJudged(tx, before, MOST_LEADS);
    const measure = (chanceIn: (lead: Judged) => number) =>
      calibrate(period.map((lead) => ({ chance: chanceIn(lead), accepted: lead.accepted }))) ??
      null;
    let history: Calibration | null = null;
    if (isEnough(past)) {
      const rates = await ratesTo(tx, { ...before, to: endOfOldest(past, before) });
      const { forRates, forPlatt } = splitByTime(past);
      const model = { ...combine([...forRates, ...forPlatt], forPlatt, rates), rates };
      history = measure((lead) => chanceOf(model, lead));
    }
    return {
      ...{ from, to, leads: period.length, learnedFrom: past.length, history },
      asRouted: measure(({ score }) => score / 100),
      rules: measure(({ rules }) => rules / 100),
    };
  });
}

/** Time for a long history, and nobody else beside us; false if somebody is. */
async function prepare(tx: Tx): Promise<boolean> {
  await tx.query(`set local statement_timeout = '1min'`);
  const locked = await tx.query<{ ours: boolean }>(
    `select pg_try_advisory_xact_lock(hashtext('sluice.fit_scores')) as ours`,
  );
  return locked.rows[0]?.ours === true;
}

async function ratesTo(tx: Tx, window: Window): Promise<Rates> {
  return indexRates(smooth(await countOutcomes(tx, window)));
}

function windowTo(world: World, nowMs: number): Window {
  return {
    from: new Date(nowMs - WINDOW_DAYS * DAY_MS),
    to: new Date(nowMs),
    campaigns: campaignFacts(world),
  };
}

/** Where the leads for rates end and the next ones begin. */
function endOfOldest(judged: readonly Judged[], { to }: Window): Date {
  const next = splitByTime(judged).forPlatt[0];
  return next ? new Date(next.atMs) : to;
}

function sizeOf(judged: readonly Judged[]) {
  return { leads: judged.length, accepted: judged.filter((each) => each.accepted).length };
}

/** The vertical and the state’s field of each campaign. */
function campaignFacts({ campaigns, verticals }: World): CampaignFacts[] {
  return Object.entries(campaigns).map(([campaign, { vertical }]) => {
    const state = factFieldsOf(verticals[vertical]?.fields ?? {}).state;
    return { campaign, vertical, state_field: state ?? null };
  });
}
