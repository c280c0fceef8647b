// POST /in/feedback/{buyer}/{key}: what a buyer's CRM says of a lead that it bought, read by the
// paths and words of the world.

import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

import { readFeedback } from '../../intake/feedback-message.ts';
import type { ApiDeps } from '../deps.ts';
import { requestOf } from '../doors/doors.ts';
import { isOneOf } from '../http/auth.ts';
import { bytesOf } from '../http/body.ts';
import { readSecrets } from '../platforms/named-doors.ts';
import { isSigned } from '../platforms/signature.ts';
import { Problem } from '../problems.ts';
import { record } from './report.ts';

/**
 * `{"lead", "id", "what", …}` of what was recorded; `{"status": "passed_over"}` for a word that
 * the world does not name, so that a CRM may send every change of a deal.
 */
export async function answerFeedback(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  if (req.method !== 'POST')
    throw new Problem('method_not_allowed', { headers: { Allow: 'POST' } });
  const { buyer: id = '', key = '' } = req.params as { buyer?: string; key?: string };
  const hook = await openHook(deps, req, { id, key });
  if (!hook) {
    const detail = 'The address or the signature is not known here.';
    throw new Problem('key_missing_or_wrong', { detail });
  }
  const said = readFeedback(requestOf(req, '/in/feedback'), hook);
  switch (said.kind) {
    case 'unreadable':
      throw new Problem('malformed_request', { detail: `${said.says}.` });
    case 'wrong': {
      const errors = [{ field: said.part, says: said.says, fix: `look at paths.${said.part}` }];
      throw new Problem('invalid_request', { errors });
    }
    case 'passed_over':
      res.json({ status: said.kind, word: said.word });
      return;
    case 'report': {
      const { lead, what, valueCents } = said;
      // Without a name of its own, a message is known by what it says.
      const name = said.id ?? createHash('sha256').update(bytesOf(req)).digest('hex').slice(0, 32);
      const report = { ...said, id: name.slice(0, 200), contract: null };
      const body = await record(deps, { ...report, lead, what, valueCents }, { kind: 'buyer', id });
      res.json(body);
    }
  }
}

/** The hook of a buyer whose key stands in the address, or whose signature is right. */
async function openHook(deps: ApiDeps, req: Request, at: { id: string; key: string }) {
  const { buyers } = deps.currentWorld().world;
  const buyer = Object.hasOwn(buyers, at.id) ? buyers[at.id] : undefined;
  if (!buyer?.feedback) return undefined;
  const { keys = [], feedback } = buyer;
  const hasKey = isOneOf(keys, at.key);
  if (keys.length > 0 && !hasKey) return undefined;
  const { signature } = feedback;
  if (!signature) return hasKey ? feedback : undefined;
  const secret = (await readSecrets(deps, [signature.secretRef])).get(signature.secretRef);
  if (secret === undefined) return undefined;
  const said = req.get(signature.header);
  return isSigned(said, { body: bytesOf(req), secret, signature }) ? feedback : undefined;
}
