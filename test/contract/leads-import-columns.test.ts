// Goal: columns go where their names or `--map` say, and a check tells what would come of them.
// Method: files against the application over HTTP.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { call, type Stand, startStand } from './api-stand.ts';
import { runImport, write } from './leads-import.ts';

let stand: Stand;
beforeAll(async () => void (stand = await startStand()));
beforeEach(() => void (stand.leads.length = 0));
afterAll(() => stand.close());

const run = (content: string, options = {}) => runImport(write(content), stand.url, { options });
const draft = () => stand.leads[0]?.draft;

describe('a column', () => {
  test('is known by its name, whatever its case, blanks and underscores', async () => {
    await run('First Name,PHONE,Zip,date-of-birth\nAnn,5125550101,78701,3/2/1984\n');
    expect(draft()?.fields).toEqual({
      ...{ first_name: 'Ann', phone: '+15125550101', zip: '78701' },
      date_of_birth: '1984-03-02',
    });
  });

  test('of another name is told by --map, by name or number, or left out', async () => {
    const map = ['mobile number=phone', '#4=zip', 'Secret=-'];
    const content = 'first_name,Mobile Number,Secret,Where\nAnn,5125550101,x,78701\n';
    const { end } = await run(content, { map });
    expect(draft()?.raw).toEqual({ first_name: 'Ann', phone: '5125550101', zip: '78701' });
    expect(end).toBe('whole');
  });

  test('that the campaign does not know goes along; a blank cell does not', async () => {
    await run('first_name,phone,zip,Shoe Size,email\nAnn,5125550101,78701,39,\n');
    expect(draft()?.raw).toMatchObject({ 'Shoe Size': '39' });
    expect(draft()?.unknownFields).toEqual(['Shoe Size']);
    expect(draft()?.raw).not.toHaveProperty('email');
  });

  test('may stand beside the fields: consent, ids, a part of the source', async () => {
    const names = 'first_name,phone,zip,External ID,sub_source,Consent IP,Certificate';
    const cells = 'Ann,5125550101,78701,7,page-3,203.0.113.7,https://cert.trustedform.com/a';
    await run(`${names}\n${cells}\n`, { map: ['Certificate=consent.trustedform_url'] });
    expect(draft()).toMatchObject({
      ...{ externalId: '7', subSource: 'page-3' },
      consent: { ip: '203.0.113.7', trustedform_url: 'https://cert.trustedform.com/a' },
    });
  });

  test('whose cell the API does not take is refused in its row', async () => {
    const content = 'first_name,phone,zip,consent.ip\nAnn,1,78701,here\nBob,5125550102,78702,\n';
    const { results, end } = await run(content);
    expect(results.get(2)?.says).toContain('consent.ip');
    expect([results.get(2)?.status, results.get(3)?.status, end]).toEqual([
      ...['refused', 'unsold', 'some_not'],
    ]);
    expect(stand.leads.length).toBe(1);
  });

  test('without a header goes by its number', async () => {
    const map = ['#1=first_name', '#2=phone', '#3=zip'];
    await run('Ann,5125550101,78701\nBob,5125550102,78702\n', { map, header: false });
    expect(stand.leads.map(({ draft }) => draft.fields['first_name']).toSorted()).toEqual([
      ...['Ann', 'Bob'],
    ]);
    expect(stand.leads.map(({ key }) => key?.key.split('/')[2]).toSorted()).toEqual(['1', '2']);
  });

  test.for([
    ['Phone', '--map Phone: wants COLUMN=FIELD'],
    ['Fax=phone', 'the file has no such column; it has first_name, phone, zip, x, x'],
    ['#9=phone', 'the file has no such column'],
    ['x=email', "columns 4 and 5 have that name; say '#4='"],
    ['zip=fax', 'no field is called fax; use one of first_name, phone'],
    ['#4=phone', 'columns 2 ("phone") and 4 ("x") both are phone'],
  ])('is not told by --map %s', async ([map, says]) => {
    await expect(run('first_name,phone,zip,x,x\nAnn,1,2,3,4\n', { map: [map] })).rejects.toThrow(
      says,
    );
  });

  test('that looks like a field is proposed', async () => {
    const said = run('fname,Phone Number,Zip Code\nAnn,5125550101,78701\n');
    await expect(said).rejects.toMatchObject({
      message: 'no column for what auto_insurance requires: first_name, phone, zip',
      hint: expect.stringContaining(
        "--map 'fname=first_name' --map 'Phone Number=phone' --map 'Zip Code=zip'",
      ) as string,
    });
  });
});

describe('a check', () => {
  const content = 'first_name,phone,zip\nAnn,5125550101,78701\nBob,911,\nCy,1\n';

  test('posts nothing, and says of each row what the API would say of its values', async () => {
    const { results, text } = await run(content, { dryRun: true });
    expect(stand.leads).toEqual([]);
    expect([2, 3, 4].map((row) => results.get(row)?.status)).toEqual([
      ...['valid', 'invalid', 'unreadable'],
    ]);
    expect(text).toMatch(/nothing posted.*\n +valid +1\n +invalid +1 .*\n +unreadable +1/);
    await run(content.replace('Cy,1\n', ''));
    const told = await call(stand, 'POST /v1/leads', {
      by: 'acme',
      body: { campaign: 'auto_insurance', fields: { first_name: 'Bob', phone: '911' } },
    });
    expect(told.body['id']).toBeDefined();
    const problems = stand.leads.find(({ draft }) => draft.raw['first_name'] === 'Bob')?.draft;
    for (const { field, says } of problems?.problems ?? []) {
      expect(results.get(3)?.says).toContain(`${field}: ${says}`);
    }
  });

  test('begins anew each time, and is no result to go on from', async () => {
    const file = write(content);
    const check = (options: object) => runImport(file, stand.url, { options });
    await check({ dryRun: true });
    const { results } = await check({ dryRun: true, map: ['zip=state'] }).catch(() =>
      check({ dryRun: true }),
    );
    expect(results.size).toBe(3);
    await expect(check({ result: `${file}.check.csv` })).rejects.toThrow('another file');
    expect(stand.leads).toEqual([]);
  });
});
