// What one receiver is told of a lead: no more than its step may carry, nothing that the lead does
// not hold.

import { describe, expect, test } from 'vitest';

import type { Case } from '../../src/activities/cases.ts';
import { parcelFor, withoutPerson } from '../../src/activities/parcel.ts';
import type { Step } from '../../src/domain/world/contract.ts';
import type { Field, FieldValue } from '../../src/domain/world/world.ts';
import { sampleLead } from '../support/sample-lead.ts';

const field = (personal: boolean): Field => ({
  type: 'text',
  required: false,
  personal,
  choices: [],
});
const FIELDS: Record<string, Field> = {
  first_name: field(true),
  last_name: field(true),
  phone: field(true),
  email: field(true),
  date_of_birth: field(true),
  zip: field(false),
  state: field(false),
  vehicles: field(false),
};
const PERSONAL = ['Ann', 'Lee', '5125550142', 'ann.lee', '1984'];

/** The sample lead in a world that knows these fields. */
function caseOf(fields?: Record<string, FieldValue>): Case {
  const world = { verticals: { auto: { name: 'Auto', fields: FIELDS } } };
  return {
    lead: sampleLead(fields && { fields }),
    loaded: { version: 1, world, eligibility: {} },
    campaign: { vertical: 'auto' },
    stored: new Map(),
  } as unknown as Case;
}

const step = (fields: readonly string[] | null, secretRef: string | null = null): Step => ({
  adapter: 'json',
  url: 'https://apex.example/',
  secretRef,
  fields,
  timeoutMs: 1_000,
});
const toPing = { contractId: 'apex_auto', round: 1, withPerson: false };
const toPost = { contractId: 'apex_auto', round: 1, withPerson: true };

describe('a parcel', () => {
  test('for a ping without a list carries nothing of the person', () => {
    const { fields } = parcelFor(caseOf(), step(null), toPing);
    expect(fields).toStrictEqual({ zip: '78704', state: 'TX' });
    for (const marker of PERSONAL) expect(JSON.stringify(fields)).not.toContain(marker);
  });

  test('for a ping with a list carries what it lists, the person as well, and no more', () => {
    const { fields } = parcelFor(caseOf(), step(['phone', 'zip']), toPing);
    expect(fields).toStrictEqual({ phone: '+15125550142', zip: '78704' });
  });

  test('for a post without a list carries all that the lead holds', () => {
    expect(parcelFor(caseOf(), step(null), toPost).fields).toEqual(sampleLead().fields);
  });

  test('for a post with a list carries what it lists, and no more', () => {
    const { fields } = parcelFor(caseOf(), step(['zip']), toPost);
    expect(fields).toStrictEqual({ zip: '78704' });
  });

  test('with an empty list carries nothing', () => {
    expect(parcelFor(caseOf(), step([]), toPost).fields).toStrictEqual({});
  });

  test('T10: leaves out what the lead does not hold, listed or not', () => {
    const lead = caseOf({ zip: '78704', vehicles: 0 });
    expect(parcelFor(lead, step(null), toPost).fields).toStrictEqual({ zip: '78704', vehicles: 0 });
    const { fields } = parcelFor(lead, step(['zip', 'state', 'email']), toPost);
    expect(fields).toStrictEqual({ zip: '78704' });
  });

  test('carries no field that the vertical does not name', () => {
    const lead = caseOf({ zip: '78704', ssn: '123-45-6789' });
    for (const to of [toPing, toPost]) {
      expect(parcelFor(lead, step(null), to).fields).toStrictEqual({ zip: '78704' });
    }
  });

  test('names the offer and nothing else of the lead', () => {
    const { fields: _, ...named } = parcelFor(caseOf(), step([]), { ...toPost, round: 2 });
    expect(named).toStrictEqual({
      leadId: sampleLead().id,
      campaign: 'auto',
      contractId: 'apex_auto',
      round: 2,
    });
  });
});

describe('S10: a receiver’s words', () => {
  const words: [said: string, kept: string][] = [
    ['duplicate: ann.lee@example.com', 'duplicate: …'],
    ['duplicate: ANN.LEE@EXAMPLE.COM', 'duplicate: …'],
    ['known phone (512) 555-0142', 'known phone (…'],
    ['known phone +15125550142', 'known phone …'],
    ['Lee, Ann is in our book', '…, … is in our book'],
    ['born 1984-03-02', 'born …'],
    ['out of area: 78704 TX', 'out of area: 78704 TX'],
    ['', ''],
  ];
  test.for(words)('%j are kept as %j', ([said, kept]) => {
    expect(withoutPerson(said, caseOf())).toBe(kept);
  });
});
