// What an import is going to do, before it does any of it: the file as it will be read, the
// campaign's fields as the server tells them, and which column goes where.

import type { CampaignFields } from '../../api/fields.ts';
import type { Vertical } from '../../domain/world/world.ts';
import { type Caller, getJson } from '../client.ts';
import { CommandError } from '../running.ts';
import { type Header, mapColumns, missingFields, readHeader, suggestMaps } from './columns.ts';
import { type FileFacts, scanFile } from './scan.ts';
import { type Import, importId } from './submission.ts';

export interface PlanOptions {
  readonly campaign: string;
  readonly source?: string;
  readonly map: readonly string[];
  readonly header: boolean;
  readonly test: boolean;
}

export interface Plan extends Import {
  readonly facts: FileFacts;
  readonly header: Header;
  readonly source: string;
  /** Required fields without a column. */
  readonly missing: readonly string[];
  /** What `--map` could say. */
  readonly suggested: readonly string[];
}

/** Throws `CommandError` where the file, the key, the campaign or the columns are not right. */
export async function planImport(
  file: string,
  options: PlanOptions,
  caller: Caller,
): Promise<Plan> {
  const { campaign, test } = options;
  const facts = await scanFile(file);
  const { source, vertical } = await askFields(options, caller);
  const header = await readHeader(facts, options.header ? 'header' : 'no_header');
  const columns = mapColumns(header, vertical, options.map);
  const suggested = suggestMaps(columns, vertical);
  if (columns.every(({ to }) => to.kind === 'unknown' || to.kind === 'out')) {
    if (suggested.length === 0) throw noHeader(header, vertical, campaign);
  }
  return {
    ...{ campaign, vertical, columns, test, facts, header, source, suggested },
    id: importId(facts, campaign, test),
    missing: missingFields(columns, vertical),
  };
}

async function askFields({ campaign, source: wanted }: PlanOptions, caller: Caller) {
  const path = `/v1/campaigns/${encodeURIComponent(campaign)}/fields`;
  const told = await getJson<CampaignFields>(path, caller);
  const source = told.source ?? '';
  if (wanted !== undefined && wanted !== source) {
    const says = `the key is that of ${source || 'an operator'}, not of ${wanted}`;
    throw new CommandError(says, `Set SLUICE_SOURCE_KEY to a key of ${wanted}.`);
  }
  if (source === '') {
    throw new CommandError('the key is that of an operator', 'Set SLUICE_SOURCE_KEY.');
  }
  const fields = Object.entries(told.fields).map(([name, { type, required, choices = [] }]) => {
    return [name, { type, required, choices, personal: true }] as const;
  });
  const vertical: Vertical = { name: told.vertical, fields: Object.fromEntries(fields) };
  return { source, vertical };
}

function noHeader({ table }: Header, { fields }: Vertical, campaign: string): CommandError {
  const first = Object.keys(fields)[0] ?? 'phone';
  const row = Math.max(1, table.firstRow - 1);
  return new CommandError(
    `row ${row} names no field of ${campaign}: ${Object.keys(fields).join(', ')}`,
    `Names are matched by --map 'COLUMN=FIELD'. A file without names: --no-header ` +
      `--map '#1=${first}' and so on.`,
  );
}

/** Throws `CommandError` where every row would be rejected, whatever stands in it. */
export function requireFields({ missing, suggested, campaign }: Plan): void {
  if (missing.length === 0) return;
  const maps = suggested.map((map) => ` --map '${map}'`).join('');
  throw new CommandError(
    `no column for what ${campaign} requires: ${missing.join(', ')}`,
    `${maps ? `Perhaps${maps}. ` : "Say which by --map 'COLUMN=FIELD'. "}--preview shows all.`,
  );
}
