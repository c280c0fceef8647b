// Contracts of the guide's presets, sent over real HTTP to a second Sluice whose doors speak the
// same formats: what a preset says, the door of its platform must understand.

import { createHash } from 'node:crypto';
import { parse } from 'yaml';

import type { Built, IncomingReply, Parcel, PostTerms } from '../../../src/delivery/adapter.ts';
import { httpAdapter } from '../../../src/delivery/http.ts';
import type { LeadId } from '../../../src/domain/ids.ts';
import { cents } from '../../../src/domain/money.ts';
import type { Contract, HttpStep } from '../../../src/domain/world/contract.ts';
import type { World } from '../../../src/domain/world/world.ts';
import { parseWorld } from '../../../src/world/parse.ts';
import { guideExample } from '../../support/guide.ts';
import { smallDocument } from '../world-document.ts';

const SECRETS: Readonly<Record<string, string>> = {
  'env:LP_KEY': 'lp secret & more',
  'env:PEDIA_KEY': 'pedia secret',
  'env:BOBERDOO_KEY': 'bob secret',
  'env:BOBERDOO_SRC': 'acme-9f2c',
  'env:EXEC_PASSWORD': 'exec secret',
  'env:PHONEXA_PASSWORD': 'px secret',
  'env:CAKE_KEY': 'ck secret',
  'env:LEADBYTE_SID': 'sup-9',
};

export const VERTICAL = {
  fields: {
    first_name: { type: 'text', required: true },
    phone: { type: 'phone', required: true },
    email: { type: 'email' },
    zip: { type: 'zip', required: true },
    state: { type: 'state' },
    date_of_birth: { type: 'date' },
    vehicles: { type: 'number' },
    homeowner: { type: 'boolean' },
    tax_no: { type: 'ssn' },
  },
};

export const FIELDS = {
  first_name: 'Zoë & "Ann"',
  phone: '+15125550142',
  zip: '02134',
  state: 'TX',
  date_of_birth: '1984-02-09',
  vehicles: 2,
  homeowner: true,
  tax_no: '123456789',
};

/** What the other side must have understood, and what of it a ping may say. */
export const { tax_no: _, ...HEARD } = FIELDS;

/** A document with the contract, given in YAML. */
export function documentWith(contract: string): object {
  const { contracts: __, campaigns: ___, ...rest } = smallDocument();
  return {
    ...rest,
    verticals: { auto: VERTICAL },
    campaigns: { auto: { vertical: 'auto', routing: [] } },
    contracts: {
      preset_auto: { buyer: 'apex', campaign: 'auto', ...(parse(contract) as object) },
    },
  };
}

export function contractOf(yaml: string): Contract {
  const verdict = parseWorld(documentWith(yaml));
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.errors));
  const contract = verdict.world.contracts['preset_auto'];
  if (!contract) throw new Error('there is no contract');
  return contract;
}

/** The contract of the page's example, its buyer at the address. */
export function exampleAt(
  name: string,
  address: string,
  mode: 'as_shown' | 'post' = 'as_shown',
): Contract {
  const shown = guideExample('buyer-presets.md', name);
  const text =
    mode === 'post'
      ? shown.replace(/^(preset:[^]*mode: )ping_post/m, 'price_cents: 1200\n$1post')
      : shown;
  if (/https:/.test(text)) return contractOf(text.replaceAll(/https:\/\/[a-z.]+/g, address));
  return contractOf(text.replace('  mode:', `  url: ${address}\n  mode:`));
}

/** A ping or post of the contract. Throws where there is none in its own words. */
export function stepOf(contract: Contract, kind: 'ping' | 'post'): HttpStep {
  const step = contract[kind];
  if (step?.adapter !== 'http') throw new Error(`no ${kind} of http`);
  return step;
}

interface Asked {
  readonly isTest?: true;
  readonly secrets?: Readonly<Record<string, string>>;
}

function given({ secrets = SECRETS }: Asked) {
  return { secrets: new Map(Object.entries(secrets)), nowMs: 0, timeZone: 'America/Chicago' };
}

function parcel(fields: Parcel['fields'], { isTest }: Asked): Parcel {
  const about = { leadId: 'lead_1' as LeadId, campaign: 'auto', contractId: 'a', round: 1 };
  return { ...about, fields, ...(isTest && { isTest }) };
}

/** Pings as the host does: without what is personal. */
export async function pinged(contract: Contract, asked: Asked = {}) {
  const step = stepOf(contract, 'ping');
  const { zip, state, vehicles, homeowner } = FIELDS;
  const about = parcel({ zip, state, vehicles, homeowner }, asked);
  const reply = await sent(httpAdapter.buildPing(about, step, given(asked)));
  return httpAdapter.parsePing(reply, step);
}

export async function posted(
  contract: Contract,
  { bidId, ...asked }: Asked & { readonly bidId?: string } = {},
) {
  const step = stepOf(contract, 'post');
  const terms: PostTerms = { priceCents: cents(1200), bidId };
  const reply = await sent(
    httpAdapter.buildPost(parcel(FIELDS, asked), step, { ...given(asked), ...terms }),
  );
  return httpAdapter.parsePost(reply, step);
}

async function sent(built: Built): Promise<IncomingReply> {
  if ('unbuildable' in built) throw new Error(built.unbuildable);
  const { url, ...request } = built;
  const response = await fetch(url, { ...request, redirect: 'manual' });
  const headers = Object.fromEntries(response.headers);
  return { status: response.status, headers, body: await response.text() };
}

/** The door of each platform as the guide's contracts need it. */
export const ACCOUNTS = {
  leadprosper: ['leadprosper', '77/1234', 'env:LP_KEY'],
  leadconduit: ['leadconduit', 'f-4c1d/s-88e2', null],
  leadspedia: ['leadspedia', '41', 'env:PEDIA_KEY'],
  boberdoo: ['boberdoo_api', '33/acme', 'env:BOBERDOO_KEY'],
  boberdoo_classic: ['boberdoo', '33', 'env:BOBERDOO_SRC'],
  leadexec: ['leadexec', '501/7', 'env:EXEC_PASSWORD'],
  phonexa: ['phonexa', 'A1/12', 'env:PHONEXA_PASSWORD'],
  cake: ['cake', '88', 'env:CAKE_KEY'],
  leadbyte: ['leadbyte', 'ACME-7', 'env:LEADBYTE_SID'],
} as const;

/** The buyer's own Sluice. */
export function buyersWorld(): World {
  const doors = Object.entries(ACCOUNTS).map(([name, [format, account, secret]]) => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const keys = secret === null ? [] : [{ sha256: sha256(SECRETS[secret] ?? '') }];
    const fields = name === 'leadprosper' ? { cars: 'vehicles' } : {};
    return [name, { format, account, keys, campaign: 'auto', fields }];
  });
  const { contracts: __, buyers: ___, ...rest } = documentWith('{}') as Record<string, unknown>;
  const { acme } = rest['sources'] as { acme: object };
  const sources = { acme: { ...acme, doors: Object.fromEntries(doors) as object } };
  const verdict = parseWorld({ ...rest, sources });
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.errors));
  return verdict.world;
}
