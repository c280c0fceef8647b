// Pages of leads: what may be asked by whom, the cursor, and the lines.

import type { LeadCursor, LeadFilter, ListedLead } from '../../db/reading/lead-list.ts';
import { isLeadId } from '../../domain/ids.ts';
import { LEAD_STATUSES, type LeadStatus } from '../../domain/lead.ts';
import type { ApiDeps } from '../deps.ts';
import type { Caller } from '../http/auth.ts';
import { Problem } from '../problems.ts';
import type { ListedLeadBody } from '../wire/lead.ts';
import type { LeadListQuery } from '../wire/queries.ts';
import { toMoment } from './moments.ts';

const PAGE = 50;

/** One page, newest first. A source sees its own leads, and nothing about buyers or prices. */
export async function listPage(deps: ApiDeps, query: LeadListQuery, caller: Caller) {
  const { timeZone } = deps.currentWorld().world;
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const page = await deps.listLeads({
    filter: filterFor(query, caller, timeZone),
    limit: query.limit ?? PAGE,
    ...(after && { after }),
  });
  const leads = page.leads.map((lead) => toLine(lead, caller));
  return { leads, next: page.next ? writeCursor(page.next) : null };
}

function filterFor(query: LeadListQuery, caller: Caller, timeZone: string): LeadFilter {
  const { campaign, source, buyer, reason, test, from, to } = query;
  // Who bought a source's leads is the operator's to know.
  if (caller.kind === 'source' && (source !== undefined || buyer !== undefined)) {
    const detail = 'A source lists its own leads; source and buyer are filters for operators.';
    throw new Problem('operator_key_required', { detail });
  }
  const statuses = statusesFor(query.status, caller);
  const sourceId = caller.kind === 'source' ? caller.id : source;
  return {
    ...(statuses && { statuses }),
    ...(campaign !== undefined && { campaignId: campaign }),
    ...(sourceId !== undefined && { sourceId }),
    ...(buyer !== undefined && { buyerId: buyer }),
    ...(reason !== undefined && { reason }),
    ...(test !== undefined && { test: test === 'true' }),
    ...(from !== undefined && { from: toMoment(from, timeZone) }),
    ...(to !== undefined && { to: toMoment(to, timeZone) }),
  };
}

const OPEN: readonly LeadStatus[] = ['received', 'waiting', 'in_doubt'];

function statusesFor(status: LeadListQuery['status'], caller: Caller) {
  if (status === undefined) return undefined;
  if (status === 'pending') return OPEN;
  if (caller.kind === 'source' && OPEN.includes(status)) {
    const told = LEAD_STATUSES.filter((one) => !OPEN.includes(one));
    const fix = `one of: pending, ${told.join(', ')}`;
    throw new Problem('invalid_request', {
      errors: [{ field: 'status', says: 'not a status of a source’s lead', fix }],
    });
  }
  return [status];
}

function toLine(lead: ListedLead, caller: Caller): ListedLeadBody {
  const { outcome, status, settledAt } = lead;
  const isSource = caller.kind === 'source';
  return {
    id: lead.id,
    status: isSource && OPEN.includes(status) ? 'pending' : status,
    ...(outcome && outcome.kind !== 'sold' && { reason: outcome.reason }),
    campaign: lead.campaignId,
    source: lead.sourceId,
    sub_source: lead.subSource,
    external_id: lead.externalId,
    test: lead.test,
    received_at: lead.receivedAt.toISOString(),
    settled_at: settledAt && settledAt.toISOString(),
    ...(outcome?.kind === 'sold' && { payout_cents: outcome.payoutCents }),
    ...(!isSource && {
      sales: lead.sales.map(({ contractId, buyerId, priceCents }) => ({
        contract: contractId,
        buyer: buyerId,
        price_cents: priceCents,
      })),
    }),
  };
}

function writeCursor({ receivedAtMicros, id }: LeadCursor): string {
  return Buffer.from(`${receivedAtMicros} ${id}`).toString('base64url');
}

function readCursor(cursor: string): LeadCursor {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, micros = '', id = ''] = /^(\d{1,16}) (\S+)$/.exec(text) ?? [];
  const receivedAtMicros = Number(micros);
  if (isLeadId(id) && Number.isSafeInteger(receivedAtMicros)) return { receivedAtMicros, id };
  throw new Problem('invalid_request', {
    errors: [{ field: 'cursor', says: 'not a cursor of ours', fix: 'send `next` as it came' }],
  });
}
