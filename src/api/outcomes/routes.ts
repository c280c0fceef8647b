// The route by which a buyer says later what it did with leads: a doubt ends, or a pending.

import type { Request } from 'express';

import { isLeadId } from '../../domain/ids.ts';
import type { ApiDeps } from '../deps.ts';
import { isOneOf } from '../http/auth.ts';
import { bytesOf } from '../http/body.ts';
import { expectBody } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { readSecrets } from '../platforms/named-doors.ts';
import { Problem } from '../problems.ts';
import { isSignedNow } from './standard-webhook.ts';
import type { BuyerWord } from './word.ts';
import { type OutcomeItem, type OutcomeResultBody, outcomesBody } from './wire.ts';

const MAX_BODY_BYTES = 64 * 1024;

export function createOutcomeRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/buyers/:buyerId/outcomes',
      // The key or the signature is looked at here: a signature is over the body.
      access: 'anyone',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res) => {
        const buyerId = String(req.params['buyerId']);
        if (!(await isBuyer(deps, req, buyerId))) {
          const detail = 'Send a key of this buyer as a bearer token, or sign the request.';
          throw new Problem('key_missing_or_wrong', { detail });
        }
        const { outcomes } = expectBody(outcomesBody, req);
        const results: OutcomeResultBody[] = [];
        // In their order: the later of two about one lead meets what the earlier one did.
        for (const item of outcomes) results.push(await take(deps, buyerId, item));
        res.json({ results });
      },
    },
  ];
}

async function isBuyer(deps: ApiDeps, req: Request, buyerId: string): Promise<boolean> {
  const { buyers } = deps.currentWorld().world;
  const buyer = Object.hasOwn(buyers, buyerId) ? buyers[buyerId] : undefined;
  if (!buyer) return false;
  const key = /^Bearer +(\S{1,512}) *$/i.exec(req.get('authorization') ?? '')?.[1];
  if (key !== undefined) return isOneOf(buyer.keys ?? [], key);
  const reference = buyer.outcomesSecret;
  const signature = req.get('webhook-signature');
  if (!reference || signature === undefined) return false;
  const secret = (await readSecrets(deps, [reference])).get(reference);
  if (secret === undefined) return false;
  const [id, timestamp] = [req.get('webhook-id') ?? '', req.get('webhook-timestamp') ?? ''];
  return isSignedNow({ id, timestamp, signature, body: bytesOf(req) }, secret, Date.now());
}

async function take(deps: ApiDeps, buyerId: string, item: OutcomeItem): Promise<OutcomeResultBody> {
  const leadId = item.lead_id ?? null;
  const unknown = { lead_id: leadId, contract: item.contract ?? null } as const;
  if (leadId !== null && !isLeadId(leadId)) return { ...unknown, result: 'unknown_lead' };
  const word: BuyerWord = {
    buyerId,
    name: item.id ?? null,
    ...{ leadId, reference: item.reference ?? null, contractId: item.contract ?? null },
    said: item.status,
    priceCents: item.price_cents ?? null,
    detail: item.reason ?? '',
  };
  const heard = await deps.hearBuyer(word);
  if (heard.kind !== 'heard') return { ...unknown, result: heard.kind };
  const { key, effect } = heard;
  const result = effect === 'none' ? 'no_change' : effect;
  return { lead_id: key.leadId, contract: key.contractId, result };
}
