// Whoever applies a world hears which of its limits are passed already, by PostgreSQL's count; dry
// or not, over the API's way and the command's.

import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { applyFile, describeApplied } from '../../src/cli/apply.ts';
import { recordDeposit } from '../../src/db/deposits.ts';
import { balanceKeyOf } from '../../src/domain/caps/keys.ts';
import { openWorlds, type Worlds } from '../../src/serving/worlds.ts';
import { findEntry, withEntry } from '../../src/world/edit.ts';
import { readWorldText } from '../../src/world/read.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { sending, storeLead } from '../support/lead-rows.ts';

const text = readFileSync(new URL('../../examples/worlds/demo.yaml', import.meta.url), 'utf8');
const demo = readWorldText(text, 'demo.yaml');
const APEX = { section: 'contracts', id: 'apex_auto' } as const;
const PAYER = { section: 'buyers', id: 'apex' } as const;
const TOTAL = 'contract/apex_auto/total/leads';

let db: TestDatabase;
let worlds: Worlds;
beforeAll(async () => {
  db = await createDatabase();
  worlds = await openWorlds({ pool: db.pool, onError: (error) => void error });
  await apply(() => (demo.ok ? demo.document : undefined));
  await change(APEX, { caps: [{ per: 'total', leads: 10 }] });
  await change(PAYER, { balance: { credit_cents: 9_000 } });
  const capWindows = [
    { key: TOTAL, amount: 1, limit: 10, endsAtMs: null },
    { key: balanceKeyOf('apex'), amount: 1480, limit: 0, endsAtMs: null },
  ];
  for (let sent = 0; sent < 3; sent += 1) {
    await sending(db.pool, await storeLead(db.pool), { capWindows });
  }
  await recordDeposit(db.pool, { id: 'a', buyerId: 'apex', cents: 4_000, note: null, by: 'ada' });
});
afterAll(async () => {
  worlds.close();
  await db.close();
});

const apply = (make: (document: unknown) => unknown, mode: 'apply' | 'dry_run' = 'apply') =>
  worlds.apply({ by: 'ada', mode, make: ({ document }) => make(document) });

function change(place: typeof APEX | typeof PAYER, more: object, mode?: 'dry_run') {
  const put = (document: unknown) =>
    withEntry(document, place, { ...(findEntry(document, place) as object), ...more });
  return apply(put, mode);
}

const WARNING = {
  path: 'contracts.apex_auto.caps[0].leads',
  says: '2 is below the 3 sold or under way so far; nothing more is sold with it',
  fix: 'set more than 3 to go on selling at once',
};
const capOf = (leads: number) => ({ caps: [{ per: 'total', leads }] });

test('a limit lowered below its use is told, dry and applied, and the change is made', async () => {
  const dry = await change(APEX, capOf(2), 'dry_run');
  expect(dry).toMatchObject({ kind: 'dry_run', warnings: [WARNING] });
  const applied = await change(APEX, capOf(2));
  expect(applied).toMatchObject({ kind: 'applied', warnings: [WARNING] });
  // In force: whoever changes something else is not told again.
  const next = await change(APEX, { ...capOf(2), priority: 7 });
  expect(next).toMatchObject({ kind: 'applied', warnings: [] });
  expect(await change(APEX, capOf(3))).toMatchObject({ kind: 'applied', warnings: [] });
});

test('a credit lowered below what is owed is told', async () => {
  const dry = await change(PAYER, { balance: { credit_cents: 100 } }, 'dry_run');
  const [warning] = dry.kind === 'dry_run' ? dry.warnings : [];
  expect(warning).toMatchObject({
    path: 'buyers.apex.balance.credit_cents',
    says: expect.stringMatching(/^\$1\.00 is below the \$4\.40 that it owes \(\$44\.40 .*\$40\.00/),
  });
});

test('where nothing is lowered, nothing is counted', async () => {
  const asked = vi.spyOn(db.pool, 'query');
  const names = () => asked.mock.calls.map(([query]) => JSON.stringify(query)).join('\n');
  await change(APEX, { ...capOf(9), priority: 8 });
  expect(names()).not.toContain('cap_counts.read');
  await change(APEX, { ...capOf(8), priority: 8 });
  expect(names()).toContain('cap_counts.read');
  asked.mockRestore();
});

test('`sluice apply` prints it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lowered-'));
  const file = join(folder, 'world.json');
  const { document } = (
    await db.pool.query<{ document: object }>(
      'select document from worlds order by version desc limit 1',
    )
  ).rows[0] ?? { document: {} };
  const entry = { ...(findEntry(document, APEX) as object), ...capOf(2) };
  writeFileSync(file, JSON.stringify(withEntry(document, APEX, entry)));
  const applied = await applyFile(file, { databaseUrl: db.url, by: 'cli', dryRun: true });
  expect(describeApplied(applied).split('\n').at(-1)).toBe(
    `warning  ${WARNING.path}: ${WARNING.says}; ${WARNING.fix}`,
  );
});
