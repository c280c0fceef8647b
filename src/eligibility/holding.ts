// How a lead is to be distributed by one version of the world, and until when its campaign keeps it
// if nobody buys it.

import { DAY_MS, MINUTE_MS } from '../domain/calendar.ts';
import type { Lead } from '../domain/lead.ts';
import type { Hold, RoundPlan } from '../domain/waiting.ts';
import type { HoldUnsold } from '../domain/world/campaign.ts';
import type { World } from '../domain/world/world.ts';
import { dayAt, instantOf } from './zones.ts';

/** A pass over the routing by a version. Without its campaign there, a lead has no stages. */
export function roundPlan(
  { version, world }: { readonly version: number; readonly world: World },
  lead: Pick<Lead, 'campaignId' | 'receivedAtMs'>,
): RoundPlan {
  const { campaigns, timeZone } = world;
  const { campaignId } = lead;
  const campaign = Object.hasOwn(campaigns, campaignId) ? campaigns[campaignId] : undefined;
  const rule = campaign?.holdUnsold;
  return {
    worldVersion: version,
    places: campaign?.maxSales ?? 1,
    stages: campaign?.routing.map(({ name }) => name) ?? [],
    ...(rule && { hold: holdOf(rule, timeZone, lead.receivedAtMs) }),
  };
}

/**
 * The hold of a lead by its campaign's rule: at most `max` from its receipt, and no longer than to
 * the next `until` on a clock in the operator's zone. A lead received at that very minute is kept
 * to the next day's.
 */
export function holdOf(rule: HoldUnsold, timeZone: string, receivedAtMs: number): Hold {
  const { maxMinutes, untilMinute, everyMinutes } = rule;
  const latest = receivedAtMs + maxMinutes * MINUTE_MS;
  const untilMs =
    untilMinute === null
      ? latest
      : Math.min(latest, nextClock(timeZone, untilMinute, receivedAtMs));
  return { untilMs, everyMs: everyMinutes * MINUTE_MS };
}

/** The first instant after another at which a clock in the zone shows a time of day. */
function nextClock(timeZone: string, minute: number, afterMs: number): number {
  const today = dayAt(timeZone, afterMs);
  const at = (day: number) => instantOf(timeZone, day * DAY_MS + minute * MINUTE_MS);
  return at(today) > afterMs ? at(today) : at(today + 1);
}
