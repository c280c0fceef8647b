// What a campaign asks of its leads, for whoever prepares them: a source learns the names of the
// fields from here instead of by trial.

import { z } from 'zod';

import { FIELD_TYPES } from '../domain/world/world.ts';
import type { Caller } from './http/auth.ts';
import type { ApiDeps } from './deps.ts';
import type { Route } from './http/routes.ts';
import { useOneOf } from './leads.ts';
import { Problem } from './problems.ts';
import { json, type Operation, problems } from './wire/operation.ts';

const field = z.strictObject({
  type: z.enum(FIELD_TYPES),
  required: z.boolean(),
  choices: z.array(z.string()).optional().meta({ description: 'Of a choice' }),
});

export const campaignFields = z
  .strictObject({
    campaign: z.string(),
    source: z.string().nullable().meta({ description: 'Whose key it was; null for an operator' }),
    vertical: z.string(),
    fields: z.record(z.string(), field).meta({ description: 'In the order of the vertical' }),
  })
  .meta({ id: 'CampaignFields' });
export type CampaignFields = z.infer<typeof campaignFields>;

export function createFieldRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/campaigns/:id/fields',
      access: 'any_key',
      handle: (req, res, caller) => {
        res.json(fieldsOf(deps, String(req.params['id']), caller));
      },
    },
  ];
}

/** Throws the problem of a campaign that there is not, or not for this source. */
function fieldsOf(deps: ApiDeps, id: string, caller: Caller): CampaignFields {
  const { world } = deps.currentWorld();
  const mine = caller.kind === 'source' ? world.sources[caller.id]?.campaigns : undefined;
  const allowed = mine ?? Object.keys(world.campaigns);
  const campaign = Object.hasOwn(world.campaigns, id) ? world.campaigns[id] : undefined;
  if (!campaign) throw new Problem('unknown_campaign', { errors: [useOneOf(allowed)] });
  if (!allowed.includes(id)) {
    throw new Problem('campaign_not_allowed', { errors: [useOneOf(allowed)] });
  }
  const vertical = world.verticals[campaign.vertical];
  const fields = Object.entries(vertical?.fields ?? {}).map(
    ([name, { type, required, choices }]) => {
      return [
        name,
        { type, required, ...(type === 'choice' && { choices: [...choices] }) },
      ] as const;
    },
  );
  return {
    campaign: id,
    source: caller.kind === 'source' ? caller.id : null,
    vertical: campaign.vertical,
    fields: Object.fromEntries(fields),
  };
}

export const FIELDS: Readonly<Record<string, Operation>> = {
  'get /v1/campaigns/:id/fields': {
    tags: ['leads'],
    summary: 'Read what a campaign asks of its leads',
    description: 'The fields of its vertical: types, which are required, the values of choices.',
    security: [{ sourceKey: [] }, { operatorKey: [] }],
    request: { params: z.object({ id: z.string().meta({ description: 'The campaign' }) }) },
    responses: {
      200: { description: 'The fields', ...json(campaignFields) },
      ...problems('key_missing_or_wrong', 'campaign_not_allowed', 'unknown_campaign'),
    },
  },
};
