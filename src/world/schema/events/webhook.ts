// Where parties have events sent to, as operators write it.

import { z } from 'zod';

import { BUYER_EVENTS, EVENT_TYPES, SOURCE_EVENTS } from '../../../domain/events/event.ts';
import { secretRef } from '../../../delivery/secret-ref.ts';
import { duration, mapOf, settings, url } from '../settings.ts';

/** The `webhooks` of a party that may hear of these events. */
function webhooks<const Types extends readonly [string, ...string[]]>(types: Types) {
  const webhook = settings(
    {
      url: url.describe('Where events are posted to.'),
      secrets: z
        .array(secretRef)
        .min(1)
        .max(5)
        .describe('Of its signatures, env:NAME or file:/path. More than one while it is changed.'),
      events: z
        .array(z.enum(types))
        .min(1)
        .default([...types])
        .describe('Which events it wants. Default: all that this party may hear of.'),
      timeout: duration('1s', '30s', 'ms').prefault('15s').describe('How long one try may take.'),
    },
    { timeout: 'timeoutMs' },
  );
  return mapOf(webhook, 20);
}

const describe = 'Where it is told what happens, by a name of yours.';

export const operatorWebhooks = webhooks(EVENT_TYPES).default({}).describe(describe);
export const sourceWebhooks = webhooks(SOURCE_EVENTS).default({}).describe(describe);
export const buyerWebhooks = webhooks(BUYER_EVENTS).default({}).describe(describe);
