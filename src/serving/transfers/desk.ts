// Where Twilio meets a call: it is heard only if it signed, the run of the call is told, and Twilio
// is told what to do next. The consumer's number is read here, at the moment of use.

import type { Logger } from 'pino';
import type { ActivityDeps, CallDesk } from '../../activities/deps.ts';
import { type Case, contractOf } from '../../activities/cases.ts';
import { hear, OPEN } from '../../activities/doubts/hear.ts';
import type { CallbackAnswer, CallbackVisit, HearCall } from '../../api/transfers/visit.ts';
import { type Attempt, findAttempt } from '../../db/attempts.ts';
import { readCallback, signatureOf } from '../../delivery/calls/callbacks.ts';
import { askToTake, HANG_UP, putThrough } from '../../delivery/calls/twiml.ts';
import { callbackUrl, consumerNumber, whisperOf } from '../../delivery/calls/twilio-call.ts';
import type { CallEvent } from '../../domain/transfers/call.ts';
import { findCallStep, transferOf } from '../../domain/transfers/step.ts';
import type { CallSettings } from '../../domain/transfers/settings.ts';
import { isSame } from '../../api/platforms/signature.ts';
import type { TemporalCalls } from '../../temporal.ts';

/** Tells runs of calls; throws while Temporal is away. */
export function createCallDesk(deps: {
  readonly publicUrl: string | undefined;
  temporal(): TemporalCalls | undefined;
}): CallDesk {
  return {
    publicUrl: deps.publicUrl,
    async tell(transfer, event) {
      const calls = deps.temporal();
      if (!calls) throw new Error('Temporal is away');
      await calls.tellTransfer(transfer, event);
    },
  };
}

/** One callback that is known to be Twilio's. */
interface Visit {
  readonly publicUrl: string;
  readonly visit: CallbackVisit;
  readonly attempt: Attempt;
  readonly known: Case;
  readonly call: CallSettings;
}

/** Binds the callbacks to this process. */
export function createHearCall(deps: ActivityDeps, log: Logger): HearCall {
  return async (visit) => {
    const { publicUrl } = deps.calls;
    if (publicUrl === undefined) return { kind: 'forbidden' };
    const attempt = await findAttempt(deps.pool, visit.key);
    if (!attempt) return { kind: 'forbidden' };
    const known = await deps.cases.of(visit.key.leadId, visit.key.round);
    const step = findCallStep(contractOf(known, visit.key.contractId));
    if (!step || !(await isTwilio(deps, step.call, visit))) return { kind: 'forbidden' };
    const event = readCallback(visit.callback, visit.form);
    if (!event) return { kind: 'unreadable' };
    // Twilio cannot wait for us, and what is lost here is looked up at Twilio.
    const tell = deps.calls.tell(transferOf(visit.key, step), event);
    await tell.catch((err: unknown) => log.warn({ err }, 'the run of a call could not be told'));
    if (attempt.state === 'in_doubt' && 'sid' in event) await noteCall(deps, attempt, event.sid);
    return answerTo({ publicUrl, visit, attempt, known, call: step.call }, event);
  };
}

async function isTwilio(
  { readSecret, calls }: Pick<ActivityDeps, 'readSecret' | 'calls'>,
  call: CallSettings,
  { path, form, signature }: CallbackVisit,
): Promise<boolean> {
  const token = await readSecret(call.authTokenRef);
  if (!token || form.get('AccountSid') !== call.accountSid) return false;
  return isSame(signature, signatureOf(`${calls.publicUrl ?? ''}${path}`, form, token));
}

/** There is a call, whatever the request for it came to. */
async function noteCall(deps: ActivityDeps, attempt: Attempt, sid: string | null): Promise<void> {
  const { leadId, contractId, round } = attempt;
  const key = { leadId, contractId, round };
  const nothing = { name: null, priceCents: null };
  const detail = 'the call is under way';
  await hear(deps, { key, teller: 'call', said: 'pending', reference: sid, detail, ...nothing });
}

function answerTo(at: Visit, event: CallEvent): CallbackAnswer {
  const { publicUrl, visit, attempt, known, call } = at;
  const { key } = visit;
  const { fields } = known.lead;
  const url = (callback: Parameters<typeof callbackUrl>[2]) =>
    callbackUrl(publicUrl, key, callback);
  // Another buyer may have the lead by now: nobody is put through any more.
  const isOpen = OPEN.has(attempt.state);
  switch (visit.callback) {
    case 'whisper': {
      if (!isOpen || (event.kind === 'answered' && event.by === 'machine')) return twiml(HANG_UP);
      const text = whisperOf(call, fields);
      return twiml(askToTake(call, { text, action: url('accept') }));
    }
    case 'accept': {
      const number = consumerNumber(call, fields);
      const takes = event.kind === 'pressed' && event.accepts;
      if (!isOpen || !takes || number === undefined) return twiml(HANG_UP);
      return twiml(putThrough(call, { number, done: url('done'), consumer: url('consumer') }));
    }
    case 'done':
      return twiml(HANG_UP);
    case 'consumer':
    case 'status':
      return { kind: 'noted' };
  }
}

function twiml(xml: string): CallbackAnswer {
  return { kind: 'twiml', xml };
}
