// One buyer, `apex`, whose contract has a budget for the day and who pays ahead: offers, words and
// settlements go through the real steps and the real rules of its caps, into real rows. What the
// buyer answers to its post is the test's to say.

import pino from 'pino';
import { createCaseBook } from '../../../src/activities/cases.ts';
import type { ActivityDeps } from '../../../src/activities/deps.ts';
import { createActivities } from '../../../src/activities/index.ts';
import { readCapCounts } from '../../../src/db/reading/cap-counts.ts';
import { readPnl } from '../../../src/db/reading/pnl.ts';
import { closeLead } from '../../../src/db/closing.ts';
import type { LeadId, OfferKey } from '../../../src/domain/ids.ts';
import type { Lead } from '../../../src/domain/lead.ts';
import { cents } from '../../../src/domain/money.ts';
import { createEligibility } from '../../../src/eligibility/explain.ts';
import { createDepositDesk } from '../../../src/serving/deposit-desk.ts';
import { createHearing } from '../../../src/serving/doubts/hearing.ts';
import { parseWorld } from '../../../src/world/parse.ts';
import { deskWithEntity } from '../../contract/desk-entity.ts';
import { createBook, storeLead } from '../../support/lead-rows.ts';

/** The agreed price. */
export const AGREED = 1_000;

type Settings = Readonly<Record<string, unknown>>;
export interface StandSettings {
  readonly postPrice?: Settings;
  /** More settings of the contract, of its buyer, its source and its campaign. */
  readonly contract?: Settings;
  readonly buyer?: Settings;
  readonly source?: Settings;
  readonly campaign?: Settings;
}

const BUDGET = { caps: [{ per: 'day', cents: 5_000 }] };

