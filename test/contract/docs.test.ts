// Keeps the pages true: their links, the lists that are taken from the code, and the two programs
// that readers copy. `reasons.md` is printed here: after a change of the reasons run
// `npx vitest run --project contract test/contract/docs.test.ts -u`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PROBLEMS } from '../../src/api/problems.ts';
import { buildOpenApi } from '../../src/api/wire/openapi.ts';
import type { OutgoingRequest } from '../../src/delivery/adapter.ts';
import { jsonAdapter } from '../../src/delivery/json.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { cents } from '../../src/domain/money.ts';
import {
  DOUBTS,
  FALLBACKS,
  INELIGIBLE,
  NO_BIDS,
  PRICES,
  REFUSALS,
  REJECTIONS,
  TRANSIENT,
  UNANSWERED,
  UNSOLD,
  type Reason,
} from '../../src/domain/reasons.ts';
import type { JsonStep } from '../../src/domain/world/contract.ts';
import { findFreePort } from '../../src/stack/ports.ts';
import { worldJsonSchema } from '../../src/world/json-schema.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { readWorldText } from '../../src/world/read.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];

/** The first fenced block of a language on a page. */
function blockOf(path: string, language: string): string {
  const [, block] = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(read(path)) ?? [];
  if (block === undefined) throw new Error(`${path} has no ${language}`);
  return block;
}

/** What a text does not name as a whole word between backticks, pipes, dots and the like. */
function missingFrom(path: string, names: Iterable<string>): string[] {
  const text = read(path);
  return [...new Set(names)].filter((name) => !new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text));
}

