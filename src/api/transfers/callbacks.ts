// POST /v1/transfers/{lead}/{contract}/{round}/{callback}: what Twilio fetches and reports in the
// course of a call. Whoever did not sign learns nothing, not even whether there is such a call.

import express from 'express';
import type { Request, Response } from 'express';

import { isLeadId } from '../../domain/ids.ts';
import { CALLBACKS } from '../../domain/transfers/call.ts';
import type { ApiDeps } from '../deps.ts';
import { bytesOf, readBytes } from '../http/body.ts';
import { nameDoor } from '../http/refusals.ts';
import { Problem } from '../problems.ts';
import type { CallbackVisit } from './visit.ts';

/** Twilio sends some 30 fields. */
const MAX_BODY_BYTES = 16 * 1024;
const MOST_FIELDS = 200;

/** A router for the callbacks. */
export function createTransferRouter(deps: Pick<ApiDeps, 'hearCall'>): express.Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.post(
    '/v1/transfers/:leadId/:contractId/:round/:callback',
    nameDoor('transfers'),
    readBytes(MAX_BODY_BYTES),
    (req, res) => answer(deps, req, res),
  );
  return router;
}

async function answer(
  { hearCall }: Pick<ApiDeps, 'hearCall'>,
  req: Request,
  res: Response,
): Promise<void> {
  const visit = visitOf(req);
  if (!visit) throw new Problem('no_such_route');
  res.locals['leadId'] = visit.key.leadId;
  const said = await hearCall(visit);
  switch (said.kind) {
    case 'twiml':
      return void res.type('text/xml').send(said.xml);
    case 'noted':
      return void res.status(204).end();
    case 'unreadable':
      throw new Problem('malformed_request', { detail: 'The form lacks the id of a call.' });
    case 'forbidden':
      throw new Problem('signature_wrong');
  }
}

/** The callback that an address names; undefined where it names none. */
function visitOf(req: Request): CallbackVisit | undefined {
  const { leadId, contractId, round, callback: name } = req.params as Record<string, string>;
  const callback = CALLBACKS.find((known) => known === name);
  if (!callback || !leadId || !isLeadId(leadId)) return undefined;
  if (!contractId || !/^[a-z0-9_.]{1,130}$/.test(contractId)) return undefined;
  if (!round || !/^[1-9]\d{0,4}$/.test(round)) return undefined;
  const form = new URLSearchParams(bytesOf(req).toString('utf8'));
  if (form.size > MOST_FIELDS) return undefined;
  return {
    ...{ key: { leadId, contractId, round: Number(round) }, callback, form },
    ...{ path: req.originalUrl, signature: req.get('x-twilio-signature') ?? '' },
  };
}
