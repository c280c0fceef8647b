// Goal: docs/guides/csv-upload.md shows what really happens. Method: its file and its commands
// against the application with the demo world, where every lead without a problem is sold.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { DEMO_SOURCE_KEY } from '../../src/cli/demo-lead.ts';
import { cents } from '../../src/domain/money.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { readWorldText } from '../../src/world/read.ts';
import { type Stand, startStand } from './api-stand.ts';
import { runImport, write } from './leads-import.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/guides/csv-upload.md');

/** The lines that a command of the page prints. */
function shown(options: string): string {
  const command = `$ npx sluice leads import leads.csv --campaign auto_insurance${options}\n`;
  const at = page.indexOf(command);
  expect(at, command).toBeGreaterThan(0);
  return page.slice(at + command.length, page.indexOf('\n```', at));
}

const block = (begins: string) =>
  new RegExp(`^\`\`\`csv\n(${begins}[^]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';

let stand: Stand;
beforeAll(async () => {
  const text = readWorldText(read('examples/worlds/demo.yaml'), 'demo.yaml');
  const parsed = parseWorld(text.ok ? text.document : undefined);
  if (!parsed.ok) throw new Error('the demo world is none');
  stand = await startStand({
    currentWorld: () => ({ version: 1, world: parsed.world }),
    distribute: async (leadId) => {
      const problems = stand.leads.find(({ id }) => id === leadId)?.draft.problems ?? [];
      const [first] = problems;
      return first
        ? { kind: 'rejected', reason: first.reason, problems }
        : { kind: 'sold', payoutCents: cents(1328), sales: [] };
    },
  });
});
afterAll(() => stand.close());

const MAPPED = " --map 'Phone Number=phone' --map 'Zip Code=zip'";
const map = ['Phone Number=phone', 'Zip Code=zip'];

/** What the command prints for the file of the page, as if it lay beside the reader. */
async function runPage(options: Parameters<typeof runImport>[2] & object) {
  const file = write(block('First Name'));
  const ran = await runImport(file, stand.url, {
    options: { concurrency: 1, ...options.options },
    from: { sourceKey: DEMO_SOURCE_KEY },
  });
  const text = ran.text.replaceAll(file, 'leads.csv').replace(/in \d+\.\d s/, 'in 0.1 s');
  return { ...ran, text };
}

test('the preview is that of the page, and posts nothing', async () => {
  const { text } = await runPage({ options: { map, preview: true } });
  expect(text).toBe(shown(`${MAPPED} --preview`));
  expect(stand.leads).toEqual([]);
});

test('a column that is not told stops the import with the words of the page', async () => {
  const said = await runPage({ options: {} }).catch((error: Error & { hint: string }) => error);
  expect(said).toBeInstanceOf(Error);
  const { message, hint } = said as Error & { hint: string };
  expect(`sluice: ${message}\n  ${hint}`).toBe(shown(''));
});

test('the summary and the result file are those of the page', async () => {
  const { text, resultFile } = await runPage({ options: { map } });
  expect(text).toBe(shown(MAPPED));
  const sameIds = (lines: string) =>
    lines.replace(/lead_\w{26}/g, 'lead_').replace(/[0-9a-f]{12}$/gm, 'import');
  expect(sameIds(readFileSync(resultFile, 'utf8'))).toBe(sameIds(block('row,')));
});
