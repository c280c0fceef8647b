// Twilio's phone calls: asked for by form, then played as they are scripted. What is to be done in
// a call is fetched from Sluice, signed, and done; what happens is reported, if it is not lost.

import { createHmac } from 'node:crypto';
import type { JournalLine } from '../../../src/demo/buyer-journal.ts';
import { ACCOUNT_SID, TWILIO_KEY } from './twilio.ts';
import { type Answered, type Asked, startVendor } from './vendor.ts';

export const AUTH_TOKEN = 'auth-token-of-the-account';
/** What Sluice calls itself; nobody can look it up. */
export const PUBLIC_URL = 'https://sluice.example';

/** How one call goes. */
export interface CallScript {
  readonly buyer?: 'answers' | 'machine' | 'busy' | 'no-answer' | 'failed';
  /** The key; none without. */
  readonly presses?: string;
  readonly consumer?: 'answers' | 'busy' | 'no-answer';
  readonly talksS?: number;
  /** What becomes of the reports of the call's progress. */
  readonly reports?: 'all' | 'twice' | 'backwards' | 'lost';
  /** Signs with this instead. */
  readonly token?: string;
  /** The buyer's phone rings until this has resolved. */
  readonly ringsUntil?: Promise<void>;
  /** They talk until this has resolved. */
  readonly talksUntil?: Promise<void>;
}

/** A call that was placed, and what came of it. */
export interface FakeCall {
  readonly sid: string;
  readonly form: URLSearchParams;
  /** Whom the buyer was put through to. */
  dialled: string | null;
  said: string | null;
  /** The answers to what was posted to Sluice, in order: `whisper 200`. */
  readonly answers: string[];
  isOver: boolean;
}

interface Resource {
  readonly sid: string;
  readonly parent: string | null;
  status: string;
  duration: string | null;
  answered_by: string | null;
}

export type FakeCalls = Awaited<ReturnType<typeof startCalls>>;

/** Starts it. `sluice` is where Sluice really is. */
export async function startCalls(sluice: () => string) {
  const calls: FakeCall[] = [];
  const journal: JournalLine[] = [];
  const resources = new Map<string, Resource>();
  const scripts = new Map<string, CallScript>();
  let numbers = 0;
  const open = (parent: string | null): Resource => {
    numbers += 1;
    const sid = `CA${String(numbers).padStart(32, '0')}`;
    const resource = { sid, parent, status: 'queued', duration: null, answered_by: null };
    resources.set(sid, resource);
    return resource;
  };
  const vendor = await startVendor((asked): Answered => {
    const basic = `Basic ${Buffer.from(TWILIO_KEY).toString('base64')}`;
    if (asked.headers.authorization !== basic) return refusal(401, 20003);
    const { pathname, searchParams } = new URL(asked.path, 'http://fake');
    const path = /^\/2010-04-01\/Accounts\/(\w+)\/Calls(?:\/(CA\w+))?\.json$/.exec(pathname);
    if (path?.[1] !== ACCOUNT_SID) return refusal(404, 20404);
    if (asked.method === 'GET') {
      const parent = searchParams.get('ParentCallSid');
      const found = path[2] === undefined ? undefined : resources.get(path[2]);
      if (path[2] !== undefined) return found ? { status: 200, body: found } : refusal(404, 20404);
      const children = [...resources.values()].filter((each) => each.parent === parent);
      return { status: 200, body: { calls: children } };
    }
    const form = formOf(asked);
    const wrong = faultOf(form);
    if (wrong !== undefined) return refusal(400, wrong);
    const own = open(null);
    const { sid } = own;
    const call: FakeCall = { sid, form, dialled: null, said: null, answers: [], isOver: false };
    calls.push(call);
    journal.push(lineOf(form, 'post', 'pending'));
    const sells = () => void journal.push(lineOf(form, 'status', 'accepted'));
    const script = scripts.get(form.get('To') ?? '') ?? {};
    void play({ call, own, script, sluice, sells, openLeg: () => open(sid) });
    return { status: 201, body: { sid, status: 'queued' } };
  });
  return {
    ...vendor,
    calls,
    /** A line for each call, and for each talk that lasted. */
    journal,
    /** How calls to this number go from now on. */
    script: (to: string, script: CallScript) => void scripts.set(to, script),
    to: (number: string) => calls.filter(({ form }) => form.get('To') === number),
  };
}

function refusal(status: number, code: number): Answered {
  return { status, body: { code, message: 'no', more_info: 'https://…', status } };
}

function formOf({ body, headers }: Asked): URLSearchParams {
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
  return new URLSearchParams(isForm ? body : '');
}

function lineOf(
  form: URLSearchParams,
  kind: JournalLine['kind'],
  decision: JournalLine['decision'],
): JournalLine {
  const [, leadId = '', contract = '', round] =
    /transfers\/([^/]+)\/([^/]+)\/(\d+)/.exec(form.get('Url') ?? '') ?? [];
  const about = { leadId, contract, key: `${leadId}/${contract}/${round}`, decision };
  const none = { amountCents: null, fault: null, fields: [] };
  return { at: new Date().toISOString(), seq: 0, buyer: 'phone', kind, ...about, ...none };
}

