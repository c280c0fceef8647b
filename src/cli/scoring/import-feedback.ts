// `sluice feedback import`: reads a CSV file, records what can be recorded, and leaves a file that
// says of each row what came of it.

import { writeFile } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import { createPool, type Pool } from '../../db/pool.ts';
import {
  type FeedbackResult,
  listByExternalId,
  type NewFeedback,
  recordFeedback,
} from '../../db/scoring/feedback.ts';
import type { LeadId } from '../../domain/ids.ts';
import { readNamedFile } from '../running.ts';
import { type FeedbackRow, type ReadRow, readFeedbackRows } from './feedback-rows.ts';

const BATCH = 1_000;

interface Line {
  readonly line: number;
  readonly lead: string;
  readonly id: string;
  readonly result: 'recorded' | 'repeat' | 'error';
  readonly says: string;
}

export interface Imported {
  readonly recorded: number;
  readonly repeats: number;
  readonly errors: number;
  readonly resultFile: string;
}

/** Imports a file. Throws `CommandError` where nothing of it can be read. */
export async function importFeedback(
  file: string,
  to: {
    readonly databaseUrl: string;
    readonly by: string;
    readonly resultFile?: string;
    readonly nowMs: number;
  },
): Promise<Imported> {
  const rows = readFeedbackRows(await readNamedFile(file), to.nowMs);
  const pool = createPool({ url: to.databaseUrl, max: 2, name: 'sluice feedback' });
  const lines: Line[] = [];
  try {
    for (let from = 0; from < rows.length; from += BATCH) {
      lines.push(...(await importBatch(pool, rows.slice(from, from + BATCH), to.by)));
    }
  } finally {
    await pool.end();
  }
  const resultFile = to.resultFile ?? `${file.replace(/\.csv$/i, '')}.result.csv`;
  const columns = ['line', 'lead', 'id', 'result', 'says'];
  await writeFile(resultFile, stringify(lines, { header: true, columns, escape_formulas: true }));
  const count = (result: Line['result']) => lines.filter((each) => each.result === result).length;
  const [recorded, repeats, errors] = [count('recorded'), count('repeat'), count('error')];
  return { recorded, repeats, errors, resultFile };
}

async function importBatch(pool: Pool, rows: readonly ReadRow[], by: string): Promise<Line[]> {
  const externalIds = rows.flatMap((each) =>
    'row' in each && 'externalId' in each.row.lead ? [each.row.lead.externalId] : [],
  );
  const found = externalIds.length > 0 ? await listByExternalId(pool, externalIds) : [];
  const told = rows.map((each) => ('row' in each ? toReport(each.row, found, by) : each.wrong));
  const reports = told.filter((each) => typeof each !== 'string');
  const results = (await recordFeedback(pool, reports)).values();
  return rows.map(({ line, names }, index) => {
    const report = told[index];
    if (report === undefined || typeof report === 'string') {
      return { line, lead: names, id: '', result: 'error', says: report ?? '' };
    }
    const result = results.next().value as FeedbackResult;
    const says = saysOf(result);
    const kind = result.kind === 'recorded' || result.kind === 'repeat' ? result.kind : 'error';
    return { line, lead: names, id: report.id, result: kind, says };
  });
}

function toReport(
  { lead, ...row }: FeedbackRow,
  found: Awaited<ReturnType<typeof listByExternalId>>,
  by: string,
): NewFeedback | string {
  if ('id' in lead) return { ...row, leadId: lead.id, by };
  const named = found.filter(
    (each) =>
      each.externalId === lead.externalId && (lead.source === '' || each.sourceId === lead.source),
  );
  const [first, second] = named;
  if (!first) return 'external_id: no lead has it';
  if (second) {
    const sources = new Set(named.map(({ sourceId }) => sourceId));
    return sources.size > 1
      ? `external_id: leads of several sources have it; add source: ${[...sources].join(', ')}`
      : `external_id: several leads have it; use lead: ${someOf(named.map((each) => each.leadId))}`;
  }
  return { ...row, leadId: first.leadId, by };
}

function someOf(leads: readonly LeadId[]): string {
  return leads.slice(0, 3).join(', ') + (leads.length > 3 ? ' …' : '');
}

function saysOf(result: FeedbackResult): string {
  switch (result.kind) {
    case 'recorded':
      return '';
    case 'repeat':
      return 'was recorded before';
    case 'conflict':
      return 'id: names another report';
    case 'no_such_lead':
      return 'lead: there is none of this id';
    case 'not_sold':
      return 'lead: was not sold';
    case 'not_its_buyer':
      return `contract: did not buy the lead; use one of ${result.sold.join(', ')}`;
    case 'too_early':
      return 'at: is before the lead was received';
  }
}
