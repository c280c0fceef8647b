// Tries a step of a contract: builds its request, reads an answer. The real address of a step is
// never called from here, and a secret never shown.

import type {
  Built,
  Given,
  IncomingReply,
  OutgoingRequest,
  Parcel,
} from '../../delivery/adapter.ts';
import { adapterOf } from '../../delivery/adapters.ts';
import { readAnswer } from '../../delivery/answers/read.ts';
import { TOKEN } from '../../delivery/requests/authorise.ts';
import type { Trial, TrialAnswer, Tried } from '../../domain/delivery/trial.ts';
import { masked } from '../../domain/fields/secret.ts';
import type { LeadId } from '../../domain/ids.ts';
import type { Step } from '../../domain/world/contract.ts';
import { zoneOf } from '../../domain/world/world.ts';
import { carriedBy } from '../parcel.ts';
import { prepare } from '../prepare.ts';
import { veil, veiled } from './veil.ts';

export type TryStep = (trial: Trial) => Promise<Tried>;

/** Throws without the step, and without an address for tests where one is to be called. */
export function createTry(deps: Parameters<typeof prepare>[0]): TryStep {
  return async (trial) => {
    const step = stepOf(trial);
    const zone = zoneIn(trial);
    const { publicUrl } = deps.calls ?? {};
    const request = shown(step, trial, { nowMs: deps.now(), timeZone: zone, publicUrl });
    if ('unbuildable' in request) return nothing(null, request.unbuildable);
    if (trial.answer === null) return nothing(request, null);
    if (trial.answer !== 'live') return readAs(step, trial, { request, answer: trial.answer });
    return live(deps, trial, { step, zone, request });
  };
}

function stepOf({ world, contractId, step: kind }: Trial): Step {
  const step = world.contracts[contractId]?.[kind];
  if (!step) throw new Error(`${contractId} has no ${kind}`);
  return step;
}

function zoneIn({ world, contractId }: Trial): string {
  return zoneOf(world, world.contracts[contractId]?.buyer ?? '');
}

function parcelOf(
  { world, contractId, step: kind, lead, answer }: Trial,
  step: Step,
  isShown: boolean,
): Parcel {
  const campaign = world.contracts[contractId]?.campaign ?? '';
  const kinds = world.verticals[world.campaigns[campaign]?.vertical ?? '']?.fields ?? {};
  const withPerson = kind === 'post';
  const fields = carriedBy(step, kinds, { fields: lead.fields, withPerson });
  return {
    ...{ leadId: lead.id as LeadId, campaign, contractId, round: 1 },
    fields: isShown ? masked(fields, kinds) : fields,
    ...(answer === 'live' && { isTest: true as const }),
  };
}

function built(
  step: Step,
  trial: Trial,
  { parcel, given }: { parcel: Parcel; given: Given },
): Built {
  const at = trial.answer === 'live' && step.testUrl ? { ...step, url: step.testUrl } : step;
  const adapter = adapterOf(at);
  if (trial.step === 'ping') return adapter.buildPing(parcel, at, given);
  return adapter.buildPost(parcel, at, { ...given, ...trial.terms });
}

function shown(step: Step, trial: Trial, moment: Omit<Given, 'secrets'>): Built {
  const references = adapterOf(step).secretRefs(step);
  const secrets = veil([...references, TOKEN]);
  const given = { ...moment, secrets };
  const request = built(step, trial, { parcel: parcelOf(trial, step, true), given });
  return 'unbuildable' in request ? request : veiled(request, step, secrets);
}

type Shown = Tried['request'];

async function live(
  deps: Parameters<typeof prepare>[0],
  trial: Trial,
  { step, zone, request }: { step: Step; zone: string; request: OutgoingRequest },
): Promise<Tried> {
  if (!step.testUrl || step.testUrl === step.url) throw new Error('no address for tests');
  const prepared = await prepare(deps, { step, timeZone: zone });
  if (prepared.kind === 'withheld') {
    return nothing(request, `${prepared.reason}: ${prepared.detail}`);
  }
  const parcel = parcelOf(trial, step, false);
  const real = built(step, trial, { parcel, given: prepared.given });
  if ('unbuildable' in real) return nothing(request, real.unbuildable);
  const reply = await deps.send(real, { timeoutMs: step.timeoutMs });
  if (reply.kind !== 'answer') {
    const comesTo =
      trial.step === 'ping' ? 'no_bid' : reply.kind === 'lost' ? 'in_doubt' : 'rejected';
    const problem = `${reply.reason}: ${prepared.clean(reply.detail)}`;
    return { ...nothing(request, problem), comesTo };
  }
  const { status, body, headers = {} } = reply.reply;
  prepared.answered(status);
  const said = Object.entries(headers).map(([name, value]) => [name, prepared.clean(value)]);
  const answer = {
    ...{ status, body: prepared.clean(body) },
    headers: Object.fromEntries(said) as Record<string, string>,
  };
  return readAs(step, trial, { request, answer });
}

function nothing(request: Shown, problem: string | null): Tried {
  return { request, problem, answer: null, read: null, comesTo: null };
}

function readAs(
  step: Step,
  { step: kind }: Trial,
  { request, answer }: { request: Shown; answer: TrialAnswer },
): Tried {
  const reply: IncomingReply = answer;
  const rules = step.adapter === 'http' ? readAnswer(reply, step.answer, kind) : undefined;
  const base = { request, problem: null, answer };
  const adapter = adapterOf(step);
  const word = {
    verdict: rules?.verdict ?? null,
    by: rules?.by ?? null,
    reason: rules?.reason ?? null,
    captures: rules?.captures ?? {},
  };
  if (kind === 'ping') {
    const bid = adapter.parsePing(reply, step);
    const isBid = bid.kind === 'bid';
    const read = {
      ...word,
      priceCents: isBid ? bid.priceCents : null,
      reference: (isBid ? bid.bidId : undefined) ?? null,
      reason: isBid ? word.reason : bid.detail,
    };
    return { ...base, read, comesTo: bid.kind };
  }
  const post = adapter.parsePost(reply, step);
  const isSold = post.kind === 'accepted';
  const read = {
    ...word,
    priceCents: (isSold ? post.priceCents : undefined) ?? null,
    reference: (isSold ? post.reference : rules?.reference) ?? null,
    reason: isSold ? word.reason : post.detail,
  };
  return { ...base, read, comesTo: COMES_TO[post.kind] };
}

/** What an offer with this answer would be. */
const COMES_TO = {
  accepted: 'sold',
  rejected: 'rejected',
  pending: 'pending',
  unclear: 'in_doubt',
} as const;
