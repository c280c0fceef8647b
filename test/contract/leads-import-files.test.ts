// Goal: of a file from anywhere every row that can be read is posted as it stands, and every other
// is told by its number. Method: files written byte by byte, the application over HTTP as the one
// they are posted to.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { readLines } from '../../src/cli/leads/lines.ts';
import { readRows } from '../../src/cli/leads/rows.ts';
import { scanFile } from '../../src/cli/leads/scan.ts';
import { type Stand, startStand } from './api-stand.ts';
import { runImport, write } from './leads-import.ts';

let stand: Stand;
beforeAll(async () => void (stand = await startStand()));
beforeEach(() => void (stand.leads.length = 0));
afterAll(() => stand.close());

const HEAD = 'first_name,phone,zip';
const ANN = 'Ann,5125550101,78701';
const BOB = 'Bob,5125550102,78702';

/** What was posted: the row in its key, and the first name as it arrived. */
const posted = () =>
  Object.fromEntries(
    stand.leads.map(({ key, draft }) => [key?.key.split('/')[2], draft.raw['first_name']]),
  );

const utf16 = (text: string, mark: number[]) => {
  const bytes = Buffer.from(text, 'utf16le');
  return Buffer.concat([Buffer.from(mark), mark[0] === 0xfe ? bytes.swap16() : bytes]);
};

type Case = [
  says: string,
  content: string | Uint8Array,
  posted: Record<number, string>,
  bad?: Record<number, string>,
];
const both = { 2: 'Ann', 3: 'Bob' };
const plain = `${HEAD}\n${ANN}\n${BOB}\n`;
const files: readonly Case[] = [
  ['with commas', plain, both],
  ['with semicolons', plain.replaceAll(',', ';'), both],
  ['with tabs', plain.replaceAll(',', '\t'), both],
  ['with a line for the separator', `sep=;\n${plain.replaceAll(',', ';')}`, { 3: 'Ann', 4: 'Bob' }],
  ['without a last line end', plain.trimEnd(), both],
  ['with line ends of Windows', plain.replaceAll('\n', '\r\n'), both],
  ['with line ends of old Macs', plain.replaceAll('\n', '\r'), both],
  ['with a UTF-8 mark', `\ufeff${plain}`, both],
  ['in UTF-16, little end first', utf16(plain, [0xff, 0xfe]), both],
  ['in UTF-16, big end first', utf16(plain, [0xfe, 0xff]), both],
  ['in UTF-16 without a mark', utf16(plain, []), both],
  ['in UTF-8', plain.replace('Ann', 'Zoë'), { 2: 'Zoë', 3: 'Bob' }],
  [
    'in windows-1252, with a sign that Latin-1 lacks',
    Buffer.from(plain.replace('Ann', 'Zo\xeb \x80'), 'latin1'),
    { 2: 'Zoë €', 3: 'Bob' },
  ],
  [
    'patched from two encodings',
    Buffer.concat([
      Buffer.from(`${HEAD}\nZoë,5125550101,78701\n`),
      Buffer.from('Jos\xe9,5125550102,78702\n', 'latin1'),
    ]),
    { 2: 'Zoë', 3: 'José' },
  ],
  [
    'with quotes, separators and line ends in cells',
    `${HEAD}\n"Ann ""A"", Lee",5125550101,78701\n"Bob\r\nLee",5125550102,78702\n${ANN}\n`,
    { 2: 'Ann "A", Lee', 3: 'Bob\nLee', 4: 'Ann' },
  ],
  ['all quoted', plain.replace(/[^,\n]+/g, '"$&"'), both],
  [
    'with quotes where none belong',
    `${HEAD}\nAnn 5" x 6",5125550101,78701\n${BOB}`,
    {
      2: 'Ann 5" x 6"',
      3: 'Bob',
    },
  ],
  ['with one stray quote', `${HEAD}\nAnn 5",5125550101,78701\n${BOB}`, { 2: 'Ann 5"', 3: 'Bob' }],
  ['with blank rows', `\n${HEAD}\n\n${ANN}\n,,\n${BOB}\n\n`, { 4: 'Ann', 6: 'Bob' }],
  ['with a separator too many', `${HEAD}\n${ANN},\n${BOB},,\n`, both],
  [
    'with too few and too many cells',
    `${HEAD}\nAnn,5125550101\n${BOB},more\n${ANN}\n`,
    { 4: 'Ann' },
    { 2: '2 cells instead of 3', 3: '4 cells instead of 3' },
  ],
  [
    'with a quote that is never closed',
    `${HEAD}\n"Ann,5125550101,78701\n${BOB}\n${ANN}\n`,
    { 3: 'Bob', 4: 'Ann' },
    { 2: 'the quotes do not match' },
  ],
  [
    'with a quote that a later row closes',
    `${HEAD}\n"Ann,5125550101,78701\n"Bob",5125550102,78702\n${ANN}\n`,
    { 3: 'Bob', 4: 'Ann' },
    { 2: 'the quotes do not match' },
  ],
  [
    'with a quote that turns two rows into one of the wrong length',
    `${HEAD}\nAnn,5125550101,"78701\nx",5125550102,78702\n${BOB}\n`,
    { 3: 'x"', 4: 'Bob' },
    { 2: 'the quotes do not match' },
  ],
  [
    'with NULs in a row',
    `${HEAD}\nA\0nn,5125550101,78701\n${BOB}\n`,
    { 3: 'Bob' },
    { 2: 'holds NUL characters: the file is damaged here' },
  ],
  [
    'with a row of half a megabyte',
    `${HEAD}\n${'A'.repeat(512 * 1024)},5125550101,78701\n${BOB}\n`,
    { 3: 'Bob' },
    { 2: 'longer than 65536 characters' },
  ],
  [
    'with a row whose end comes a chunk later',
    `${HEAD}\n${'A'.repeat(330_000)},5125550101,78701\n${BOB}\n`,
    { 3: 'Bob' },
    { 2: 'longer than 65536 characters' },
  ],
  [
    'that ends in a megabyte of NULs',
    `${HEAD}\n${BOB}\n${'\0'.repeat(1024 * 1024)}`,
    { 2: 'Bob' },
    { 3: 'longer than 65536 characters' },
  ],
];

