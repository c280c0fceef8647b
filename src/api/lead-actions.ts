// What operators may do to a lead that waits: wake it, offer it to a contract, close it.

import type { Request } from 'express';
import { isLeadId, type LeadId } from '../domain/ids.ts';
import type { LeadAction } from '../domain/waiting.ts';
import type { ApiDeps } from './deps.ts';
import type { OperatorCaller } from './http/auth.ts';
import { expectBody } from './http/expect.ts';
import type { Route } from './http/routes.ts';
import { Problem } from './problems.ts';
import { leadActionBody } from './wire/lead.ts';

const MAX_BODY_BYTES = 4 * 1024;

export function createLeadActionRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/leads/:leadId/actions',
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res, caller) => {
        const { leadId, asked } = await readAction(deps, req, caller);
        if (!(await deps.actOnLead(leadId, asked))) throw new Problem('not_waiting');
        const { action, contract } = asked;
        // The lead's workflow acts on it within moments: the trace tells.
        res.status(202).location(`/v1/leads/${leadId}`);
        res.json({ id: leadId, action, ...(contract !== undefined && { contract }) });
      },
    },
  ];
}

async function readAction(
  deps: ApiDeps,
  req: Request,
  caller: OperatorCaller,
): Promise<{ leadId: LeadId; asked: LeadAction }> {
  const { leadId } = req.params;
  const trace =
    typeof leadId === 'string' && isLeadId(leadId) ? await deps.findTrace(leadId) : undefined;
  if (!trace) throw new Problem('no_such_lead');
  const { action, contract } = expectBody(leadActionBody, req);
  const by = `operator ${caller.id}`;
  if (action !== 'offer') return { leadId: trace.lead.id, asked: { action, by } };

  const contracts = Object.entries(deps.currentWorld().world.contracts);
  const known = contracts.filter(([, each]) => each.campaign === trace.lead.campaignId);
  if (contract === undefined || !known.some(([id]) => id === contract)) {
    const says = contract === undefined ? 'is missing' : 'not a contract of the lead’s campaign';
    const some = known.slice(0, 10).map(([id]) => id);
    const fix = `one of: ${some.join(', ')}${known.length > some.length ? ' …' : ''}`;
    throw new Problem('invalid_request', { errors: [{ field: 'contract', says, fix }] });
  }
  return { leadId: trace.lead.id, asked: { action, by, contract } };
}
