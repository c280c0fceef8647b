// A ping is refused for what its post could not mend, and for nothing that is only missing: with
// the settings of the guide. How the answers look over HTTP, and which posts fit a test.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { refusePing } from '../../src/activities/checks/ping.ts';
import type { Consent } from '../../src/domain/validation/consent.ts';
import type { FieldValue } from '../../src/domain/world/world.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { cents } from '../../src/domain/money.ts';
import { toLeadId } from '../../src/domain/ids.ts';
import { pingAnswer } from '../../src/api/wire/ping.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { call, type Stand, startStand } from './api-stand.ts';
import { worldOf } from './world-document.ts';

const world = worldOf({
  sluice: 1,
  ...(parse(guideExample('ping-post.md', 'checked')) as object),
});
const loaded = { version: 1, world, eligibility: createEligibility(world) };
const DAY = 86_400_000;

function refusalOf(fields: Readonly<Record<string, FieldValue>>, consent: Consent | null = null) {
  const campaign = world.campaigns['auto_insurance'];
  if (!campaign) throw new Error('it is there');
  const lead = sampleLead({ campaignId: 'auto_insurance', fields, consent });
  return refusePing({ lead, campaign, loaded });
}

/** So many days before the lead of the sample. */
const daysAgo = (days: number) => new Date(sampleLead().receivedAtMs - days * DAY).toISOString();

describe('a ping', () => {
  const GOOD: [says: string, ...Parameters<typeof refusalOf>][] = [
    ['that tells nothing', {}],
    ['that tells half of what a rule asks for', { insured: false }],
    ['that tells the other half', { current_insurer: 'Meridian' }],
    ['that breaks no rule', { insured: true, current_insurer: 'Meridian' }],
    ['whose zip is in its state', { zip: '78704', state: 'TX' }],
    ['with a part of a consent', {}, { text: 'yes' }],
    ['with a consent of its last day', {}, { at: daysAgo(30) }],
  ];
  test.for(GOOD)('%s is good', ([, ...told]) => {
    expect(refusalOf(...told)).toBeUndefined();
  });

  const BAD: [says: string, reason: string, fields: string[], ...Parameters<typeof refusalOf>][] = [
    [
      'that breaks a rule',
      'rule_broken',
      ['insured', 'current_insurer'],
      { insured: false, current_insurer: 'Meridian' },
    ],
    ['that is odd', 'field_doubtful', ['zip'], { zip: '78704', state: 'CA' }],
    ['with an old consent', 'consent_outdated', ['consent.at'], {}, { at: daysAgo(30.1) }],
    ['with one of tomorrow', 'consent_outdated', ['consent.at'], {}, { at: daysAgo(-1) }],
  ];
  test.for(BAD)('%s is refused as %s', ([, reason, fields, ...told]) => {
    const refused = refusalOf(...told);
    expect(refused).toMatchObject({ kind: 'refused', reason });
    expect(refused?.problems.map(({ field }) => field)).toEqual(fields);
  });

  test('that is held against a rule asks for what stands in `not` as well', () => {
    const rule = (when: object) => ({ name: 'a', when, says: 'is odd', fields: ['zip'] });
    const when = {
      not: {
        any: [
          { field: 'state', is: 'TX' },
          { field: 'insured', is: true },
        ],
      },
    };
    const strict = worldOf({
      sluice: 1,
      verticals: {
        auto: {
          fields: { zip: { type: 'zip' }, state: { type: 'state' }, insured: { type: 'boolean' } },
          rules: [rule(when)],
        },
      },
      campaigns: { auto_insurance: { vertical: 'auto', routing: [] } },
    });
    const { leadRules } = createEligibility(strict);
    const broken = (fields: Readonly<Record<string, FieldValue>>, isPart: boolean) =>
      leadRules.get('auto_insurance')?.(sampleLead({ fields }), { isPart }).length;
    expect(broken({ state: 'CA' }, false)).toBe(1);
    expect(broken({ state: 'CA' }, true)).toBe(0);
    expect(broken({ state: 'CA', insured: false }, true)).toBe(1);
    expect(broken({ state: 'TX', insured: false }, true)).toBe(0);
  });
});

describe('over HTTP', () => {
  let stand: Stand;
  const problems = [
    { field: 'zip', reason: 'field_doubtful', says: 'is not in the state' },
  ] as const;
  beforeAll(async () => {
    stand = await startStand({
      quotePing: async () => ({ kind: 'refused', reason: 'field_doubtful', problems }),
    });
  });
  afterAll(() => stand.close());

  test('a refusal names the reason and the fields', async () => {
    const body = { campaign: 'auto_insurance', fields: { zip: '78704' } };
    const answer = await call(stand, 'POST /v1/pings', { by: 'acme', body });
    expect(answer.status).toBe(200);
    const told = { status: 'rejected', reason: 'field_doubtful', problems };
    expect(pingAnswer.parse(answer.body)).toMatchObject(told);
  });

  const POSTS: [isTest: boolean, test: unknown, status: number][] = [
    [true, true, 200],
    [true, undefined, 422],
    [true, false, 422],
    [false, undefined, 200],
    [false, false, 200],
    [false, true, 422],
  ];
  test.for(POSTS)('the ping was a test: %s, the post says %s: %s', async ([isTest, said, code]) => {
    const quote = { kind: 'bid', payoutCents: cents(100) } as const;
    const ping = {
      ...{ leadId: toLeadId('0'.repeat(26)), sourceId: 'acme', campaignId: 'auto_insurance' },
      ...{ test: isTest, fields: { zip: '78704' }, bids: [], quote, expiresAtMs: 0 },
    };
    stand.ping = { kind: 'found', ping };
    stand.leads.length = 0;
    const body = { ping_id: 'ping_1', fields: {}, ...(said !== undefined && { test: said }) };
    const answer = await call(stand, 'POST /v1/posts', { by: 'acme', body });
    expect(answer.status).toBe(code);
    if (code === 200) expect(stand.leads[0]?.draft).toMatchObject({ test: isTest });
    else {
      expect(stand.leads).toEqual([]);
      expect(answer.body).toMatchObject({ code: 'ping_contradicted', errors: [{ field: 'test' }] });
    }
  });
});
