// Goal: whatever is sent to a route, the answer is one that the OpenAPI document declares, in the
// shape it declares, and the process goes on. Method: requests made from the document itself, such
// as fit it and such as break it, over real HTTP with everything behind in memory.

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { createRoutes } from '../../../src/api/app.ts';
import type { ApiDeps } from '../../../src/api/deps.ts';
import { budget, limitMs } from '../../support/fuzz/budget.ts';
import { createJudge, type Judge, readDocument } from '../../support/fuzz/document.ts';
import type { ApiDocument } from '../../support/fuzz/document.ts';
import { brokenShots, fittingShots } from '../../support/fuzz/requests.ts';
import { shoot } from '../../support/fuzz/sending.ts';
import type { Stand } from '../api-stand.ts';
import { expectUnharmed, KNOWN, startFuzzStand } from './fuzz-stand.ts';

let stand: Stand;
let document: ApiDocument;
let judge: Judge;
beforeAll(async () => {
  stand = await startFuzzStand();
  document = await readDocument(stand.url);
  judge = createJudge(document);
});
beforeEach(() => void (stand.logLines.length = 0));
afterAll(() => stand.close());

const addresses = createRoutes({} as ApiDeps)
  .filter(({ path }) => !/^\/($|docs)/.test(path))
  .map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);

const kinds = { fit: fittingShots, break: brokenShots };
const cases = addresses.flatMap((address) => [
  [address, 'fit'] as const,
  [address, 'break'] as const,
]);

test.for(cases)(
  '%s answers requests that %s its schema as it declares',
  { timeout: limitMs },
  async ([address, kind]) => {
    const operation = document.operations.find(
      ({ method, path }) => `${method} ${path}` === address,
    );
    if (!operation) throw new Error(`the document has no ${address}`);
    const shots = kinds[kind](operation, { document, known: KNOWN });
    const answered = fc.asyncProperty(shots, async (shot) => {
      const hit = await shoot(stand.url, shot);
      // What stands elsewhere is judged by its own operation.
      if (isElsewhere(hit.text)) return;
      expect(judge(operation, hit), hit.text.slice(0, 2_000)).toBeUndefined();
    });
    await fc.assert(answered, budget(kind === 'fit' ? 15 : 30));
    await expectUnharmed(stand);
  },
);

/** A part of a path was empty or held a slash, so that it led to another address or to none. */
function isElsewhere(text: string): boolean {
  return /"code":"(no_such_route|method_not_allowed)"/.test(text);
}
