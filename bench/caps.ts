// stub
import type { BenchOptions } from './options.ts';
import type { Workbench } from './stand/workbench.ts';
export type CapsReport = Awaited<ReturnType<typeof measureCaps>>;
export async function measureCaps(_bench: Workbench, _options: BenchOptions) {
  return {
    scenario: 'caps' as const,
    audit: 'void' as 'void' | 'passed',
    settings: {},
    machine: {},
  };
}
