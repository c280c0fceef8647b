// How refused leads are answered where their campaign chose a status, and what nobody reads back: a
// social security number, in whatever is shown.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { formPage } from '../../src/api/platforms/form-page.ts';
import { toTraceBody } from '../../src/api/reading/lead-trace.ts';
import { renderStory } from '../../src/api/reading/story.ts';
import { leadAnswer } from '../../src/api/wire/lead.ts';
import { buildOpenApi } from '../../src/api/wire/openapi.ts';
import type { LeadOutcome, Validation } from '../../src/domain/lead.ts';
import { FIELD_REASONS } from '../../src/domain/reasons.ts';
import type { Campaign } from '../../src/domain/world/campaign.ts';
import type { World } from '../../src/domain/world/world.ts';
import { call, lead, type Stand, startStand } from './api-stand.ts';
import { field, world } from './intake-world.ts';
import { soldTrace } from './sample-trace.ts';

const campaign = world.campaigns['auto_insurance'] as Campaign;
const answers = { rejectedStatus: 422, duplicateStatus: 409 } as const;
const chosen: World = {
  ...world,
  campaigns: { ...world.campaigns, auto_insurance: { ...campaign, answers } },
};

let [plain, choosing] = [] as unknown as [Stand, Stand];
beforeAll(async () => {
  plain = await startStand();
  choosing = await startStand({ currentWorld: () => ({ version: 7, world: chosen }) });
});
afterAll(() => Promise.all([plain.close(), choosing.close()]));

const says = 'must be 18 or older';
const problems = [{ field: 'date_of_birth', reason: 'rule_broken', says }] as const;
const outcomes: [LeadOutcome | 'pending', plain: number, chosen: number][] = [
  [{ kind: 'rejected', reason: 'rule_broken', problems }, 200, 422],
  [{ kind: 'duplicate', reason: 'duplicate' }, 200, 409],
  [{ kind: 'unsold', reason: 'no_bids' }, 200, 200],
  ['pending', 202, 202],
];

describe('a campaign that chose statuses', () => {
  test.for(outcomes)('%j is answered with %i, or %i', async ([outcome, usual, wanted]) => {
    [plain.outcome, choosing.outcome] = [outcome, outcome];
    const post = (stand: Stand) => call(stand, 'POST /v1/leads', { by: 'acme', body: lead });
    const [without, chose] = [await post(plain), await post(choosing)];
    expect([without.status, chose.status]).toEqual([usual, wanted]);
    // The body is no problem: the lead is stored, and told as ever.
    expect(chose.headers.get('content-type')).toMatch(/^application\/json/);
    expect({ ...chose.body, id: '' }).toEqual({ ...without.body, id: '' });
  });

  test('answers a repeat of the key with the same status', async () => {
    choosing.outcome = { kind: 'rejected', reason: 'rule_broken', problems };
    const headers = { 'Idempotency-Key': 'k1' };
    const post = () => call(choosing, 'POST /v1/leads', { by: 'acme', body: lead, headers });
    const [first, again] = [await post(), await post()];
    expect([first.status, again.status]).toEqual([422, 422]);
    expect(again.text).toBe(first.text);
  });

  test('tells the field and why', async () => {
    choosing.outcome = { kind: 'rejected', reason: 'rule_broken', problems };
    const { body } = await call(choosing, 'POST /v1/leads', { by: 'acme', body: lead });
    expect(leadAnswer.parse(body)).toMatchObject({ reason: 'rule_broken', problems });
  });

  test('the documentation says so of both routes that take leads', () => {
    const { paths } = JSON.parse(JSON.stringify(buildOpenApi('1.0.0'))) as {
      paths: Record<string, { post: { responses: Record<string, { content: object }> } }>;
    };
    for (const path of ['/v1/leads', '/v1/posts']) {
      for (const status of ['400', '409', '422']) {
        const content = paths[path]?.post.responses[status]?.content;
        expect(Object.keys(content ?? {}), `${path} ${status}`).toContain('application/json');
      }
    }
  });
});

test.for(FIELD_REASONS.map((reason) => [reason] as const))(
  '%s may stand at a field',
  ([reason]) => {
    const body = { id: 'lead_1', status: 'rejected', reason, reason_text: 'x' };
    const whole = { ...body, problems: [{ field: 'phone', reason, says: 'x' }] };
    expect(leadAnswer.safeParse(whole).success).toBe(true);
  },
);

describe('what operators read', () => {
  const SSN = '123456789';
  const auto = { name: 'Auto', fields: { phone: field('phone'), tax: field('ssn') } };
  const secret: World = { ...world, verticals: { auto } };
  const form = { thanksUrl: null, refusedUrl: null, origins: [], consentText: null };
  const view = { title: 'x', account: 'site', vertical: auto, form, stamp: '' };
  const ui = { temporalUiUrl: null, namespace: 'default' };
  const checks = [
    { check: 'hints', ok: true, says: 'email: odd', hints: [hint('email_role')] },
  ] as const;
  const validation: Validation = { kind: 'valid', checks };
  const trace = {
    ...soldTrace,
    lead: { ...soldTrace.lead, fields: { phone: '+15125550142', tax: SSN } },
    verdicts: [{ round: 1, step: 'validation', verdict: validation }],
  };

  test.for([
    ['its version', secret],
    ['no version', undefined],
  ] as const)('a social security number is stars, by %s of the world', ([, of]) => {
    const body = toTraceBody(trace, of, ui);
    expect(body.fields).toEqual({ phone: '+15125550142', tax: '*********' });
    for (const shown of [JSON.stringify(body), renderStory(body)]) expect(shown).not.toContain(SSN);
  });

  test('hints stand by themselves, and in the line of their check', () => {
    const body = toTraceBody(trace, secret, ui);
    expect(body.hints).toEqual([hint('email_role')]);
    expect(body.checks).toEqual([{ check: 'hints', ok: true, says: 'email: odd' }]);
    expect(renderStory(body)).toMatch(/ok +hints +email: odd/);
  });

  test('a form that is shown again has everything in it but that number', () => {
    const html = formPage({ ...view, values: { phone: '512', tax: SSN } });
    expect(html).toContain('value="512"');
    expect(html).not.toContain(SSN);
  });
});

function hint(code: 'email_role') {
  return { field: 'email', code, says: 'odd' } as const;
}
