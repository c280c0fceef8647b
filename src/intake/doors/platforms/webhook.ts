// A webhook of Zapier, Make, TikTok or anything else that posts a form, JSON or XML: each value
// where the door's paths say, everything else under its dotted name.

import { parsePath, valueAt } from '../../../domain/world/value-path.ts';
import type { WebhookDoor } from '../../../domain/world/platform.ts';
import { type DoorRequest, refused, type Refused, type Told } from '../door.ts';
import { readValues } from '../values.ts';
import { looseName } from '../../values.ts';

/** What the paths may name that is no field of the person. */
const CONTROLS = new Set(['external_id', 'sub_source', 'test']);

/** Never throws. The key is not read here: it stands in the address. */
export function readWebhook(
  request: DoorRequest,
  webhook: Pick<WebhookDoor, 'paths'>,
): Omit<Told, 'account' | 'key'> | Refused {
  const found = readValues(request, { types: ['json', 'form', 'xml'] });
  if (found.kind === 'unreadable') return refused('unreadable', found.says);
  if (Object.keys(found.values).length === 0) return refused('unreadable', 'nothing was sent');
  const { mapped, rest } = sortOut(found.values, webhook.paths);
  const fields = Object.entries(mapped).filter(([name]) => !CONTROLS.has(name));
  return {
    kind: 'told',
    phase: 'full',
    values: { ...rest, ...Object.fromEntries(fields) },
    externalId: textOf(mapped['external_id']),
    subSource: textOf(mapped['sub_source']),
    test: mapped['test'] === true || /^(true|yes|1|test)$/i.test(textOf(mapped['test']) ?? ''),
  };
}

function sortOut(values: object, paths: WebhookDoor['paths']) {
  const rest = flatten(values);
  const mapped: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(paths)) {
    const path = parsePath(text) ?? [];
    // A form has dots in its names, and nothing below them.
    const dotted = path.join('.');
    const value = valueAt(values, path) ?? (Object.hasOwn(rest, dotted) ? rest[dotted] : undefined);
    if (value === undefined || value === null) continue;
    mapped[name] = value;
    delete rest[dotted];
  }
  return { mapped, rest: renamed(rest, mapped) };
}

/** What a path says goes before a name that happens to be the same. */
function renamed(rest: Record<string, unknown>, mapped: object): Record<string, unknown> {
  const taken = new Set(Object.keys(mapped).map(looseName));
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => {
      return [taken.has(looseName(name)) ? `other.${name}` : name, value];
    }),
  );
}

/** `{ data: { items: [{ a: 1 }] } }` is `data.items.0.a`; a list of plain values stays a list. */
function flatten(found: object, before = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => {
      const at = before === '' ? name : `${before}.${name}`;
      const isPlain = typeof value !== 'object' || value === null;
      const isList = Array.isArray(value) && value.every((each) => typeof each !== 'object');
      return isPlain || isList ? [[at, value]] : Object.entries(flatten(value as object, at));
    }),
  );
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}
