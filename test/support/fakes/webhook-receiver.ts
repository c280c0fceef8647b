// A receiver of webhooks that takes only what is signed, by the reference library of Standard
// Webhooks; what other schemes send stands in the journal.

import { Webhook } from 'standardwebhooks';

import { type Answered, startVendor } from './vendor.ts';

export const WEBHOOK_SECRETS = {
  HOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  HOOK_SECRET_NEW: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
} as const;

/** Starts it; at `/signed` it wants Standard Webhooks, elsewhere nothing. */
export async function startWebhookReceiver() {
  const received = new Map<string, unknown>();
  const vendor = await startVendor(({ path, headers, body }): Answered => {
    if (path !== '/signed') return { status: 200 };
    try {
      const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
      const said = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
      const event: unknown = new Webhook(WEBHOOK_SECRETS.HOOK_SECRET).verify(body, said);
      received.set(said['webhook-id'] ?? '', event);
      return { status: 204 };
    } catch {
      return { status: 401 };
    }
  });
  return { ...vendor, received };
}
