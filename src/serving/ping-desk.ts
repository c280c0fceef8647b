// Answers the pings of sources, and recognises their ids when the posts come.

import { createHash, createHmac } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import { NO_PAST } from '../activities/cases.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { refusePing } from '../activities/checks/ping.ts';
import { quoteLead } from '../activities/bids/quote.ts';
import type { FoundPing, PingAnswer } from '../api/deps.ts';
import { isSame } from '../api/platforms/signature.ts';
import { findPing, findSamePing, storePing } from '../db/intake/pings.ts';
import { type LeadId, toLeadId } from '../domain/ids.ts';
import type { Lead } from '../domain/lead.ts';
import type { Pinged, PingRefusal } from '../domain/ping.ts';
import type { LeadDraft } from '../intake/draft.ts';
import type { Worlds } from './worlds.ts';

export type PingDesk = ReturnType<typeof createPingDesk>;

/** One desk per process. */
export function createPingDesk(deps: {
  readonly activities: ActivityDeps;
  readonly worlds: Worlds;
  /** What ids are signed with. */
  readSigningKey(): Promise<string>;
}) {
  const { activities, worlds, readSigningKey } = deps;
  const { pool, now } = activities;
  const nextUlid = monotonicFactory();
  /** The same ping twice at once asks buyers once. */
  const running = new Map<string, Promise<PingAnswer | PingRefusal>>();

  async function idOf({ leadId }: Pinged): Promise<string> {
    const name = leadId.slice('lead_'.length);
    return `ping_${name}.${signature(await readSigningKey(), name)}`;
  }

  async function ask(draft: LeadDraft, fingerprint: Buffer): Promise<PingAnswer | PingRefusal> {
    const same = await findSamePing(pool, fingerprint, new Date(now()));
    if (same) return { ...toAnswer(same), pingId: await idOf(same), cached: true };
    const loaded = worlds.current();
    const campaign = loaded.world.campaigns[draft.campaignId];
    if (!campaign) throw new Error(`no campaign ${draft.campaignId}`);
    const { raw: _, unknownFields: __, ...told } = draft;
    const lead: Lead = { ...told, id: toLeadId(nextUlid()), receivedAtMs: now() };
    const known = { lead, loaded, campaign, choice: null, ...NO_PAST };
    const refused = refusePing(known);
    if (refused) return refused;
    const { quote, bids } = await quoteLead(activities, known);
    const { id: leadId, sourceId, campaignId, test, fields } = lead;
    const expiresAtMs = now() + campaign.pingExpiresMs;
    const ping = { leadId, sourceId, campaignId, test, fields, bids, quote, expiresAtMs };
    await storePing(pool, ping, fingerprint);
    return { ...toAnswer(ping), pingId: await idOf(ping), cached: false };
  }

  return {
    /** What the lead would earn its source; the same ping again gets the same answer. */
    quote(draft: LeadDraft): Promise<PingAnswer | PingRefusal> {
      const fingerprint = fingerprintOf(draft);
      const name = fingerprint.toString('hex');
      const first = running.get(name);
      if (first) return first;
      const answer = ask(draft, fingerprint).finally(() => running.delete(name));
      running.set(name, answer);
      return answer;
    },

    /** The ping of an id that was handed out here to this source. */
    async find(pingId: string, sourceId: string): Promise<FoundPing> {
      const leadId = leadIdOf(pingId, await readSigningKey());
      if (!leadId) return { kind: 'forged' };
      const ping = await findPing(pool, leadId);
      if (!ping) return { kind: 'expired' };
      if (ping.sourceId !== sourceId) return { kind: 'of_another_source' };
      return { kind: 'found', ping };
    },
  };
}

function toAnswer({ quote, expiresAtMs }: Pinged): Omit<PingAnswer, 'pingId' | 'cached'> {
  return { quote, expiresAtMs };
}

function fingerprintOf(draft: LeadDraft): Buffer {
  const { sourceId, campaignId, subSource, askingCents, test, fields, consent } = draft;
  const said = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  const from = [sourceId, campaignId, subSource, askingCents, test];
  const all = JSON.stringify([...from, said, ...(consent ? [consent] : [])]);
  return createHash('sha256').update(all).digest();
}

function signature(secret: string, name: string): string {
  return createHmac('sha256', secret).update(`ping ${name}`).digest('base64url').slice(0, 22);
}

function leadIdOf(pingId: string, secret: string): LeadId | undefined {
  const [, name = '', sent = ''] =
    /^ping_([0-9A-HJKMNP-TV-Z]{26})\.([\w-]{22})$/.exec(pingId) ?? [];
  if (name === '') return undefined;
  return isSame(sent, signature(secret, name)) ? toLeadId(name) : undefined;
}