describe('a file', () => {
  test.for(files)('%s', async ([, content, wanted, bad = {}]) => {
    const { results, end } = await runImport(write(content), stand.url);
    expect(posted()).toEqual(wanted);
    const unreadable = [...results].filter(([, { status }]) => status === 'unreadable');
    expect(Object.fromEntries(unreadable.map(([row, { says }]) => [row, says]))).toEqual(
      Object.fromEntries(Object.entries(bad).map(([row, says]) => [row, `,,${says}`])),
    );
    expect(end).toBe(Object.keys(bad).length > 0 ? 'some_not' : 'whole');
    expect(results.size).toBe(Object.keys({ ...wanted, ...bad }).length);
  });

  test('cannot be read', async () => {
    const said = runImport('/nowhere/leads.csv', stand.url);
    await expect(said).rejects.toThrow('cannot read /nowhere/leads.csv');
  });

  test.for([
    ['is empty', '', 'is empty'],
    ['is a mark only', '\ufeff', 'is empty'],
    ['has blank lines only', '\n\n \n', 'has no rows'],
    ['is no text', Buffer.alloc(4000), 'is no text'],
    ['has no header', `${ANN}\n${BOB}\n`, 'row 1 names no field of auto_insurance'],
    ['lacks a required column', 'first_name,Phone Number\nAnn,5\n', 'requires: phone, zip'],
    ['has a column twice', `${HEAD},Zip\n${ANN},1\n`, 'columns 3 ("zip") and 4 ("Zip") both are'],
    ['has an unknown column twice', `${HEAD},x,X\n${ANN},1,2\n`, 'columns 4 ("x") and 5 ("X")'],
  ] as const)('that %s is told so', async ([, content, says]) => {
    await expect(runImport(write(content), stand.url)).rejects.toThrow(says);
    expect(stand.leads).toEqual([]);
  });

  test('with a header only has no rows', async () => {
    const { text, end } = await runImport(write(`${HEAD}\n`), stand.url);
    expect(text).toContain('no rows');
    expect(end).toBe('whole');
  });
});

describe('rows', () => {
  async function rowsOf(content: string) {
    const facts = await scanFile(write(content));
    const found = [];
    const table = { separator: ',', width: 3, skipLines: 1, firstRow: 2 };
    for await (const row of readRows(readLines(facts), table)) found.push(row);
    return found;
  }

  test('are the same wherever a chunk of the file ends', async () => {
    // Cells of two lines and of two bytes a letter, over many chunks, at shifting places.
    const cells = (n: number) => [`Zoë ${'é'.repeat(n % 97)}`, `"line ${n}\nline two"`, `${n}`];
    const numbers = Array.from({ length: 4000 }, (_, n) => n);
    const rows = await rowsOf(`${HEAD}\n${numbers.map((n) => cells(n).join(',')).join('\n')}`);
    expect(rows).toEqual(
      numbers.map((n) => {
        return { row: n + 2, cells: cells(n).map((cell) => cell.replaceAll('"', '').trim()) };
      }),
    );
  });

  test('behind a thousand unclosed quotes are all read', async () => {
    const lines = Array.from({ length: 2000 }, (_, n) => (n % 2 ? ANN : `"${BOB}`));
    const rows = await rowsOf(`${HEAD}\n${lines.join('\n')}\n`);
    expect(rows.length).toBe(2000);
    expect(rows.filter((row) => 'cells' in row).length).toBe(1000);
  });

  test('of a large file are read no further ahead than those of a small one', async () => {
    const furthest = async (rows: number) => {
      const facts = await scanFile(write(`${HEAD}\n${`${ANN}\n"Bob, too",5,6\n`.repeat(rows)}`));
      let [handed, taken, ahead] = [0, 0, 0];
      const watched = (async function* () {
        for await (const lines of readLines(facts)) {
          handed += lines.lines.length;
          ahead = Math.max(ahead, handed - taken);
          yield lines;
        }
      })();
      const table = { separator: ',', width: 3, skipLines: 1, firstRow: 2 };
      for await (const { row } of readRows(watched, table)) taken = row;
      expect(taken).toBe(2 * rows + 1);
      return ahead;
    };
    const [small, large] = [await furthest(10_000), await furthest(100_000)];
    expect(large).toBeLessThan(1.2 * small);
    expect(large).toBeLessThan(20_000);
  });
});
