// The scenario of buyers' answers: every reply of the fixture, parsed and read by the rules of its
// platform, as a ping and as a post. No servers are started.

import { readFileSync } from 'node:fs';

import { readAnswer } from '../src/delivery/answers/read.ts';
import type { Platform } from '../src/delivery/presets/buyers/platform.ts';
import { PLATFORMS } from '../src/delivery/presets/buyers/platforms.ts';
import { round } from './figures.ts';

interface Case {
  readonly platform?: string;
  readonly http: { readonly status: number; readonly content_type: string; readonly body: string };
}

export type AnswersReport = ReturnType<typeof measureAnswers>;

const WARM_UP_ROUNDS = 100;
const ROUNDS = 500;

/** Milliseconds for one answer. The fixture stands two folders above dist/bench. */
export function measureAnswers() {
  const file = new URL('../../test/fixtures/response-parsing-cases.json', import.meta.url);
  const cases = JSON.parse(readFileSync(file, 'utf8')) as Record<
    'rule_cases' | 'platform_cases',
    readonly Case[]
  >;
  const platforms: Readonly<Record<string, Platform>> = PLATFORMS;
  const asked = [...cases.rule_cases, ...cases.platform_cases].map(({ platform = '', http }) => ({
    reply: { ...http, headers: { 'content-type': http.content_type } },
    // Where there is no preset, the one that looks for most.
    preset: (platforms[platform] ?? PLATFORMS.boberdoo).answers,
  }));
  const ms: number[] = [];
  const cpuMs: number[] = [];
  let accepted = 0;
  for (let n = -WARM_UP_ROUNDS; n < ROUNDS; n += 1) {
    for (const { reply, preset } of asked) {
      for (const phase of ['ping', 'post'] as const) {
        const cpuFrom = process.cpuUsage();
        const from = performance.now();
        const read = readAnswer(reply, preset[phase] ?? preset.post, phase);
        const took = performance.now() - from;
        const { user, system } = process.cpuUsage(cpuFrom);
        if (n < 0) continue;
        ms.push(took);
        cpuMs.push((user + system) / 1_000);
        if (read.verdict === 'accepted') accepted += 1;
      }
    }
  }
  const wall = sharesOf(ms);
  const cpu = sharesOf(cpuMs);
  return {
    scenario: 'answers' as const,
    ...{ p50Ms: wall(0.5), p99Ms: wall(0.99), maxMs: wall(1) },
    // On a machine that others use, the time above is also theirs.
    ...{ cpuP50Ms: cpu(0.5), cpuP99Ms: cpu(0.99) },
    ...{ answers: ms.length, bodies: asked.length, acceptedShare: round(accepted / ms.length, 3) },
  };
}

/** To a thousandth: most answers take less than the tenth that other scenarios print. */
function sharesOf(ms: readonly number[]): (share: number) => number {
  const sorted = ms.toSorted((a, b) => a - b);
  return (share) => round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0, 3);
}
