// A lead as intake stores it, for tests that need one and care about few of its parts.

import { toLeadId } from '../../src/domain/ids.ts';
import type { Lead } from '../../src/domain/lead.ts';

/** Ann Lee of the documentation, with the given parts replaced. */
export function sampleLead(changes: Partial<Lead> = {}): Lead {
  return {
    id: toLeadId('01JD8XK7M2Q3R4S5T6V7W8X9Y0'),
    campaignId: 'auto',
    sourceId: 'acme',
    subSource: null,
    externalId: null,
    worldVersion: 1,
    test: false,
    fields: {
      first_name: 'Ann',
      last_name: 'Lee',
      phone: '+15125550142',
      email: 'ann.lee@example.com',
      zip: '78704',
      state: 'TX',
      date_of_birth: '1984-03-02',
    },
    problems: [],
    behaviour: {},
    consent: null,
    askingCents: null,
    receivedAtMs: 0,
    ...changes,
  };
}
