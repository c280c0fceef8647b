// The native submission, the body of POST /v1/leads: its schema, and its translation into a draft.

import { z } from 'zod';

import type { CampaignId, SourceId } from '../domain/ids.ts';
import { cents, dollars } from '../domain/money.ts';
import { canEarn } from '../domain/routing/pricing.ts';
import type { Campaign } from '../domain/world/campaign.ts';
import type { Source, World } from '../domain/world/world.ts';
import type { LeadDraft } from './draft.ts';
import { normaliseFields } from './fields.ts';
import type { ShapeError } from './shape.ts';

/** The configuration in force, and the version under which it is stored. */
export interface LoadedWorld {
  readonly version: number;
  readonly world: World;
}

const name = z.string().trim().min(1).max(200);

export const consent = z.strictObject({
  text: z.string().max(10_000).nullish(),
  at: z.iso.datetime({ offset: true }).nullish(),
  ip: z.union([z.ipv4(), z.ipv6()]).nullish(),
  trustedform_url: z.httpUrl().max(500).nullish(),
  jornaya_id: z.string().max(100).nullish(),
});

const behaviour = z
  .record(z.string().max(100), z.union([z.string().max(500), z.number(), z.boolean()]))
  .refine((facts) => Object.keys(facts).length <= 50, 'more than 50 facts');

/** The body of a submission. Unknown names beside `fields` are refused: they are typing errors. */
export const leadSubmission = z
  .strictObject({
    campaign: name.meta({ description: 'The campaign, by its key in the configuration' }),
    fields: z.record(z.string(), z.unknown()).meta({
      description: 'What is known about the person, by the names of the vertical’s fields',
    }),
    sub_source: name.nullish().meta({ description: 'Your own subdivision: an affiliate, a page' }),
    external_id: z
      .union([name, z.int().transform(String)])
      .nullish()
      .meta({ description: 'Your own id of this lead: text, or a whole number below 2^53' }),
    consent: consent.nullish().meta({
      description: 'Proof of consent: text, at (ISO 8601 with offset), ip, and certificate ids',
    }),
    behaviour: behaviour.nullish().meta({
      description: 'Facts about the visit, such as time_on_page_s and form_seconds',
    }),
    test: z.boolean().nullish().meta({
      description: 'A test lead is checked, sent to test addresses only, and never sold',
    }),
    asking_cents: z.int().min(0).max(100_000_000).nullish().meta({
      description: 'The least payout you take, in whole cents',
    }),
  })
  .meta({
    id: 'LeadSubmission',
    example: {
      campaign: 'auto_insurance',
      fields: {
        first_name: 'Ann',
        last_name: 'Lee',
        phone: '(512) 555-0142',
        email: 'ann.lee@example.com',
        zip: '78704',
        state: 'TX',
        date_of_birth: '1984-03-02',
      },
    },
  });
export type LeadSubmission = z.output<typeof leadSubmission>;

export type Drafted =
  | { readonly kind: 'draft'; readonly draft: LeadDraft }
  | { readonly kind: 'wrong_types'; readonly errors: readonly ShapeError[] }
  | { readonly kind: 'unknown_campaign'; readonly allowed: readonly CampaignId[] }
  | { readonly kind: 'campaign_not_allowed'; readonly allowed: readonly CampaignId[] };

export interface Origin {
  readonly sourceId: SourceId;
  readonly loadedWorld: LoadedWorld;
  /** Names inside `fields` that are not safe to keep (`__proto__`): reported as unknown. */
  readonly droppedFields?: readonly string[];
}

/** Translates a submission for one source. Throws if that source is not in the world: a bug. */
export function toDraft(body: LeadSubmission, origin: Origin): Drafted {
  const { sourceId, loadedWorld, droppedFields = [] } = origin;
  const { world, version } = loadedWorld;
  const source = own(world.sources, sourceId);
  if (!source) throw new Error(`no source ${sourceId} in world ${version}`);
  const campaign = own(world.campaigns, body.campaign);
  if (!campaign) return { kind: 'unknown_campaign', allowed: source.campaigns };
  if (!source.campaigns.includes(body.campaign)) {
    return { kind: 'campaign_not_allowed', allowed: source.campaigns };
  }
  const wrong = cannotEarn(source, body.asking_cents);
  if (wrong) return { kind: 'wrong_types', errors: [wrong] };
  const normal = normaliseFields(verticalOf(world, campaign), body.fields);
  if (normal.kind === 'wrong_types') return normal;
  const draft: LeadDraft = {
    campaignId: body.campaign,
    sourceId,
    subSource: body.sub_source ?? null,
    externalId: body.external_id ?? null,
    worldVersion: version,
    test: body.test ?? false,
    raw: body.fields,
    fields: normal.fields,
    problems: normal.problems,
    unknownFields: [...normal.unknownFields, ...droppedFields],
    behaviour: body.behaviour ?? {},
    consent: body.consent ? withoutNulls(body.consent) : null,
    askingCents: body.asking_cents == null ? null : cents(body.asking_cents),
  };
  return { kind: 'draft', draft };
}

function cannotEarn({ payout }: Source, asking: number | null | undefined): ShapeError | undefined {
  if (asking == null || asking === 0 || canEarn(payout, cents(asking))) return undefined;
  const most = payout.kind === 'fixed' ? dollars(payout.cents) : 'nothing';
  return { field: 'asking_cents', says: 'you cannot earn as much', fix: `at most ${most} a lead` };
}

function verticalOf(world: World, campaign: Campaign) {
  const vertical = own(world.verticals, campaign.vertical);
  if (!vertical) throw new Error(`no vertical ${campaign.vertical}`);
  return vertical;
}

// Names come from outside, and `toString` is no campaign.
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function withoutNulls<T extends Readonly<Record<string, string | null | undefined>>>(facts: T) {
  const kept = Object.entries(facts).filter(([, value]) => value != null);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], null> };
}
