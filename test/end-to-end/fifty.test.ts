// The example world of fifty contracts, with its buyers: leads are sold, and then everybody who
// counts must have the same number, every explanation must say what the lead's trace says, and in
// the same world all must come to the same again.

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { CapLine, CapsPage } from '../../src/api/wire/caps.ts';
import type { Explanation } from '../../src/api/wire/explain.ts';
import { DEMO_SOURCE_KEY } from '../../src/cli/demo-lead.ts';
import { parseBuyersConfig } from '../../src/demo/buyer-config.ts';
import { makeLead } from '../../src/demo/lead-maker.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { readWorldText } from '../../src/world/read.ts';
import { request } from '../support/campaign.ts';
import { explainedStages, storedStages } from '../support/explained.ts';
import { askWhatIf } from '../support/what-if.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest();

const LEADS = 500;
const AT_ONCE = 10;
const EXAMPLES = new URL('../../examples/worlds/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, EXAMPLES), 'utf8');

/** A zone in which it is about one in the afternoon: at night most of the buyers are closed. */
function middayZone(): string {
  const ahead = 13 - new Date().getUTCHours();
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

interface WorldDocument {
  readonly contracts: Readonly<Record<string, object>>;
}

/**
 * Puts the example world in force, with its buyers at the test's own address; resolves with its
 * document.
 */
async function openFifty(world: World): Promise<WorldDocument> {
  const { buyers } = parseBuyersConfig(JSON.parse(textOf('fifty-buyers.json')));
  for (const [id, behaviour] of Object.entries(buyers)) await world.buyers.add(id, behaviour);
  const here = textOf('fifty.yaml')
    .replaceAll('127.0.0.1:3100', world.buyers.address)
    .replaceAll(/\bAmerica\/\w+/g, middayZone());
  const read = readWorldText(here, 'fifty.yaml');
  if (!read.ok) throw new Error('fifty.yaml cannot be read');
  const answer = await world.operator('PUT', '/v1/world', read.document);
  expect(answer.http, answer.text).toBe(200);
  return read.document as WorldDocument;
}

/** Sells the leads, some at once; resolves with their ids. */
async function sellLeads(world: World): Promise<LeadId[]> {
  const ids: LeadId[] = [];
  let next = 0;
  const source = async () => {
    while (next < LEADS) {
      const body = makeLead(next % 4 === 0 ? 'home_services' : 'auto_insurance', 11, next);
      next += 1;
      const url = `${world.processes[0]?.url}/v1/leads`;
      const told = await request({ url, method: 'POST', key: DEMO_SOURCE_KEY, body });
      expect(told.http, told.text).toBeLessThan(300);
      ids.push(told.leadId);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, source));
  return ids;
}

/** Every line of the caps table. */
async function readCaps(world: World): Promise<CapLine[]> {
  const lines: CapLine[] = [];
  let cursor: string | null = null;
  do {
    const from = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await world.operator('GET', `/v1/caps?limit=200${from}`);
    const page = answer.body as unknown as CapsPage;
    lines.push(...page.caps);
    cursor = page.next;
  } while (cursor !== null);
  return lines;
}

/** Leads of a contract that take room in its caps: accepted by the journal, or in doubt. */
async function listTaken(world: World, contract: string): Promise<Set<string>> {
  const doubts = await world.rows<{ lead_id: string }>(
    `select lead_id from attempts where contract_id = $1 and state = 'in_doubt'`,
    [contract],
  );
  const posts = world.buyers
    .lines()
    .filter((line) => line.kind === 'post' && line.contract === contract)
    .filter(({ decision }) => decision === 'accepted');
  return new Set([...posts.map(({ leadId }) => leadId), ...doubts.map((row) => row.lead_id)]);
}

/** The caps of contracts that count every lead, over windows that do not end during the test. */
const PLAIN_CAP = /^contract\/([^/]+)\/(?:(?:day|week|month)\/[^=]*\/|total\/)leads$/;

test(
  'every cap is exact to the lead, and every lead is explained as its trace has it',
  {
    timeout: 600_000,
  },
  async ({ world }) => {
    const document = await openFifty(world);
    const leads = await sellLeads(world);
    expect(world.logTails()).not.toContain('Warning');
    expect(new Set(leads).size).toBe(LEADS);

    const atRest = async () => {
      const found = await readCaps(world);
      return found.every(({ agrees }) => agrees === true) && found;
    };
    const caps = await until('entities and attempts count the same', atRest, 180_000);
    const used = caps.filter(({ used }) => (used ?? 0) > 0);
    // On holidays and at weekends some contracts are closed.
    expect(used.length, 'caps in use').toBeGreaterThan(15);
    expect(caps.filter((cap) => cap.limit !== null && (cap.used ?? 0) > cap.limit)).toEqual([]);
    const full = caps.filter(({ left }) => left === 0);
    expect(full.length, 'caps that are full').toBeGreaterThan(0);
    let compared = 0;
    for (const { key, used } of caps) {
      const [, contract] = PLAIN_CAP.exec(key) ?? [];
      if (contract === undefined || !('post' in (document.contracts[contract] ?? {}))) continue;
      expect((await listTaken(world, contract)).size, key).toBe(used);
      compared += 1;
    }
    expect(compared, 'caps held against the journal').toBeGreaterThan(5);

    const reasons = new Set<unknown>();
    for (const id of leads) {
      const answer = await world.operator('POST', '/v1/explain', { lead: id });
      const explained = explainedStages(answer.body as unknown as Explanation);
      const stored = storedStages(await world.trace(id));
      expect(explained, id).toEqual(stored);
      for (const [, reason] of explained.flatMap(({ refused }) => refused)) reasons.add(reason);
    }

    const same = await askWhatIf(world, document);
    expect(same.leads, 'the same world comes to the same').toEqual([]);
    expect(same.result.leads).toMatchObject({ received: LEADS, assumed: 0 });
    expect(same.result.after).toEqual(same.result.before);
    const [sums] = await world.rows<{ sales: number; revenue_cents: number; payout_cents: number }>(
      `select count(*)::int as sales, sum(price_cents)::int as revenue_cents,
       sum(payout_cents)::int as payout_cents from sales`,
    );
    expect(same.result.before).toMatchObject(sums ?? {});

    const [best] = await world.rows<{ contract: string; leads: LeadId[] }>(
      `select contract_id as contract, array_agg(lead_id order by lead_id) as leads from sales
     group by 1 order by count(*) desc, 1 limit 1`,
    );
    if (!best) throw new Error('nothing was sold');
    const paused = { ...document.contracts[best.contract], paused: true };
    const contracts = { ...document.contracts, [best.contract]: paused };
    const without = await askWhatIf(world, { ...document, contracts });
    const lost = without.leads.filter(({ why }) =>
      why.some((each) => each.contract === best.contract && each.change === 'lost'),
    );
    expect(lost.map(({ lead }) => lead).sort()).toEqual(best.leads);
    const sold = without.leads.flatMap(({ after }) => after.sales);
    expect(sold.filter(({ contract }) => contract === best.contract)).toEqual([]);
    process.stdout.write(`${LEADS} leads, ${caps.length} caps, ${full.length} of them full; `);
    process.stdout.write(
      `${compared} held against the journal; reasons: ${[...reasons].join(' ')}\n`,
    );
  },
);
