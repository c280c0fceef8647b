// Goal: a response is asked for as LinkedIn documents it, each answer of LinkedIn's means what it
// says, and what it tells of a person stands under the names by which the vertical knows it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { linkedin } from '../../../src/activities/fetching/linkedin.ts';
import { createHttp } from '../../../src/activities/http.ts';
import type { Door } from '../../../src/domain/world/door.ts';
import { draftOf } from '../../../src/intake/doors/draft.ts';
import { readLinkedinLead } from '../../../src/intake/doors/platforms/linkedin-lead.ts';
import {
  type FakeLinkedin,
  LINKEDIN_TOKEN,
  LINKEDIN_VERSION,
  linkedinResponse,
  type LinkedinAnswer,
  startLinkedin,
} from '../../support/fake-linkedin.ts';
import { worldOf } from '../world-document.ts';

let fake: FakeLinkedin;
let http: ReturnType<typeof createHttp>;
beforeAll(async () => {
  fake = await startLinkedin();
  http = createHttp({ allowPrivate: new Set([fake.address]), allowHttp: false });
});
afterAll(() => Promise.all([fake.close(), http.close()]));

const ID = '52dcb737-26f9-4af3-b1fc-935b3e93f838-4';

function doorWith(more: { version?: string; fields?: Record<string, string> } = {}): Door {
  const { version = LINKEDIN_VERSION, fields = {} } = more;
  const settings = { clientSecretRef: 'env:A', tokenRef: 'env:B', version, baseUrl: fake.url };
  const account = 'urn:li:sponsoredAccount:7';
  return { format: 'linkedin', campaign: 'auto', account, keys: [], fields, linkedin: settings };
}

async function ask(door: Door = doorWith(), token = LINKEDIN_TOKEN) {
  const request = linkedin.buildRequest({ door, externalId: ID, token });
  return linkedin.readReply(await http.send(request, { timeoutMs: 500 }));
}

describe('LinkedIn’s answer', () => {
  const answers: [what: string, answer: LinkedinAnswer, kind: string, says: RegExp][] = [
    ['401', { status: 401, code: 'EXPIRED_ACCESS_TOKEN' }, 'final', /401.*another one is needed/],
    ['403', { status: 403, code: 'ACCESS_DENIED' }, 'final', /403.*lacks the permission/],
    ['404', { status: 404, code: 'NOT_FOUND' }, 'final', /404.*not there any more/],
    ['429', { status: 429, code: 'TOO_MANY_REQUESTS' }, 'again', /^LinkedIn says 429, TOO_MANY/],
    ['500', { status: 500 }, 'again', /^LinkedIn says 500, X$/],
    ['503 with a name in its code', { status: 503, code: 'Ann Lee' }, 'again', /says 503$/],
    ['a broken connection', 'hangs_up', 'again', /no answer: connection_lost/],
    ['silence', 'hangs', 'again', /no answer: late/],
  ];
  test.for(answers)('of %s is final, or it is asked again', async ([, answer, kind, says]) => {
    fake.will(ID, answer);
    const reply = await ask();
    expect(reply).toMatchObject({ kind, says: expect.stringMatching(says) });
    expect(JSON.stringify(reply)).not.toContain('Ann');
  });

  test('to another token is that it is refused', async () => {
    fake.will(ID, linkedinResponse([]));
    expect(await ask(doorWith(), 'expired')).toMatchObject({ kind: 'final' });
  });

  test('to a version that is no more says so, and waits for another', async () => {
    fake.will(ID, linkedinResponse([]));
    const says = 'LinkedIn says 426, NONEXISTENT_VERSION';
    expect(await ask(doorWith({ version: '202411' }))).toEqual({ kind: 'again', says });
  });

  test('is the response with its form, and never the member', async () => {
    fake.will(ID, linkedinResponse([{ name: 'Vehicles', answer: '2' }]));
    const reply = await ask();
    const lead = JSON.parse(reply.kind === 'lead' ? reply.body : '{}') as object;
    expect(lead).toMatchObject({ id: ID, form: { content: { questions: [{}] } } });
    expect(lead).not.toHaveProperty('submitter');
  });
});

const world = worldOf({
  sluice: 1,
  verticals: {
    auto: {
      fields: {
        ...{ first_name: { type: 'text' }, phone: { type: 'phone' }, zip: { type: 'zip' } },
        ...{ email: { type: 'email' }, vehicles: { type: 'number' }, insurer: { type: 'text' } },
        homeowner: { type: 'boolean' },
      },
    },
  },
  campaigns: { auto: { vertical: 'auto', routing: [] } },
  sources: {
    acme: {
      ...{ keys: [{ sha256: 'a'.repeat(64) }], campaigns: ['auto'] },
      payout: { share_percent: 80 },
    },
  },
});

/** What becomes of a response: fetched, read, and drafted for its door. */
async function draft(answer: LinkedinAnswer, fields: Record<string, string> = {}) {
  fake.will(ID, answer);
  const door = doorWith({ fields });
  const reply = await ask(door);
  if (reply.kind !== 'lead') throw new Error(reply.kind);
  const told = readLinkedinLead(reply.body, { externalId: ID, door });
  if (told.kind === 'refused') return told;
  return draftOf(told, { sourceId: 'acme', door, loadedWorld: { version: 7, world } });
}

