// Takes leads in, starts their workflows, and waits for what becomes of them. The row is committed
// before the workflow starts: what fails after that costs time, never a lead.

import { monotonicFactory } from 'ulid';
import type { CaseBook, LoadedWorld } from '../activities/cases.ts';
import type { Answers } from './answers.ts';
import type { Acceptance, IdempotencyKey, PostAcceptance } from '../api/deps.ts';
import { findByKey, insertLead, isDuplicateLead, loadLead } from '../db/leads.ts';
import { findPing } from '../db/intake/pings.ts';
import type { Pool } from '../db/pool.ts';
import { type LeadId, toLeadId } from '../domain/ids.ts';
import type { Lead, LeadOutcome } from '../domain/lead.ts';
import type { Pinged } from '../domain/ping.ts';
import type { Campaign } from '../domain/world/campaign.ts';
import { roundPlan } from '../eligibility/holding.ts';
import type { LeadDraft } from '../intake/draft.ts';
import type { Metrics } from './metrics.ts';
import type { TemporalCalls } from '../temporal.ts';
import type { Distribution } from '../workflows/messages.ts';
import type { Worlds } from './worlds.ts';

export type IntakeDesk = ReturnType<typeof createIntakeDesk>;

/** One desk per process. */
export function createIntakeDesk(deps: {
  readonly pool: Pool;
  readonly worlds: Worlds;
  readonly cases: CaseBook;
  readonly answers: Answers;
  readonly metrics: Metrics;
  readonly process: string;
  temporal(): TemporalCalls | undefined;
  readonly onError: (error: unknown) => void;
}) {
  const { pool, worlds, cases, answers, metrics } = deps;
  // Rising within a millisecond too: lists show the newest first, by id.
  const nextUlid = monotonicFactory();
  /** Leads between their insert and their start: a few at a time. */
  const accepted = new Map<LeadId, { lead: Lead; ping: Pinged | undefined }>();

  async function start(lead: Lead): Promise<void> {
    const temporal = deps.temporal();
    if (!temporal) throw new Error('Temporal is away');
    const loaded = await worlds.at(lead.worldVersion);
    const { eager } = await temporal.startDistribution(distributionOf(lead, loaded));
    metrics.started.inc({ eager: String(eager) });
  }

  function campaignOf({ campaignId }: LeadDraft): Campaign {
    const campaign = worlds.current().world.campaigns[campaignId];
    if (!campaign) throw new Error(`no campaign ${campaignId}`);
    return campaign;
  }

  async function accept(
    draft: LeadDraft,
    as: { readonly id: LeadId; readonly key: IdempotencyKey | null; readonly ping?: Pinged },
  ): Promise<Acceptance> {
    const { raw, unknownFields, ...fields } = draft;
    const lead = { ...fields, id: as.id };
    const waitsIn = deps.process;
    const inserted = await insertLead(pool, { lead, raw, unknownFields, waitsIn, key: as.key });
    if (inserted.kind !== 'new') return inserted;
    const { campaignId: campaign, sourceId: source } = draft;
    metrics.received.inc({ campaign, source });
    accepted.set(lead.id, { lead: inserted.lead, ping: as.ping });
    const { answerWithinMs } = campaignOf(draft);
    const { publicNo } = inserted;
    return { kind: 'new', leadId: lead.id, publicNo, answerWithinMs, unknownFields };
  }

  return {
    /** Stores a lead with its key, or finds what the key stored before. */
    acceptLead: (draft: LeadDraft, key: IdempotencyKey | null) =>
      accept(draft, { id: toLeadId(nextUlid()), key }),

    /** Stores the lead of a ping: under the id by which its buyers know it already. */
    async acceptPost(
      draft: LeadDraft,
      ping: Pinged,
      key: IdempotencyKey | null,
    ): Promise<PostAcceptance> {
      const repeat = key && (await findByKey(pool, draft.sourceId, key));
      if (repeat) return repeat;
      if (ping.expiresAtMs <= Date.now()) return { kind: 'ping_expired' };
      try {
        return await accept(draft, { id: ping.leadId, key, ping });
      } catch (error) {
        if (isDuplicateLead(error)) return { kind: 'ping_used' };
        throw error;
      }
    },

    /** Starts a lead's workflow and waits for its outcome within the campaign's answer time. */
    async distribute(leadId: LeadId): Promise<LeadOutcome | 'pending'> {
      const { lead, ping } = accepted.get(leadId) ?? {
        lead: await loadLead(pool, leadId),
        ping: await findPing(pool, leadId),
      };
      accepted.delete(leadId);
      const { world } = await worlds.at(lead.worldVersion);
      const endTimer = metrics.answerSeconds.startTimer();
      const timeoutMs = world.campaigns[lead.campaignId]?.answerWithinMs ?? 0;
      // Wait first: an eager workflow may answer before its start returns.
      const answer = answers.waitFor(leadId, timeoutMs);
      cases.expect(lead, ping);
      void start(lead).catch((cause: unknown) => {
        // The sweeper starts it when Temporal is back; nobody should wait for that.
        metrics.startFailures.inc();
        deps.onError(cause);
        answers.give(leadId, 'pending');
      });
      const given = await answer;
      endTimer();
      metrics.answered.inc({ status: given === 'pending' ? given : given.kind });
      return given;
    },

    /** Waits for a lead that another request or process has started. */
    awaitOutcome: (leadId: LeadId, timeoutMs: number) => answers.waitFor(leadId, timeoutMs),

    /** Starts the workflow of a stored lead; one that runs already is success. */
    startStored: async (leadId: LeadId) => start(await loadLead(pool, leadId)),
  };
}

function distributionOf(lead: Lead, loaded: LoadedWorld): Distribution {
  const { id: leadId, campaignId: campaign, sourceId: source, test } = lead;
  return { leadId, campaign, source, test, ...roundPlan(loaded, lead) };
}
