// Ids: the one shape of a lead's id, and the names made from it.

import { expect, test } from 'vitest';

import { holdIdOf, isLeadId, toLeadId } from '../../src/domain/ids.ts';

const ULID = '01JD8XK7M2Q3R4S5T6V7W8X9Y0';

test('a lead id is lead_ and a ULID', () => {
  expect(toLeadId(ULID)).toBe(`lead_${ULID}`);
  expect(isLeadId(toLeadId(ULID))).toBe(true);
});

const others: [says: string, text: string][] = [
  ['nothing', ''],
  ['the ULID alone', ULID],
  ['25 characters', `lead_${ULID.slice(1)}`],
  ['27 characters', `lead_${ULID}0`],
  ['lower case', `lead_${ULID.toLowerCase()}`],
  ['a letter that ULIDs leave out: I', `lead_${ULID.slice(0, -1)}I`],
  ['a letter that ULIDs leave out: L', `lead_${ULID.slice(0, -1)}L`],
  ['a letter that ULIDs leave out: O', `lead_${ULID.slice(0, -1)}O`],
  ['a letter that ULIDs leave out: U', `lead_${ULID.slice(0, -1)}U`],
  ['another kind', `buyer_${ULID}`],
  ['a line after it', `lead_${ULID}\n`],
  ['a path after it', `lead_${ULID}/../x`],
  ['a quote in it', `lead_${ULID.slice(0, -1)}'`],
];
test.for(others)('%s is no lead id', ([, text]) => expect(isLeadId(text)).toBe(false));

test('no id is made of what is no ULID', () => {
  for (const text of ['', ULID.slice(1), `${ULID}0`, ULID.toLowerCase(), `lead_${ULID}`]) {
    expect(() => toLeadId(text)).toThrow(`not a ULID: ${text}`);
  }
});

test('an offer holds room under lead, contract and round', () => {
  const leadId = toLeadId(ULID);
  expect(holdIdOf({ leadId, contractId: 'apex_auto', round: 2 })).toBe(`${leadId}/apex_auto/2`);
});