describe('a response', () => {
  test('fills the fields that LinkedIn knows, whatever its questions are called', async () => {
    const lead = await draft(
      linkedinResponse([
        { predefinedField: 'FIRST_NAME', name: 'Wie heißen Sie?', answer: 'Ann' },
        { predefinedField: 'WORK_PHONE_NUMBER', name: 'At work', answer: '(512) 555-0199' },
        { predefinedField: 'PHONE_NUMBER', name: 'Phone', answer: '(512) 555-0142' },
        { predefinedField: 'ZIP_CODE', name: 'Where', answer: '78704' },
        { predefinedField: 'WORK_EMAIL', name: 'Mail', answer: 'Ann@Example.com' },
        { predefinedField: 'JOB_TITLE', name: 'Job', answer: 'Baker' },
      ]),
    );
    expect(lead).toMatchObject({
      fields: { first_name: 'Ann', phone: '+15125550142', zip: '78704', email: 'ann@example.com' },
      unknownFields: ['job_title', 'work_phone_number'],
      ...{ externalId: ID, subSource: '501', test: false },
    });
  });

  test('fills a field by the door’s map: by meaning, name or words of the question', async () => {
    const asked = [
      { predefinedField: 'COMPANY_NAME', name: 'Firm', answer: 'Acme' },
      { name: 'How many cars?', answer: '2' },
    ];
    const filled = { fields: { insurer: 'Acme', vehicles: 2 }, unknownFields: [] };
    for (const map of [
      { company_name: 'insurer', 'How many cars?': 'vehicles' },
      { Firm: 'insurer', 'how many cars?, please': 'vehicles' },
    ]) {
      expect(await draft(linkedinResponse(asked), map)).toMatchObject(filled);
    }
  });

  test('fills a field of a question’s own name without a map', async () => {
    const lead = await draft(linkedinResponse([{ name: 'Vehicles', answer: '3' }]));
    expect(lead).toMatchObject({ fields: { vehicles: 3 } });
  });

  const choices: [what: string, chosen: unknown[], text: string][] = [
    ['as an id', [1], 'Yes'],
    ['as an object with its id', [{ id: 2 }], 'No'],
    ['several', [2, { id: 1 }], 'No, Yes'],
    ['that the form does not have', [9], '9'],
    ['by its place, which nobody counts here', [{ index: 0 }], '{"index":0}'],
  ];
  test.for(choices)('tells a choice %s', async ([, chosen, text]) => {
    const asked = [{ name: 'Homeowner', choices: ['Yes', 'No'], chosen }];
    expect(await draft(linkedinResponse(asked))).toMatchObject({ raw: { Homeowner: text } });
  });

  test('without its form keeps each answer under its question’s number', async () => {
    const asked = [{ predefinedField: 'FIRST_NAME', name: 'First name', answer: 'Ann' }];
    const bare = linkedinResponse(asked, { form: { content: undefined } });
    expect(await draft(bare)).toMatchObject({ unknownFields: ['question_107234246'] });
    const map = { question_107234246: 'first_name' };
    expect(await draft(bare, map)).toMatchObject({ fields: { first_name: 'Ann' } });
  });

  test('brings the form’s hidden fields, which never take the place of an answer', async () => {
    const hiddenFields = [
      { name: 'insurer', value: 'Acme' },
      { name: 'vehicles', value: '9' },
      { name: 'utm_source', value: 'li' },
    ];
    const asked = [{ name: 'Vehicles', answer: '2' }];
    expect(await draft(linkedinResponse(asked, { form: { hiddenFields } }))).toMatchObject({
      fields: { insurer: 'Acme', vehicles: 2 },
      unknownFields: ['hidden.vehicles'],
      behaviour: { utm_source: 'li' },
    });
  });

  test('keeps where it came from and what was agreed to', async () => {
    expect(await draft(linkedinResponse([]))).toMatchObject({
      behaviour: {
        ...{ linkedin_campaign: '501', linkedin_creative: '701', linkedin_lead_type: 'SPONSORED' },
        ...{ linkedin_submitted_at: '1693000000000', linkedin_form_name: 'Autumn' },
        linkedin_agreed_1: true,
      },
    });
    const organic = linkedinResponse([], { leadMetadata: {} });
    expect(await draft(organic)).toMatchObject({ subSource: '701' });
  });

  test('that is a test is one', async () => {
    expect(await draft(linkedinResponse([], { testLead: true }))).toMatchObject({ test: true });
  });

  const nonsense: [what: string, answer: LinkedinAnswer][] = [
    ['no JSON', { text: '<html>' }],
    ['null', { text: 'null' }],
    ['another response', linkedinResponse([], { id: 'other-4' })],
    ['a response without answers', linkedinResponse([], { formResponse: {} })],
  ];
  test.for(nonsense)('is not %s', async ([, answer]) => {
    expect(await draft(answer)).toMatchObject({ kind: 'refused', why: 'unreadable' });
  });

  test('may be named by its URN, and hold nulls for everything', async () => {
    const id = `urn:li:leadGenFormResponse:${ID}`;
    const formResponse = { answers: [null, {}, { questionId: 1, answerDetails: null }] };
    const nulls = { id, formResponse, form: { hiddenFields: [null, {}], content: null } };
    expect(await draft(linkedinResponse([], nulls))).toMatchObject({ externalId: ID, fields: {} });
  });
});
