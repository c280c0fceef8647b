// The scenario of intake: what it costs a lead to be normalised and validated where millions of
// people stand on suppression lists, and millions came before. Real PostgreSQL, no Temporal.

import type { ActivityDeps } from '../src/activities/deps.ts';
import { type Case, type LoadedWorld, NO_PAST } from '../src/activities/cases.ts';
import { judge } from '../src/activities/checks/order.ts';
import { readDraft } from '../src/api/leads.ts';
import { insertLead } from '../src/db/leads.ts';
import { migrate } from '../src/db/migrate.ts';
import { createPool, type Pool } from '../src/db/pool.ts';
import { storeVerdicts } from '../src/db/verdicts.ts';
import { toLeadId } from '../src/domain/ids.ts';
import type { Lead, Validation } from '../src/domain/lead.ts';
import { openWorlds } from '../src/serving/worlds.ts';
import { findFreePort } from '../src/stack/ports.ts';
import { startPostgres } from '../src/stack/postgres/server.ts';
import { percentiles, round } from './figures.ts';
import { fill, listedPhone, personNo } from './intake/fill.ts';
import type { BenchOptions } from './options.ts';
import type { Workbench } from './stand/workbench.ts';
import { CAMPAIGN, worldDocument } from './stand/world.ts';

export type IntakeReport = Awaited<ReturnType<typeof measureIntake>>;

const WARM_UP_LEADS = 500;
/** Every so many leads stand on the list, and as many came before. */
const HIT_EVERY = 50;

interface Measured {
  readonly normaliseMs: number;
  readonly validateMs: number;
  /** Of a lead beside it: storing that it is valid, and nothing else. */
  readonly bareMs: number;
  readonly said: string;
}