function loadWorld({ postPrice = {}, contract = {}, ...more }: StandSettings) {
  const at = (buyer: string) => ({
    ...{ buyer, campaign: 'auto', price_cents: AGREED, post_price: postPrice },
    post: { url: `https://${buyer}.example/post` },
    ...contract,
  });
  const parsed = parseWorld({
    sluice: 1,
    verticals: { auto: { fields: { state: { type: 'state' } } } },
    campaigns: {
      auto: {
        vertical: 'auto',
        routing: [{ method: 'waterfall', contracts: ['apex_auto', 'bolt_auto'] }],
        ...more.campaign,
      },
    },
    sources: {
      acme: {
        campaigns: ['auto'],
        keys: [{ sha256: '0'.repeat(64) }],
        payout: { share_percent: 80 },
        ...more.source,
      },
    },
    buyers: { apex: more.buyer ?? { balance: {}, ...BUDGET }, bolt: {} },
    contracts: { apex_auto: at('apex'), bolt_auto: at('bolt') },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { world } = parsed;
  return { version: 1, world, eligibility: createEligibility(world) };
}

export type Stand = Awaited<ReturnType<typeof createStand>>;

/** A stand over a database of its own. */
export async function createStand(settings: StandSettings = {}) {
  const db = await createBook();
  const { pool } = db;
  const loaded = loadWorld(settings);
  const { desk, state } = deskWithEntity({
    seed: {
      deposits: { key: 'buyer/apex/balance/cents', totalCents: 100_000, upTo: 1 },
    },
  });
  const never = () => {
    throw new Error('not in this stand');
  };
  let answer: object = {};
  const deps = {
    ...{ pool, desk, process: 'here', now: Date.now },
    cases: createCaseBook({ pool, worldAt: async () => loaded }),
    send: async () => ({
      kind: 'answer',
      reply: { status: 200, body: JSON.stringify(answer) },
      ms: 1,
    }),
    ...{ readSecret: never, tokens: never, grader: never, lookups: never, scoreModel: never },
    ...{ giveAnswer: () => undefined, pushes: never },
  } as unknown as ActivityDeps;
  const activities = createActivities(deps);
  const hearing = createHearing(deps, pino({ level: 'silent' }));
  const rows = async <T extends object>(text: string, values: unknown[]): Promise<T[]> =>
    (await pool.query(text, values)).rows as T[];

  async function offer(said: object, contractId = 'apex_auto', lead: Partial<Lead> = {}) {
    const leadId = await storeLead(pool, lead);
    return { leadId, key: await offerAgain(leadId, said, contractId) };
  }

  async function offerAgain(leadId: LeadId, said: object, contractId: string): Promise<OfferKey> {
    answer = said;
    const key = { leadId, contractId, round: 1 };
    const candidate = { contractId, priceCents: cents(AGREED), shared: true as const };
    const { shared: _, ...alone } = candidate;
    const isShared = loaded.world.contracts[contractId]?.exclusive === false;
    await activities.offerLead({
      ...{ ...key, stage: 'stage_1', position: 1, verdicts: [] },
      candidate: isShared ? candidate : alone,
    });
    return key;
  }

  return {
    ...{ db, pool, deps, rows, offer, offerAgain, hearing, state, activities },

    /** A buyer says that it took the lead, at a price; null: it names none. */
    says: async (
      leadId: LeadId,
      priceCents: number | null,
      more: { said?: 'accepted' | 'rejected'; name?: string; buyerId?: string } = {},
    ) => {
      const { said = 'accepted', name = null, buyerId = 'apex' } = more;
      const heard = await hearing.hearBuyer({
        ...{ buyerId, name, leadId, said, priceCents, detail: '' },
        ...{ reference: null, contractId: null },
      });
      return heard.kind === 'heard' ? heard.effect : heard.kind;
    },

    /** An operator settles the offer to apex. */
    settles: (
      leadId: LeadId,
      as: 'accepted' | 'rejected' | 'dismissed',
      priceCents: number | null = null,
    ) =>
      hearing.settleDoubt({
        ...{ leadId, contractId: 'apex_auto', as, by: 'ada' },
        priceCents: priceCents === null ? null : cents(priceCents),
      }),

    /** The lead ends, as it does when nobody is left to be offered it. */
    ends: (leadId: LeadId) =>
      closeLead(pool, {
        ...{ leadId, round: 1, verdicts: [], process: 'here' },
        unsold: { kind: 'unsold', reason: 'all_rejected' },
      }),

    /** What the sweeper does with changed prices. */
    tell: () => createDepositDesk({ pool, desk, currentWorld: () => loaded.world }).sweep(),

    attempt: async (leadId: LeadId, contractId = 'apex_auto') =>
      (
        await rows<{ state: string; result: { reason?: string } }>(
          'select state, result from attempts where lead_id = $1 and contract_id = $2',
          [leadId, contractId],
        )
      )[0],

    /** Every transfer of a lead: what the buyer pays and the source earns by each, signed. */
    moved: async (leadId: LeadId) =>
      (
        await rows<{ kind: string; cents: number }>(
          `select kind, case when from_account like 'buyer/%' or to_account like 'source/%'
             then amount_cents else -amount_cents end as cents
           from transfers where lead_id = $1 order by posted_at, kind not like 'charge%'`,
          [leadId],
        )
      ).map(({ kind, cents: amount }) => [kind, amount]),

    /** What a sale costs and pays, everywhere where that stands; equal lines are one. */
    prices: async (leadId: LeadId) => {
      const found = await rows<{ price: number; payout: number }>(
        `select distinct price, payout from (
           select price_cents as price, payout_cents as payout from sales
             where lead_id = $1 and buyer_id = 'apex'
           union all select sum(case when kind like 'charge%' then case when to_account = 'house'
               then amount_cents else -amount_cents end end),
             sum(case when kind like 'payout%' then case when from_account = 'house'
               then amount_cents else -amount_cents end end)
             from transfers where lead_id = $1 and buyer_id = 'apex'
           union all select a.price_cents, s.payout_cents from attempts a
             join sales s using (lead_id, contract_id)
             where a.lead_id = $1 and a.buyer_id = 'apex' and a.state = 'accepted'
           union all select (o ->> 'priceCents')::bigint, s.payout_cents
             from leads l, jsonb_array_elements(l.outcome -> 'sales') o, sales s
             where l.id = $1 and s.lead_id = l.id and s.contract_id = o ->> 'contractId'
               and s.buyer_id = 'apex'
         ) said`,
        [leadId],
      );
      return found.map(({ price, payout }) => [Number(price), Number(payout)]);
    },

    /** The source's part, as its answer says it. */
    payout: async (leadId: LeadId) => {
      const found = await rows<{ payout: number }>(
        `select (outcome ->> 'payoutCents')::bigint as payout from leads where id = $1`,
        [leadId],
      );
      return found[0]?.payout;
    },

    /** The words about a lead: what each did, and the prices around it. */
    words: async (leadId: LeadId) =>
      (
        await rows<Record<'effect' | 'before' | 'after' | 'why', unknown>>(
          `select effect, before_cents as before, after_cents as after, why
           from attempt_words where lead_id = $1 order by id`,
          [leadId],
        )
      ).map(({ effect, before, after, why }) => [effect, before, after, why]),

    /** Cents in every window of apex: as its caps count them, and as PostgreSQL does. */
    async counted() {
      const inRows = await readCapCounts(pool, ['apex']);
      const inCaps = Object.entries(state.windows).flatMap(([key, { used }]) => {
        if (!key.includes('apex') || !key.endsWith('/cents')) return [];
        const paid = key.endsWith('balance/cents') ? 100_000 : 0;
        return [used + paid];
      });
      return { caps: inCaps, rows: inRows.map(({ counted }) => counted) };
    },

    /** Revenue and payout of all leads, by the report. */
    async report() {
      const [total] = (await readPnl(pool, { by: ['day'], timeZone: 'UTC' })).slice(-1);
      return [total?.revenueCents, total?.payoutCents];
    },
  };
}