describe('links', () => {
  // What stands in a code block is no link and no heading.
  const prose = (path: string) => read(path).replace(/^```[^]*?^```$/gm, '');
  const slugs = (path: string) =>
    [...prose(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );

  function faultOf(page: string, link: string): string | undefined {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : relative(root, resolve(root, dirname(page), path));
    if (!existsSync(join(root, target))) return `${link}: no such file`;
    if (anchor === undefined || slugs(target).includes(anchor)) return undefined;
    return `${link}: no such heading`;
  }

  test.for(pages)('of %s lead somewhere', (page) => {
    const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(local.flatMap((link) => faultOf(page, link) ?? [])).toEqual([]);
  });

  test('go red at a file or a heading that is not there', () => {
    expect(faultOf('docs/architecture.md', 'adr/9999-none.md')).toBe(
      'adr/9999-none.md: no such file',
    );
    expect(faultOf('README.md', 'docs/glossary.md#none')).toMatch('no such heading');
    expect(faultOf('README.md', 'docs/glossary.md#who-and-what')).toBeUndefined();
  });

  test('to every record stand in the table of decisions', () => {
    const records = readdirSync(join(root, 'docs/adr')).filter((name) => /^\d/.test(name));
    expect(records.length).toBeGreaterThan(5);
    expect(missingFrom('docs/adr/README.md', records)).toEqual([]);
  });
});

describe('lists', () => {
  test.for(['README.md', 'docs/reference/configuration.md'])('%s has every variable', (page) => {
    const names = [...read('src/config.ts').matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)];
    expect(names.length).toBeGreaterThan(15);
    const variables = names.map(([, name = '']) => name);
    expect(missingFrom(page, variables)).toEqual([]);
  });

  test.for(['README.md', 'docs/reference/commands.md'])('%s has every command', (page) => {
    const names = [...read('src/cli.ts').matchAll(/\.command\('(\w+)/g)].map(
      ([, name]) => `sluice ${name}`,
    );
    expect(names.length).toBeGreaterThan(8);
    expect(missingFrom(page, names)).toEqual([]);
  });

  test('the API page has every operation and every problem', () => {
    const operations = Object.entries(buildOpenApi('0').paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `| \`${method.toUpperCase()} ${path}\` |`),
    );
    const problems = Object.entries(PROBLEMS).map(
      ([code, [status]]) => `| \`${code}\` | ${status}`,
    );
    const text = read('docs/reference/api.md');
    expect([...operations, ...problems].filter((line) => !text.includes(line))).toEqual([]);
  });

  test('the world page has every setting', () => {
    const names: string[] = [];
    const collect = (part: unknown): void => {
      if (typeof part !== 'object' || part === null) return;
      if ('properties' in part) names.push(...Object.keys(part.properties ?? {}));
      Object.values(part).forEach(collect);
    };
    collect(worldJsonSchema());
    expect(names.length).toBeGreaterThan(60);
    const targets = pages.filter((page) => page.startsWith('docs/guides/target-'));
    const reference = ['world', 'requests', 'answers'].map((page) => `docs/reference/${page}.md`);
    const told = [...reference, 'docs/guides/buyer-presets.md', ...targets];
    const missing = names.filter((name) => told.every((page) => missingFrom(page, [name])[0]));
    expect([...new Set(missing)]).toEqual([]);
  });

  test('the metrics page has every metric', () => {
    const code = read('src/serving/metrics.ts') + read('src/serving/serve.ts');
    const names = code.match(/\bsluice_\w+/g) ?? [];
    expect(names.length).toBeGreaterThan(5);
    expect(missingFrom('docs/operating/metrics.md', names)).toEqual([]);
  });

  test('the reasons page is what the code says', async () => {
    await expect(reasonsPage()).toMatchFileSnapshot('../../docs/reference/reasons.md');
  });

  test('a list goes red at a name that is not there', () => {
    expect(missingFrom('docs/reference/configuration.md', ['SLUICE_PORT', 'SLUICE_POR'])).toEqual([
      'SLUICE_POR',
    ]);
  });
});

const REASONS: readonly [title: string, told: string, list: Readonly<Record<string, string>>][] = [
  ['Refused leads', 'Told to the source: `rejected`, or `duplicate`.', REFUSALS],
  ['Contracts that were not offered the lead', 'Told to operators, per contract.', INELIGIBLE],
  ['Pings without a bid', 'Told to operators; some also stand at offers not sent.', NO_BIDS],
  ['Rejections', 'Told to operators, with the words of the buyer.', REJECTIONS],
  ['Doubts', 'Told to operators; the source reads `pending`.', DOUBTS],
  [
    'Prices that a buyer names',
    'Told to operators: what became of a price that is not the one that stands.',
    PRICES,
  ],
  ['Unsold leads', 'Told to the source.', UNSOLD],
  ['Scores without a grade', 'Told to operators; never a reason against a lead.', FALLBACKS],
  ['Lookups without an answer', 'Told to operators; the policy says what follows.', UNANSWERED],
];

function reasonsPage(): string {
  const sections = REASONS.map(([title, told, list]) => {
    const rows = Object.entries(list).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`);
    return [`## ${title}`, '', told, '', '| code | sentence |', '|---|---|', ...rows].join('\n');
  });
  const transient = [...TRANSIENT].map((code: Reason) => `\`${code}\``).join(', ');
  return `# Reasons

Every refusal, no-bid, rejection and doubt carries one code of this list. Codes are public and never
renamed; the sentence is for people. Beside it a trace has a detail: the fact and the limit that
decided, or the buyer's own words. This page is printed from \`src/domain/reasons.ts\` by a test.

These pass by themselves: ${transient}.

${sections.join('\n\n')}
`;
}

test.for(pages)('%s speaks of the product, not of how it was made', (page) => {
  expect(read(page).match(/\bissues?\b|\bshared\/|\/work\/|\bTODO\b|\bFIXME\b/gi)).toBeNull();
});

describe('what readers copy', () => {
  test('the world of the guide is one, without warnings', () => {
    const text = readWorldText(blockOf('docs/guides/your-own-world.md', 'yaml'), 'world.yaml');
    expect(text).toMatchObject({ ok: true });
    const parsed = parseWorld(text.ok ? text.document : undefined);
    expect(parsed).toMatchObject({ ok: true, warnings: [] });
  });

  test('the buyer of the guide bids, takes a lead once, and knows the person again', async () => {
    const buyer = await startBuyer('secret');
    const step = (path: string): JsonStep => ({
      ...{ adapter: 'json', url: `${buyer}${path}`, secretRef: null, fields: null },
      timeoutMs: 1000,
    });
    const texan = parcel({ zip: '78704', state: 'TX', phone: '+15125550142', homeowner: true });
    const ping = async (lead: typeof texan) =>
      jsonAdapter.parsePing(await send(jsonAdapter.buildPing(lead, step('/ping')), 'secret'));
    const post = async (lead: typeof texan, token = 'secret') => {
      const request = jsonAdapter.buildPost(lead, step('/post'), { priceCents: cents(4200) });
      return jsonAdapter.parsePost(await send(request, token));
    };

    expect(await ping(texan)).toEqual({ kind: 'bid', priceCents: 4200, bidId: 'bid-78704' });
    expect(await ping(parcel({ state: 'NV' }))).toMatchObject({ kind: 'no_bid' });
    expect(await post(texan, 'wrong')).toMatchObject({ kind: 'unclear' });
    const taken = { kind: 'accepted', reference: 'crm-GAVXN2' };
    expect(await post(texan)).toEqual(taken);
    expect(await post(texan)).toEqual(taken); // The same key: the same answer.
    const again = { ...texan, round: 2 };
    expect(await post(again)).toMatchObject({ kind: 'rejected', reason: 'buyer_duplicate' });
  });
});

function parcel(fields: Readonly<Record<string, string | boolean>>) {
  const leadId = 'lead_01M82P63R7MZ17B9913RGAVXN2' as LeadId;
  return { leadId, campaign: 'windows', contractId: 'northside_windows', round: 1, fields };
}

async function send({ url, method, headers, body }: OutgoingRequest, token: string) {
  const authorised = { ...headers, authorization: `Bearer ${token}` };
  const reply = await fetch(url, { method, headers: authorised, body });
  return { status: reply.status, body: await reply.text() };
}

/** Runs the program of the guide as a reader would, on a port of its own. */
async function startBuyer(token: string): Promise<string> {
  const port = await findFreePort();
  const program = blockOf('docs/guides/a-buyer.md', 'js');
  const buyer = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, BUYER_PORT: String(port), BUYER_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void buyer.kill());
  const [said] = (await once(buyer.stdout, 'data')) as [Buffer];
  expect(said.toString()).toContain('buyer on');
  return `http://127.0.0.1:${port}`;
}
