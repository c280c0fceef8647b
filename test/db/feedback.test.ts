// What is reported of sold leads: once, for good, and row by row from a file.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importFeedback } from '../../src/cli/scoring/import-feedback.ts';
import { findTrace } from '../../src/db/reading/trace.ts';
import { type NewFeedback, recordFeedback } from '../../src/db/scoring/feedback.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { cents } from '../../src/domain/money.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, newLeadId, storeLead, storeSoldLead } from '../support/lead-rows.ts';

let db: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'sluice-feedback-'));
beforeAll(async () => void (db = await createBook()));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await db.close();
});

const sale = [{ contractId: 'apex_auto', priceCents: 1480 }];
const sold = (changes = {}) => storeSoldLead(db.pool, sale, changes);
const reportOf = (leadId: LeadId, changes: Partial<NewFeedback> = {}): NewFeedback => ({
  ...{ id: `r-${leadId}`, leadId, what: 'converted', valueCents: cents(250_000) },
  ...{ contractId: null, reason: null, atMs: null, by: 'operator ada' },
  ...changes,
});
const record = async (report: NewFeedback) => (await recordFeedback(db.pool, [report]))[0];

describe('a report', () => {
  test('is recorded once by its id, and shown in the trace', async () => {
    const leadId = await sold();
    const report = reportOf(leadId, { contractId: 'apex_auto', reason: 'signed' });
    expect(await record(report)).toMatchObject({ kind: 'recorded' });
    expect(await record(report)).toMatchObject({ kind: 'repeat' });
    expect(await record({ ...report, what: 'bad' })).toEqual({ kind: 'conflict' });
    const other = await sold();
    expect(await record({ ...report, leadId: other })).toEqual({ kind: 'conflict' });
    const trace = await findTrace(db.pool, leadId);
    expect(trace?.feedback).toMatchObject([
      { id: report.id, what: 'converted', valueCents: 250_000, contractId: 'apex_auto' },
    ]);
    expect(trace?.feedback).toHaveLength(1);
  });

  test('twice in one batch is recorded once', async () => {
    const report = reportOf(await sold());
    const results = await recordFeedback(db.pool, [report, report, { ...report, what: 'bad' }]);
    expect(results.map(({ kind }) => kind)).toEqual(['recorded', 'repeat', 'conflict']);
  });

  test('is refused for a lead that is not there, was not sold, or was sold to another', async () => {
    expect(await record(reportOf(newLeadId()))).toEqual({ kind: 'no_such_lead' });
    expect(await record(reportOf(await storeLead(db.pool)))).toEqual({ kind: 'not_sold' });
    const stranger = reportOf(await sold(), { contractId: 'bolt_auto' });
    expect(await record(stranger)).toEqual({ kind: 'not_its_buyer', sold: ['apex_auto'] });
    expect(await record(reportOf(await sold(), { atMs: 1 }))).toMatchObject({ kind: 'too_early' });
  });

  test('of a buyer is about its own sale; other leads are not there for it', async () => {
    const among = ['bolt_auto', 'apex_auto'];
    const result = await record(reportOf(await sold(), { among }));
    expect(result).toMatchObject({ kind: 'recorded', feedback: { contractId: 'apex_auto' } });
    const none = { kind: 'no_such_lead' };
    const strange = ['bolt_auto'];
    expect(await record(reportOf(await sold(), { among: strange }))).toEqual(none);
    expect(await record(reportOf(await storeLead(db.pool), { among }))).toEqual(none);
    const others = { among: strange, contractId: 'apex_auto' };
    expect(await record(reportOf(await sold(), others))).toEqual(none);
  });

  test('is never changed or deleted', async () => {
    await record(reportOf(await sold()));
    await expect(db.pool.query(`update feedback set what = 'bad'`)).rejects.toThrow('append-only');
    await expect(db.pool.query(`delete from feedback`)).rejects.toThrow('append-only');
  });
});

describe('a file', () => {
  const file = join(folder, 'november.csv');
  const load = (text: string) => {
    writeFileSync(file, text);
    return importFeedback(file, { databaseUrl: db.url, by: 'cli', nowMs: Date.now() });
  };
  const results = () => readFileSync(join(folder, 'november.result.csv'), 'utf8').split('\n');

  test('is recorded row by row, each error beside its row; twice is once', async () => {
    const ours = await sold();
    await sold({ externalId: 'X-1' });
    await sold({ externalId: 'X-2' });
    await sold({ externalId: 'X-2', sourceId: 'other' });
    const unsold = await storeLead(db.pool);
    const now = new Date(Date.now() - 3_600_000).toISOString();
    const text = [
      '\ufefflead,external_id,source,what,value,at,reason',
      `${ours},,,Converted,"$1,250.00",,"said ""yes"""`,
      ',X-1,,bad,,,=cmd()',
      ',X-2,,contacted,,,',
      ',X-2,other,contacted,,,',
      ',X-9,,contacted,,,',
      `${unsold},,,contacted,,,`,
      `${ours},,,sold,,,`,
      `${ours},,,contacted,twelve,,`,
      `${ours},,,contacted,,yesterday,`,
      `${ours},,,contacted`,
      `${ours},,,qualified,,${now},`,
    ].join('\r\n');
    expect(await load(text)).toMatchObject({ recorded: 3, repeats: 0, errors: 8 });
    const says = results()
      .slice(1, -1)
      .map((line) => line.split(',').slice(3).join(','));
    expect(says).toEqual([
      'recorded,',
      'recorded,',
      expect.stringMatching(/^error,"?external_id: leads of several sources have it/),
      'recorded,',
      'error,external_id: no lead has it',
      'error,lead: was not sold',
      expect.stringMatching(/^error,"?what: wants one of/),
      expect.stringMatching(/^error,"?value: wants dollars/),
      expect.stringMatching(/^error,"?at: wants a time/),
      'error,4 cells instead of 7',
      expect.stringMatching(/^error,at: is before the lead was received/),
    ]);
    expect(
      results()
        .slice(1, 3)
        .map((line) => line.split(',')[0]),
    ).toEqual(['2', '3']);
    expect(await load(text)).toMatchObject({ recorded: 0, repeats: 3, errors: 8 });
    const trace = await findTrace(db.pool, ours);
    expect(trace?.feedback).toMatchObject([{ valueCents: 125_000, reason: 'said "yes"' }]);
  });

  const WHOLE: [says: string, text: string, wrong: RegExp][] = [
    ['without column names', `${newLeadId()},bad\n`, /no column is called/],
    ['with a column twice', 'lead,what,what\n', /comes twice/],
    ['without leads', 'what\nbad\n', /are needed/],
    ['with a quote left open', 'lead,what\n"x,bad\n', /is no CSV/],
  ];
  test.for(WHOLE)('%s is refused whole', async ([, text, wrong]) => {
    await expect(load(text)).rejects.toThrow(wrong);
  });
});
