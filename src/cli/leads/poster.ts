// Posts rows through the public route. A row is sent until there is an answer; its key makes that
// safe. What can be mended by nobody but the sender ends as a result; what is wrong with the whole
// import ends the run.

import { setTimeout } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';

import { CommandError } from '../running.ts';
import type { Gate } from './gate.ts';
import type { Result, RowStatus } from './results.ts';
import { describeProblems } from './submission.ts';

/** Campaigns let a source wait for some seconds; a server that says nothing for longer is away. */
const ANSWER_MS = 60_000;
/** A fault of the server may be that of one lead: it is tried so often, and then left. */
const TRIES = 3;
/** So many leads that fail one after the other are no accident of one lead. */
const FAILURES_IN_A_ROW = 20;

export type Told = Omit<Result, 'row'>;

export interface Poster {
  /** Posts a body under its key until it has an answer. Throws `CommandError` to end the run. */
  post(body: string, key: string): Promise<Told>;
  /** What became of a lead that was pending. */
  read(lead: string): Promise<Told>;
  close(): Promise<void>;
}

export function createPoster(to: {
  readonly url: string;
  readonly sourceKey: string;
  readonly connections: number;
  readonly gate: Gate;
}): Poster {
  const agent = new Agent({
    connections: to.connections,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  });
  let failuresInARow = 0;
  const headers = { authorization: `Bearer ${to.sourceKey}`, 'content-type': 'application/json' };

  /** An answer of the application, whatever it says; waits while there is none. */
  async function send(request: Omit<Dispatcher.RequestOptions, 'origin'>): Promise<Answered> {
    for (;;) {
      await to.gate.pass();
      const answer = await ask(request);
      if ('away' in answer) {
        to.gate.shut(answer.away, answer.retryAfterMs);
        continue;
      }
      to.gate.answered();
      return answer;
    }
  }

  async function ask(request: Omit<Dispatcher.RequestOptions, 'origin'>) {
    try {
      const reply = await agent.request({ ...request, origin: to.url });
      const text = await reply.body.text();
      const status = reply.statusCode;
      if (![429, 502, 503, 504].includes(status)) return { status, text };
      const away = `${to.url} answers HTTP ${status}`;
      return { away, retryAfterMs: retryAfterOf(reply.headers['retry-after']) };
    } catch {
      // Nobody knows whether the lead is stored: the key finds it.
      return { away: `no answer from ${to.url}`, retryAfterMs: undefined };
    }
  }

  async function untilTold(request: Omit<Dispatcher.RequestOptions, 'origin'>): Promise<Told> {
    for (let tries = 1; ; tries += 1) {
      const answer = await send(request);
      const told = toTold(answer, to.url);
      if (told.status !== 'failed') failuresInARow = 0;
      else if (tries < TRIES) {
        await setTimeout(200 * tries);
        continue;
      } else failuresInARow += 1;
      if (failuresInARow < FAILURES_IN_A_ROW) return told;
      const says = `${FAILURES_IN_A_ROW} rows in a row failed: ${to.url} answers ${answer.status}`;
      throw new CommandError(says, 'The log of `sluice serve` says why; then run it again.');
    }
  }

  return {
    post: (body, key) =>
      untilTold({
        path: '/v1/leads',
        method: 'POST',
        headers: { ...headers, 'idempotency-key': key },
        body,
      }),
    read: (lead) =>
      untilTold({ path: `/v1/leads/${encodeURIComponent(lead)}`, method: 'GET', headers }),
    close: () => agent.close(),
  };
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Seconds, as this API and most others say it; a date is taken for no word at all. */
function retryAfterOf(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) * 1000 : undefined;
}

interface Body {
  readonly id?: string;
  readonly status?: RowStatus | number;
  readonly reason?: string;
  readonly payout_cents?: number;
  readonly problems?: Parameters<typeof describeProblems>[0];
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: Parameters<typeof describeProblems>[0];
}

const POSTED_BEFORE = {
  status: 'refused',
  problems: 'this row of this file was posted before, with other columns; not posted again',
} as const;

/** What is wrong with every row of the import. */
const OF_THE_IMPORT = new Set([401, 403, 404, 405]);

function toTold({ status: http, text }: Answered, url: string): Told {
  const body = bodyOf(text);
  if ((http === 200 || http === 202) && body.id !== undefined) {
    const { id: lead, status, reason, payout_cents: payoutCents, problems = [] } = body;
    const told = { lead, status: status as RowStatus, reason, payoutCents };
    return { ...told, problems: describeProblems(problems) };
  }
  const says = [body.detail ?? body.title ?? `HTTP ${http}`, describeProblems(body.errors ?? [])];
  const problems = says.filter(Boolean).join(': ').replace(/\s+/g, ' ');
  if (body.code === 'idempotency_key_reused') return { ...POSTED_BEFORE, reason: body.code };
  if (http >= 500) return { status: 'failed', reason: body.code ?? `http_${http}`, problems };
  if (OF_THE_IMPORT.has(http) || body.code === undefined || body.code === 'unknown_campaign') {
    const hint =
      body.code === undefined
        ? 'Is that the address of Sluice? SLUICE_URL names another.'
        : 'Correct that, and run the same command again: it goes on where it stopped.';
    throw new CommandError(`${url} answered HTTP ${http}: ${problems}`, hint);
  }
  return { status: 'refused', reason: body.code, problems };
}

function bodyOf(text: string): Body {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // Not from Sluice: what stands between may answer in its own words.
    return {};
  }
}
