// Goal: whatever comes to a door is answered in the words of its format, and the process goes on.
// Method: requests in each format's words and in nobody's, over real HTTP, with what opens the door
// or without it.

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { budget, limitMs } from '../../support/fuzz/budget.ts';
import { shoot } from '../../support/fuzz/sending.ts';
import type { Stand } from '../api-stand.ts';
import { judgeDoor } from './door-answers.ts';
import { doorShots, PLACES } from './door-requests.ts';
import { expectUnharmed, startFuzzStand } from './fuzz-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startFuzzStand();
});
beforeEach(() => {
  stand.leads.length = 0;
  stand.logLines.length = 0;
});
afterAll(() => stand.close());

const cases = PLACES.map((place) => [`${place.format} at ${place.path}`, place] as const);

test.for(cases)('%s answers in its words', { timeout: limitMs }, async ([, place]) => {
  const answered = fc.asyncProperty(doorShots(place), async (shot) => {
    const hit = await shoot(stand.url, shot);
    expect(judgeDoor(place, shot.method, hit), hit.text.slice(0, 500)).toBeUndefined();
  });
  await fc.assert(answered, budget(40));
  await expectUnharmed(stand);
});
