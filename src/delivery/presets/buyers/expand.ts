// From a platform's name, ids and keys to the steps that the rest of the house sees: ordinary steps
// of `adapter: http`, as an operator could have written them.

import type { AnswerRules } from '../../../domain/delivery/answer.ts';
import type { Mapping, RequestSettings } from '../../../domain/delivery/request.ts';
import { isSecret } from '../../../domain/fields/secret.ts';
import type { HttpStep } from '../../../domain/world/contract.ts';
import type { Field } from '../../../domain/world/world.ts';
import { type Dialect, field, type Phase, type Platform } from './platform.ts';
import { PLATFORMS, type PlatformName } from './platforms.ts';

/** What a contract says of its buyer's platform; the platform's own settings stand beside. */
export interface WrittenPreset {
  readonly name: PlatformName;
  readonly mode: 'ping_post' | 'post';
  readonly url?: string | undefined;
  readonly ping_url: string | null;
  readonly post_url: string | null;
  /** Undefined: the real addresses where the platform has a switch for tests; null: nowhere. */
  readonly test_url?: string | null | undefined;
  /** Our field by the buyer's name. */
  readonly fields: Readonly<Record<string, string>>;
  readonly ping_fields: readonly string[] | null;
  readonly post_fields: readonly string[] | null;
  readonly ping_timeout: number;
  readonly post_timeout: number;
}

type Fields = Readonly<Record<string, Field>>;

export interface PresetSteps {
  readonly ping: HttpStep | null;
  readonly post: HttpStep;
}

/** The steps for leads with these fields. Throws if the addresses are not known, see the schema. */
export function expandPreset(written: WrittenPreset, fields: Fields): PresetSteps {
  const platform: Platform = PLATFORMS[written.name];
  const dialect = platform.dialect(written);
  const asked = { written, platform, dialect, fields };
  const { ping: bids, post: verdict } = platform.answers;
  if (written.mode === 'post') return { ping: null, post: stepOf('direct', asked, verdict) };
  if (bids === null) throw new Error(`${written.name} has no ping`);
  return { ping: stepOf('ping', asked, bids), post: stepOf('post', asked, verdict) };
}

/** The names that the preset says itself, and no field may have. */
export function controlNames(written: WrittenPreset): ReadonlySet<string> {
  const platform: Platform = PLATFORMS[written.name];
  const { controls } = platform.dialect(written);
  const { testSwitch } = platform;
  const all = [...Object.values(controls).flat(), ...(testSwitch ? [testSwitch] : [])];
  return new Set(all.map(({ to }) => to.name));
}

/** Where a phase is spoken to; undefined where nobody said so. */
export function addressOf(written: WrittenPreset, phase: Phase): string | undefined {
  const own = phase === 'ping' ? written.ping_url : written.post_url;
  if (own !== null) return own;
  const platform: Platform = PLATFORMS[written.name];
  const base = written.url ?? platform.url;
  const path = platform.dialect(written).paths[phase];
  return base === null || path === null ? undefined : joined(base, path);
}

function joined(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`;
}

interface Asked {
  readonly written: WrittenPreset;
  readonly platform: Platform;
  readonly dialect: Dialect;
  readonly fields: Fields;
}

function stepOf(phase: Phase, asked: Asked, answer: AnswerRules): HttpStep {
  const { written, platform, dialect } = asked;
  const url = addressOf(written, phase);
  if (url === undefined) throw new Error(`${written.name}: no address of a ${phase}`);
  const { testSwitch, format } = platform;
  const mappings = [
    ...dialect.controls[phase],
    ...(testSwitch ? [testSwitch] : []),
    ...fieldMappings(phase, asked),
  ];
  const request: RequestSettings = {
    ...{ method: 'POST', format, headers: {}, auth: { kind: 'none' }, wrapParam: null },
    ...{ root: 'lead', soap: { version: '1.1', action: '' } },
    body: { kind: 'mapping', mappings },
  };
  const isPing = phase === 'ping';
  return {
    ...{ adapter: 'http', url, testUrl: testUrlOf(phase, asked, url) },
    fields: isPing ? written.ping_fields : written.post_fields,
    timeoutMs: isPing ? written.ping_timeout : written.post_timeout,
    ...{ request, answer },
  };
}

function testUrlOf(phase: Phase, { written, platform, dialect }: Asked, url: string) {
  const { test_url: base } = written;
  if (base === undefined) return platform.testSwitch === null ? null : url;
  const path = dialect.paths[phase];
  return base === null || path === null ? null : joined(base, path);
}

/**
 * The contract's own names, and the platform's for the other fields. A ping says nothing personal
 * unless its list does, and a social security number is sent only under a name of the contract's.
 */
function fieldMappings(phase: Phase, { written, platform, fields }: Asked): Mapping[] {
  const list = phase === 'ping' ? written.ping_fields : written.post_fields;
  const known = Object.entries(fields).filter(([name, kind]) => {
    if (list !== null) return list.includes(name);
    return phase !== 'ping' || (!kind.personal && !isSecret(kind));
  });
  const own = Object.entries(written.fields);
  const named = new Set(own.map(([, name]) => name));
  const taken = new Set([...own.map(([to]) => to), ...controlNames(written)]);
  return known.flatMap(([name, kind]) => {
    const as = shapeOf(kind, platform);
    if (named.has(name)) {
      return own.flatMap(([to, ours]) => (ours === name ? [field(to, name, as)] : []));
    }
    const to = platform.names[name] ?? platform.others(name);
    return taken.has(to) || isSecret(kind) ? [] : [field(to, name, as)];
  });
}

/** Ten digits, ISO dates and two letters are what all of them take, and the strict ones want. */
function shapeOf({ type }: Field, { counts, phonesAbroad }: Platform): Mapping['as'] {
  switch (type) {
    case 'phone':
      return phonesAbroad ? [] : ['phone_national'];
    case 'date':
      return ['date_iso'];
    case 'state':
      return ['upper'];
    case 'zip':
      return ['first5'];
    case 'boolean':
      return counts ? ['one_zero'] : [];
    default:
      return [];
  }
}
