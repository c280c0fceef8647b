// The application with a door of every format, for requests that nobody would send in good faith.

import { expect } from 'vitest';

import type { Source, World } from '../../../src/domain/world/world.ts';
import { CANARY } from '../../support/fuzz/nasty.ts';
import { call, lead, type Stand, startStand } from '../api-stand.ts';
import { rivalWorld } from '../doors/rivals/rival-stand.ts';
import { keys, world } from '../intake-world.ts';

const doorsOf = ({ sources }: World) => sources['acme']?.doors ?? {};
const { acme } = world.sources;
const everyDoor = { ...doorsOf(world), ...doorsOf(rivalWorld) };
export const fuzzWorld: World = {
  ...world,
  sources: { ...world.sources, acme: { ...(acme as Source), doors: everyDoor } },
};

export const startFuzzStand = (): Promise<Stand> =>
  startStand({ currentWorld: () => ({ version: 7, world: fuzzWorld }) });

/** Keys by what the document calls them. */
export const KNOWN = {
  keys: { sourceKey: keys.acme, operatorKey: keys.operator },
  names: [
    ...['lead_01JD8XK7M2Q3R4S5T6V7W8X9Y0', 'acme', 'apex', 'bolt', 'auto_insurance', 'auto', 'ada'],
    ...['7', '6', '0', 'list', 'x'],
  ],
};

/** The process lives: it takes a good lead; and nothing of what was sent stands in its log. */
export async function expectUnharmed(stand: Stand): Promise<void> {
  const answer = await call(stand, 'POST /v1/leads', { by: 'acme', body: lead });
  expect(answer.status, answer.text).toBe(200);
  const said = stand.logLines.join('\n');
  expect(said).not.toContain(CANARY);
  for (const key of Object.values(keys)) expect(said).not.toContain(key);
  stand.leads.length = 0;
  stand.logLines.length = 0;
}
