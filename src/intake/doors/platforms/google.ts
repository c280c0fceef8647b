// Google Ads' lead form webhook: one lead per post, its key in the body.

import { type DoorRequest, refused, type Refused, type Told } from '../door.ts';
import { gathered, readValues } from '../values.ts';

/** Told under a name of Google's, which is the same when it is sent again. */
export interface GoogleTold extends Told {
  readonly externalId: string;
}

const STANDARD = /^[A-Z_]{1,50}$/;

/** The door's account is the form's id, its password `google_key`. Never throws. */
export function readGoogle(request: DoorRequest): GoogleTold | Refused {
  const found = readValues(request, { types: ['json'] });
  if (found.kind === 'unreadable') return refused('unreadable', found.says);
  const { values } = found;
  const leadId = idOf(values['lead_id']);
  if (leadId === undefined) return refused('invalid', 'lead_id: a text or a number is wanted');
  const columns = values['user_column_data'];
  if (!Array.isArray(columns)) return refused('invalid', 'user_column_data: a list is wanted');
  const campaign = idOf(values['campaign_id']);
  return {
    kind: 'told',
    account: idOf(values['form_id']) ?? '',
    key: keyOf(values),
    phase: 'full',
    values: { ...answersOf(columns), ...(clickOf(values) && { gclid: clickOf(values) }) },
    behaviour: factsOf(values),
    externalId: leadId,
    ...(campaign !== undefined && campaign !== '0' && { subSource: campaign }),
    test: values['is_test'] === true,
  };
}

/** `google_key`; in Google's own test it is `Google_key`. */
function keyOf(values: Readonly<Record<string, unknown>>): string | null {
  const [, key] = Object.entries(values).find(([name]) => /^google_key$/i.test(name)) ?? [];
  return typeof key === 'string' ? key : null;
}

/** By `column_id`: the name may be missing, and is translated. */
function answersOf(columns: readonly unknown[]): Record<string, unknown> {
  const answers = columns.flatMap((column): [string, unknown][] => {
    const { column_id: id, string_value: value } = (column ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || id === '' || value === undefined) return [];
    return [[STANDARD.test(id) ? id.toLowerCase() : id, value]];
  });
  return gathered(answers);
}

function clickOf(values: Readonly<Record<string, unknown>>): string | undefined {
  return idOf(values['gcl_id']);
}

const FACTS = ['form_id', 'adgroup_id', 'creative_id', 'asset_group_id', 'lead_submit_time'];

function factsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const facts = FACTS.map((name) => [`google_${name}`, idOf(values[name])] as const);
  const known = facts.filter(([, id]) => id !== undefined && id !== '0');
  return Object.fromEntries(known) as Record<string, string>;
}

function idOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= 500 ? text : undefined;
}