/** The code of what is wrong with the request for a call. */
function faultOf(form: URLSearchParams): number | undefined {
  if (!/^\+\d{8,15}$/.test(form.get('To') ?? '')) return 21211;
  if (!/^\+\d{8,15}$/.test(form.get('From') ?? '')) return 21212;
  const urls = ['Url', 'StatusCallback'].map((name) => form.get(name) ?? '');
  if (!urls.every((url) => url.startsWith(`${PUBLIC_URL}/v1/transfers/`))) return 21205;
  const events = form.getAll('StatusCallbackEvent').join(' ');
  if (events !== 'initiated ringing answered completed') return 21626;
  return Number(form.get('Timeout')) > 0 ? undefined : 21216;
}

interface Play {
  readonly call: FakeCall;
  readonly own: Resource;
  readonly script: CallScript;
  readonly sluice: () => string;
  /** They have talked for half a minute. */
  sells(): void;
  openLeg(): Resource;
}

async function play(at: Play): Promise<void> {
  const { call, own, script } = at;
  const { buyer = 'answers', reports = 'all' } = script;
  const held: (() => Promise<void>)[] = [];
  const report = async (url: string, fields: Record<string, string>) => {
    const form = { ...fields, SequenceNumber: String(held.length) };
    const send = async () => void (await post(at, url, form));
    if (reports === 'lost') return;
    held.push(send);
    if (reports !== 'backwards') await send();
    if (reports === 'twice') await send();
  };
  const progress = async (status: string, seconds?: number) => {
    own.status = status;
    const CallDuration = seconds === undefined ? null : String(seconds);
    own.duration = CallDuration;
    const url = call.form.get('StatusCallback') ?? '';
    await report(url, { CallStatus: status, ...(CallDuration && { CallDuration }) });
  };
  await progress('initiated');
  await progress('ringing');
  await script.ringsUntil;
  if (buyer !== 'answers' && buyer !== 'machine') await progress(buyer);
  else {
    await progress('in-progress');
    own.answered_by = buyer === 'machine' ? 'machine_start' : 'human';
    await talk(at, report);
    await progress('completed', 60);
  }
  if (reports === 'backwards') for (const send of held.toReversed()) await send();
  call.isOver = true;
}

type Report = (url: string, fields: Record<string, string>) => Promise<void>;

/** The buyer has answered: what Sluice wants is done. */
async function talk(at: Play, report: Report): Promise<void> {
  const { call, own, script } = at;
  const AnsweredBy = own.answered_by ?? '';
  const first = await post(at, call.form.get('Url') ?? '', { AnsweredBy });
  call.said = /<Say[^>]*>([^<]*)</.exec(first)?.[1] ?? null;
  const action = attribute(first, 'Gather', 'action');
  if (action === undefined) return;
  const second = await post(at, action, { Digits: script.presses ?? '' });
  const number = /<Number[^>]*>([^<]*)</.exec(second)?.[1];
  if (number === undefined) return;
  call.dialled = number;
  const leg = at.openLeg();
  const url = attribute(second, 'Number', 'statusCallback') ?? '';
  const progress = async (status: string, seconds?: number) => {
    leg.status = status;
    leg.duration = seconds === undefined ? null : String(seconds);
    const CallDuration = leg.duration;
    const ids = { CallSid: leg.sid, ParentCallSid: own.sid, CallStatus: status };
    await report(url, { ...ids, ...(CallDuration && { CallDuration }) });
  };
  const { consumer = 'answers', talksS = 40 } = script;
  await progress('ringing');
  if (consumer === 'answers') {
    await progress('in-progress');
    await script.talksUntil;
    if (talksS >= 30) at.sells();
    await progress('completed', talksS);
  } else await progress(consumer);
  const done = attribute(second, 'Dial', 'action') ?? '';
  const answers = consumer === 'answers';
  const DialCallStatus = answers ? 'completed' : consumer;
  const dialled = { DialCallStatus, DialCallSid: leg.sid };
  await report(done, { ...dialled, ...(answers && { DialCallDuration: String(talksS) }) });
}

/** Posts to Sluice as Twilio does; what does not get through is lost. */
async function post(
  { call, own, script, sluice }: Play,
  url: string,
  fields: Record<string, string>,
): Promise<string> {
  const form = new URLSearchParams({
    ...{ AccountSid: ACCOUNT_SID, CallSid: own.sid, ApiVersion: '2010-04-01' },
    ...{ To: call.form.get('To') ?? '', From: call.form.get('From') ?? '', ...fields },
  });
  const name = url.slice(url.lastIndexOf('/') + 1);
  try {
    const response = await fetch(url.replace(PUBLIC_URL, sluice()), {
      method: 'POST',
      headers: { 'x-twilio-signature': sign(url, form, script.token ?? AUTH_TOKEN) },
      body: form,
      signal: AbortSignal.timeout(15_000),
    });
    call.answers.push(`${name} ${response.status}`);
    return await response.text();
  } catch {
    call.answers.push(`${name} lost`);
    return '';
  }
}

/** By Twilio's own words: the address, then each name and value, by name. */
export function sign(url: string, form: URLSearchParams, token: string): string {
  const names = [...form.keys()].sort();
  const text = names.reduce((all, name) => all + name + (form.get(name) ?? ''), url);
  return createHmac('sha1', token).update(Buffer.from(text, 'utf8')).digest('base64');
}

function attribute(xml: string, element: string, name: string): string | undefined {
  return new RegExp(`<${element}[^>]*\\b${name}="([^"]*)"`)
    .exec(xml)?.[1]
    ?.replaceAll('&amp;', '&');
}
