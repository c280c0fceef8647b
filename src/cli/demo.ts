// `sluice demo`: posts a stream of invented leads at a given rate and shows what becomes of them.

import { Agent } from 'undici';
import { makeLead } from '../demo/lead-maker.ts';
import { dollars } from '../domain/money.ts';

export interface DemoOptions {
  readonly url: string;
  readonly sourceKey: string;
  readonly campaign: string;
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
  /** Redraws in place on a terminal; else one line at the end. */
  readonly live: boolean;
  readonly write: (text: string) => void;
}

interface Tally {
  sent: number;
  payoutCents: number;
  readonly byStatus: Map<string, number>;
  readonly ms: number[];
}

const REDRAW_MS = 500;

/** Posts `rate` leads a second, open loop, and returns the table of outcomes. */
export async function runDemo(options: DemoOptions): Promise<string> {
  const { rate, seconds, live, write } = options;
  const tally: Tally = { sent: 0, payoutCents: 0, byStatus: new Map(), ms: [] };
  const agent = new Agent({ connections: 200 });
  const begunAt = performance.now();
  const total = Math.round(rate * seconds);
  let drawn = 0;
  const redraw = () => {
    if (!live) return;
    const table = renderTally(tally, total);
    write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[J` : ''}${table}\n`);
    drawn = table.split('\n').length;
  };
  const timer = setInterval(redraw, REDRAW_MS);
  const posts: Promise<void>[] = [];
  for (let index = 0; index < total; index += 1) {
    const dueInMs = (index * 1000) / rate - (performance.now() - begunAt);
    if (dueInMs > 0) await new Promise((done) => setTimeout(done, dueInMs));
    posts.push(postOne(agent, options, { index, tally }));
  }
  await Promise.all(posts);
  clearInterval(timer);
  redraw();
  await agent.close();
  return renderTally(tally, total);
}

async function postOne(
  agent: Agent,
  { url, sourceKey, campaign, seed }: DemoOptions,
  { index, tally }: { index: number; tally: Tally },
): Promise<void> {
  const begunAt = performance.now();
  tally.sent += 1;
  try {
    const reply = await agent.request({
      origin: url,
      path: '/v1/leads',
      method: 'POST',
      headers: { authorization: `Bearer ${sourceKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(makeLead(campaign, seed, index)),
    });
    const answer = (await reply.body.json()) as {
      status?: string | number;
      reason?: string;
      payout_cents?: number;
    };
    const status = typeof answer.status === 'string' ? answer.status : `HTTP ${reply.statusCode}`;
    count(tally, answer.reason ? `${status}: ${answer.reason}` : status);
    tally.payoutCents += answer.payout_cents ?? 0;
  } catch (cause) {
    count(tally, `no answer: ${cause instanceof Error ? cause.message : 'unknown'}`);
  }
  tally.ms.push(performance.now() - begunAt);
}

function count({ byStatus }: Tally, status: string): void {
  byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
}

function renderTally({ sent, byStatus, ms, payoutCents }: Tally, total: number): string {
  const rows = [...byStatus].sort(([, a], [, b]) => b - a);
  const width = Math.max(12, ...rows.map(([status]) => status.length));
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return [
    `${'posted'.padEnd(width)} ${String(sent).padStart(6)} of ${total}`,
    ...rows.map(([status, n]) => `${status.padEnd(width)} ${String(n).padStart(6)}`),
    `${'earned'.padEnd(width)} ${dollars(payoutCents).padStart(6)}`,
    `answer time p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`,
  ].join('\n');
}