/** Fills, measures, and returns the report; `audit` says whether every verdict was right. */
export async function measureIntake(bench: Workbench, options: BenchOptions) {
  const { seconds, pace, suppressed, past } = options;
  const { folder: dataDir, say, onExit } = bench;
  const port = await findFreePort();
  const { url } = bench.add(await startPostgres({ dataDir, port, say, onExit }));
  await migrate(url, () => undefined);
  const pool = createPool({ url, max: 10, name: 'sluice bench' });
  bench.add({ stop: () => pool.end() });
  const loaded = await applyWorld(pool);
  await fill(pool, { suppressed, past, worldVersion: loaded.version, campaign: CAMPAIGN }, bench);

  const callers = pace.kind === 'closed' ? pace.concurrency : 0;
  say(`${callers} leads at once for ${seconds} s …`);
  const measured: Measured[] = [];
  let [next, wrong] = [0, 0];
  let endsAt = Infinity;
  const caller = async () => {
    for (let no = next++; performance.now() < endsAt; no = next++) {
      bench.signal.throwIfAborted();
      const kind = kindOf(no, options);
      const one = await measureOne(pool, loaded, { no, kind, suppressed, past });
      if (one.said !== kind) wrong += 1;
      if (no < WARM_UP_LEADS) continue;
      if (endsAt === Infinity) endsAt = performance.now() + seconds * 1_000;
      measured.push(one);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return {
    scenario: 'intake' as const,
    audit: wrong === 0 ? ('passed' as const) : ('void' as const),
    ...figuresOf(measured),
    leads: measured.length,
    suppressedLeads: measured.filter(({ said }) => said === 'suppressed').length,
    duplicateLeads: measured.filter(({ said }) => said === 'duplicate').length,
    settings: { suppressed, past, callers, seconds },
  };
}

function figuresOf(measured: readonly Measured[]) {
  const of = (ms: (one: Measured) => number) => percentiles(measured.map(ms));
  const added = of(({ normaliseMs, validateMs }) => normaliseMs + validateMs);
  const normalise = of(({ normaliseMs }) => normaliseMs);
  const validate = of(({ validateMs }) => validateMs);
  const bare = of(({ bareMs }) => bareMs);
  return {
    addedP50Ms: added(50),
    addedP99Ms: added(99),
    normaliseP99Ms: normalise(99),
    validateP99Ms: validate(99),
    bareP50Ms: bare(50),
    bareP99Ms: bare(99),
    ratioP50: round((added(50) ?? 0) / (bare(50) ?? 1), 2),
  };
}

async function applyWorld(pool: Pool): Promise<LoadedWorld> {
  const worlds = await openWorlds({ pool, onError: () => undefined });
  const document = worldDocument({ buyers: 1, buyersPort: 1, slowestPingMs: 0 });
  const applied = await worlds.apply({ by: 'bench', mode: 'apply', make: () => document });
  worlds.close();
  if (applied.kind !== 'applied') throw new Error(`the world is ${applied.kind}`);
  return worlds.current();
}

type Kind = 'valid' | 'suppressed' | 'duplicate';

type Crowd = Pick<BenchOptions, 'suppressed' | 'past'>;

function kindOf(no: number, { suppressed, past }: Crowd): Kind {
  if (no % HIT_EVERY === 0 && suppressed > 0) return 'suppressed';
  return no % HIT_EVERY === 1 && past > 0 ? 'duplicate' : 'valid';
}

async function measureOne(
  pool: Pool,
  loaded: LoadedWorld,
  { no, kind, suppressed, past }: Crowd & { no: number; kind: Kind },
): Promise<Measured> {
  // Spread over all of them, so that no page of an index is warmer than it would be.
  const someOf = (count: number) => (no * 7_919) % Math.max(1, count);
  const person = personNo(kind === 'duplicate' ? someOf(past) : past + no);
  const phone = kind === 'suppressed' ? listedPhone(someOf(suppressed)) : person.phone;
  const body = bodyOf({ ...person, phone });
  const from = performance.now();
  const draft = readDraft({ value: body, dropped: [] }, { sourceId: 'acme', loadedWorld: loaded });
  const normaliseMs = performance.now() - from;

  const [lead, beside] = await Promise.all(
    ['A', 'B'].map(async (which): Promise<Lead> => {
      const id = toLeadId(`0${which}${String(no).padStart(24, '0')}`);
      const { raw, unknownFields, ...fields } = draft;
      const entry = { raw, unknownFields, waitsIn: 'bench', key: null };
      const told = await insertLead(pool, { lead: { ...fields, id }, ...entry });
      if (told.kind !== 'new') throw new Error(`lead ${id} stands there already`);
      return told.lead;
    }),
  );
  if (!lead || !beside) throw new Error('two leads were inserted');
  const bareFrom = performance.now();
  const valid: Validation = { kind: 'valid', checks: [] };
  const verdicts = [{ step: 'validation', verdict: valid }];
  await storeVerdicts(pool, { leadId: beside.id, round: 1, verdicts });
  const bareMs = performance.now() - bareFrom;

  const validateFrom = performance.now();
  const validation = await judge(depsOf(pool), caseOf(loaded, lead));
  const validateMs = performance.now() - validateFrom;
  const said = validation.kind === 'valid' ? 'valid' : validation.reason;
  return { normaliseMs, validateMs, bareMs, said };
}

/** The checks of this world ask PostgreSQL and nobody else. */
function depsOf(pool: Pool): ActivityDeps {
  return { pool } as Pick<ActivityDeps, 'pool'> as ActivityDeps;
}

function caseOf(loaded: LoadedWorld, lead: Lead): Case {
  const campaign = loaded.world.campaigns[CAMPAIGN];
  if (!campaign) throw new Error(`no campaign ${CAMPAIGN}`);
  return { lead, loaded, campaign, choice: null, ...NO_PAST };
}

function bodyOf({ phone, email }: { readonly phone: string; readonly email: string }) {
  return {
    campaign: CAMPAIGN,
    fields: {
      ...{ first_name: ' Ann ', last_name: 'Lee', phone: pretty(phone), email },
      ...{ zip: '78704-1234', state: 'Texas', date_of_birth: '04/12/1985' },
      currently_insured: 'yes',
    },
  };
}

/** `+15125550142` as people write it. */
function pretty(phone: string): string {
  return `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`;
}
