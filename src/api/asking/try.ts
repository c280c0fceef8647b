// The route by which a contract's requests and answer rules are tried.

import { isLeadId } from '../../domain/ids.ts';
import type { Trial, Tried } from '../../domain/delivery/trial.ts';
import { cents } from '../../domain/money.ts';
import type { Step } from '../../domain/world/contract.ts';
import type { Source, World } from '../../domain/world/world.ts';
import type { ApiDeps } from '../deps.ts';
import { expectBody } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { readDraft } from '../leads.ts';
import { Problem } from '../problems.ts';
import { sampleFields } from './try-sample.ts';
import { tryBody, type TryQuestion, type TriedBody } from './try-wire.ts';

const MAX_BODY_BYTES = 512 * 1024;
const SAMPLE_PRICE_CENTS = 1_000;

export function createTryRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/contracts/:id/try',
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res) => {
        const id = String(req.params['id']);
        const question = expectBody(tryBody, req);
        const trial = await trialOf(deps, id, question);
        res.json(bodyOf(trial, await deps.tryStep(trial)));
      },
    },
  ];
}

async function trialOf(deps: ApiDeps, id: string, question: TryQuestion): Promise<Trial> {
  const { version, world } = deps.currentWorld();
  const contract = Object.hasOwn(world.contracts, id) ? world.contracts[id] : undefined;
  if (!contract) throw new Problem('no_such_entry');
  const step = contract[question.step];
  if (!step) refuse('step', `the contract has no ${question.step}`);
  if ('options' in step) {
    const says = `the post is a push into ${step.adapter}, made of several calls`;
    refuse('step', says, 'a step that is one request can be tried');
  }
  const { answer: pasted, live } = question;
  if (live) refuseLive(step, pasted !== undefined);
  const lead = await leadOf(deps, { version, world, campaignId: contract.campaign }, question);
  const headers = Object.entries(pasted?.headers ?? {});
  const lowered = headers.map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...{ world, contractId: id, step: question.step, lead },
    terms: {
      priceCents: cents(question.price_cents ?? contract.priceCents ?? SAMPLE_PRICE_CENTS),
      bidId: question.bid_id ?? (contract.ping ? 'sample-bid' : undefined),
      captures: { ...sampleCaptures(contract.ping), ...question.captured },
    },
    answer: live
      ? 'live'
      : pasted
        ? { ...pasted, headers: Object.fromEntries(lowered) as Record<string, string> }
        : null,
  };
}

function refuse(field: string, says: string, fix?: string): never {
  throw new Problem('invalid_request', {
    errors: [{ field, says, ...(fix !== undefined && { fix }) }],
  });
}

/** A platform's switch for tests does not make its real address one for tests. */
function refuseLive({ url, testUrl }: Step, isPasted: boolean): void {
  if (isPasted) refuse('answer', 'does not go with live', 'leave one of them out');
  if (!testUrl) refuse('live', 'the step has no test_url', 'give it one, or paste an answer');
  if (testUrl === url) {
    refuse('live', 'test_url is the real address', 'name another, or paste an answer');
  }
}

function sampleCaptures(ping: Step | null): Record<string, string> {
  const names = ping?.adapter === 'http' ? Object.keys(ping.answer.capture ?? {}) : [];
  return Object.fromEntries(names.map((name) => [name, `sample-${name}`]));
}

interface Where {
  readonly version: number;
  readonly world: World;
  readonly campaignId: string;
}

async function leadOf(deps: ApiDeps, where: Where, { lead: id, fields }: TryQuestion) {
  if (id === undefined) return { id: 'lead_sample', fields: normalFields(where, fields) };
  if (fields !== undefined) refuse('fields', 'a stored lead has its own', 'leave one of them out');
  const trace = isLeadId(id) ? await deps.findTrace(id) : undefined;
  if (!trace) throw new Problem('no_such_lead');
  const { campaignId } = trace.lead;
  if (campaignId !== where.campaignId) {
    refuse('lead', `is one of ${campaignId}`, `the contract buys those of ${where.campaignId}`);
  }
  return { id, fields: trace.lead.fields };
}

const SOURCE = 'sample';

/** The fields as intake would keep them, from a source that may submit just this. */
function normalFields({ version, world, campaignId }: Where, given: TryQuestion['fields']) {
  const vertical = world.verticals[world.campaigns[campaignId]?.vertical ?? ''];
  const fields = given ?? (vertical ? sampleFields(vertical) : {});
  const source: Source = {
    ...{ name: SOURCE, keys: [], campaigns: [campaignId], paused: false, pingsPerSecond: 1 },
    ...{ payout: { kind: 'share', basisPoints: 0 }, floorCents: cents(0), doors: {} },
  };
  const loadedWorld = { version, world: { ...world, sources: { [SOURCE]: source } } };
  const submission = { value: { campaign: campaignId, fields }, dropped: [] };
  const draft = readDraft(submission, { sourceId: SOURCE, loadedWorld });
  const [wrong] = draft.problems.filter(({ reason }) => reason !== 'field_missing');
  if (wrong) refuse(`fields.${wrong.field}`, wrong.says);
  return draft.fields;
}

function bodyOf({ contractId, step }: Trial, told: Tried): TriedBody {
  const { request, problem, answer, read, comesTo } = told;
  return {
    ...{ contract: contractId, step, request, problem, answer },
    verdict: read?.verdict ?? null,
    by: read?.by ?? null,
    price_cents: read?.priceCents ?? null,
    reference: read?.reference ?? null,
    reason: read?.reason ?? null,
    captures: read?.captures ?? {},
    comes_to: comesTo,
  };
}
