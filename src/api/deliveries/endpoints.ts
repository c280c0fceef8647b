// The health of whom sold leads are pushed to, and the operators' switch.

import type { Endpoint, OpenCount } from '../../db/delivering/endpoints.ts';
import { type EndpointKey, endpointName } from '../../domain/delivering/endpoint.ts';
import type { ApiDeps } from '../deps.ts';
import type { Route } from '../http/routes.ts';
import { Problem } from '../problems.ts';
import type { EndpointLine } from './wire.ts';

const ONE = '/v1/endpoints/:contract/:target';

export function createEndpointRoutes(deps: ApiDeps): readonly Route[] {
  const switchRoute = (verb: 'enable' | 'disable'): Route => ({
    method: 'post',
    path: `${ONE}/${verb}`,
    access: 'operator',
    handle: async (req, res, caller) => {
      const { contract, target } = await loadLine(deps, req.params);
      const state = verb === 'enable' ? 'healthy' : 'disabled';
      const by = `operator ${caller.id}`;
      await deps.deliveries.switchEndpoint({ contractId: contract, target }, { state, by });
      res.json(await loadLine(deps, req.params));
    },
  });
  return [
    {
      method: 'get',
      path: '/v1/endpoints',
      access: 'operator',
      handle: async (_, res) => void res.json({ endpoints: await listLines(deps) }),
    },
    {
      method: 'get',
      path: ONE,
      access: 'operator',
      handle: async (req, res) => void res.json(await loadLine(deps, req.params)),
    },
    switchRoute('enable'),
    switchRoute('disable'),
  ];
}

async function loadLine(
  deps: ApiDeps,
  { contract, target }: Readonly<Record<string, string | string[] | undefined>>,
): Promise<EndpointLine> {
  const lines = await listLines(deps);
  const line = lines.find((one) => one.contract === contract && one.target === target);
  if (!line) throw new Problem('no_such_endpoint');
  return line;
}

/** The deliveries of the world in force, and those that once were and are remembered. */
async function listLines({ currentWorld, deliveries }: ApiDeps): Promise<EndpointLine[]> {
  const { contracts } = currentWorld().world;
  const configured = Object.entries(contracts).flatMap(([contractId, contract]) =>
    contract.deliveries.map(({ name }): EndpointKey => ({ contractId, target: name })),
  );
  const [rows, counts] = await Promise.all([deliveries.endpoints(), deliveries.countOpen()]);
  const known = new Map(rows.map((row) => [endpointName(row), row]));
  const inWorld = new Set(configured.map(endpointName));
  const past = [...rows, ...counts].filter((row) => !inWorld.has(endpointName(row)));
  const all = new Map([...configured, ...past].map((key) => [endpointName(key), key]));
  const sums = sumsOf(counts);
  return [...all]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, key]) => ({
      ...toLine(key, known.get(name)),
      in_world: inWorld.has(name),
      deliveries: sums.get(name) ?? NONE,
    }));
}

type Sums = EndpointLine['deliveries'];
const NONE: Sums = { trying: 0, failed: 0, unclear: 0 };

function sumsOf(counts: readonly OpenCount[]): ReadonlyMap<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const one of counts) {
    const name = endpointName(one);
    sums.set(name, { ...(sums.get(name) ?? NONE), [one.state]: one.count });
  }
  return sums;
}

function toLine(
  { contractId, target }: EndpointKey,
  row: Endpoint | undefined,
): Omit<EndpointLine, 'in_world' | 'deliveries'> {
  const time = (ms: number | null | undefined) => (ms ? new Date(ms).toISOString() : null);
  return {
    contract: contractId,
    target,
    state: row?.state ?? 'healthy',
    since: time(row?.sinceMs),
    failures: row?.failures ?? 0,
    failing_since: time(row?.failingSinceMs),
    last_error: row?.lastError ?? null,
    last_error_at: time(row?.lastErrorAtMs),
    next_probe_at: row?.state === 'open' ? time(row.probeAtMs) : null,
    switched_by: row?.switchedBy ?? null,
  };
}
