// The load generator, a process of its own: posts invented leads and writes down what it got.
// Open loop: on a fixed schedule, whatever the answers do, and timed from the intended moment, so
// that a pause of the server counts for every lead that it delayed. Closed loop: so many sources,
// each of which posts its next lead when it has its answer.

import { writeFileSync } from 'node:fs';
import { Agent } from 'undici';
import { makeLead } from '../src/demo/lead-maker.ts';
import type { Pace } from './options.ts';

export interface LoadOrder {
  readonly url: string;
  readonly sourceKey: string;
  readonly campaign: string;
  readonly seed: number;
  /** The first lead's number in the seed: each run of one database posts other people. */
  readonly firstLead: number;
  readonly pace: Pace;
  readonly warmupMs: number;
  readonly measureMs: number;
  /** Receives a `LoadResult`. */
  readonly resultFile: string;
}

/** One lead as its source saw it. */
export interface Sent {
  /** When it was meant to leave, in milliseconds since 1970. */
  readonly atMs: number;
  /** From that moment to the last byte of the answer. */
  readonly ms: number;
  /** 0 when there was no answer. */
  readonly http: number;
  readonly leadId: string | null;
  readonly status: string;
}

export interface LoadResult {
  /** The measured time; leads that left before it were for warming up. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly sent: readonly Sent[];
}

/** What the process tells its parent: the measured time begins, it ends, all answers are there. */
export type LoadNews = 'measuring' | 'measured' | 'finished';

const ANSWER_TIMEOUT_MS = 30_000;

async function run(order: LoadOrder): Promise<void> {
  const agent = new Agent({ connections: 1_000, headersTimeout: ANSWER_TIMEOUT_MS });
  const begunAt = performance.now();
  const endAt = begunAt + order.warmupMs + order.measureMs;
  const tellAt = async (news: LoadNews, atMs: number) => {
    await new Promise((done) => setTimeout(done, atMs - performance.now()));
    tell(news);
  };
  void tellAt('measuring', begunAt + order.warmupMs);
  const measured = tellAt('measured', endAt);

  const sent: Sent[] = [];
  const post = async (index: number, atMs: number) => {
    sent.push(await postLead(agent, { ...order, index, atMs }));
  };
  if (order.pace.kind === 'open') await openLoop(order.pace.rate, { begunAt, endAt, post });
  else await closedLoop(order.pace.concurrency, { endAt, post });
  await measured;

  const epochMs = performance.timeOrigin;
  const result: LoadResult = {
    fromMs: epochMs + begunAt + order.warmupMs,
    toMs: epochMs + endAt,
    sent,
  };
  writeFileSync(order.resultFile, JSON.stringify(result));
  await agent.close();
  tell('finished');
  process.disconnect();
}

interface Loop {
  readonly endAt: number;
  /** Posts lead number `index`, which was meant to leave `atMs` after the process began. */
  readonly post: (index: number, atMs: number) => Promise<void>;
}

async function openLoop(rate: number, loop: Loop & { begunAt: number }): Promise<void> {
  const { begunAt, endAt, post } = loop;
  const posts: Promise<void>[] = [];
  for (let index = 0; ; index += 1) {
    const dueAt = begunAt + (index * 1_000) / rate;
    if (dueAt >= endAt) break;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs));
    posts.push(post(index, dueAt));
  }
  await Promise.all(posts);
}

async function closedLoop(concurrency: number, { endAt, post }: Loop): Promise<void> {
  let next = 0;
  const source = async () => {
    while (performance.now() < endAt) await post(next++, performance.now());
  };
  await Promise.all(Array.from({ length: concurrency }, source));
}

async function postLead(
  agent: Agent,
  lead: LoadOrder & { readonly index: number; readonly atMs: number },
): Promise<Sent> {
  const { url, sourceKey, campaign, seed, firstLead, index, atMs } = lead;
  const done = (http: number, leadId: string | null, status: string): Sent => ({
    atMs: performance.timeOrigin + atMs,
    ms: performance.now() - atMs,
    ...{ http, leadId, status },
  });
  try {
    const { statusCode, body } = await agent.request({
      origin: url,
      path: '/v1/leads',
      method: 'POST',
      headers: { authorization: `Bearer ${sourceKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(makeLead(campaign, seed, firstLead + index)),
    });
    const answer = (await body.json()) as { id?: string; status?: string | number };
    return done(statusCode, answer.id ?? null, String(answer.status));
  } catch (error) {
    // No answer is a result too: it counts as an error of the run.
    return done(0, null, error instanceof Error ? error.message : 'no answer');
  }
}

function tell(news: LoadNews): void {
  process.send?.(news);
}

// The order comes first; when the parent is gone, nobody wants the rest.
process.once('message', (order: LoadOrder) => void run(order));
process.once('disconnect', () => process.exit());
