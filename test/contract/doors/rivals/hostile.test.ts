// Goal: whatever a request holds, no format throws, none answers with a fault, and none repeats a
// password. Method: generated requests, straight to `read` and through HTTP.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { toLeadId } from '../../../../src/domain/ids.ts';
import { DOOR_FORMATS } from '../../../../src/domain/world/door.ts';
import { type Answered, type Refusal, refused } from '../../../../src/intake/doors/door.ts';
import { FORMATS } from '../../../../src/intake/doors/formats.ts';
import type { Stand } from '../../api-stand.ts';
import { ACCOUNTS, BID, NO_BID, OUTCOMES, send, startRivalStand } from './rival-stand.ts';

const TYPES = [
  ...['application/json', 'application/x-www-form-urlencoded', 'text/xml', 'application/xml'],
  ...['text/plain', 'application/json; charset=latin1', '', ';', 'multipart/form-data'],
];
const ACCEPTS = ['*/*', 'text/xml', 'image/png', ';q=', 'a/b;q=x, */*;q=0.1', ''];
const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS'];
const NAMES = [
  ...['TYPE', 'SRC', 'Key', 'Mode', 'Cost', 'Request', 'Format', 'lp_campaign_id', 'lp_response'],
  ...['campid', 'sid', 'leads', 'ckm_xml', 'ckm_campaign_id', 'apiId', 'id', 'price', 'testMode'],
  ...[
    'vid',
    'lid',
    'redir_url',
    'xxTrustedFormCertUrl',
    'a.b',
    'a',
    'a.b.c',
    'a..b',
    '.',
    '__proto__',
  ],
  ...[
    'constructor.prototype',
    'toString',
    'zip',
    'ZIP',
    'first_name',
    'phone',
    'xxAccountId',
    '#text',
  ],
];

const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 12 }));
const value = fc.oneof(
  fc.constantFrom('1', 'yes', 'JSON', 'ping', '', '\0', '\ud800', '<&>"\'', 'https://a.example'),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const fields = fc.array(fc.tuple(name, value), { maxLength: 12 });
const asForm = fields.map((pairs) => new URLSearchParams(pairs).toString());
const asJson = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fields.map((pairs) => JSON.stringify(Object.fromEntries(pairs))),
  fc
    .array(fields.map(Object.fromEntries), { maxLength: 4 })
    .map((leads) => JSON.stringify({ leads })),
);
const asXml = fields.map(
  (pairs) => `<a>${pairs.map(([tag, text]) => `<${tag}>${text}</${tag}>`).join('')}</a>`,
);
const typed = fc.oneof(
  asForm.map((body) => ({ type: 'application/x-www-form-urlencoded', body: Buffer.from(body) })),
  asJson.map((body) => ({ type: 'application/json', body: Buffer.from(body) })),
  asXml.map((body) => ({ type: 'text/xml', body: Buffer.from(body) })),
  fc.record({
    type: fc.oneof(fc.constantFrom(...TYPES), fc.string({ maxLength: 20 })),
    body: fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
  }),
);
const query = fc.oneof(asForm, fc.string({ unit: 'binary', maxLength: 60 }));
const places = DOOR_FORMATS.flatMap((format) =>
  FORMATS[format].addresses.map((address) => ({ format, address })),
);
const arrivals = fc.record({
  place: fc.constantFrom(...places),
  method: fc.oneof(fc.constantFrom('GET', 'POST'), fc.constantFrom(...METHODS)),
  query,
  sent: typed,
  accept: fc.constantFrom(...ACCEPTS),
  isKnown: fc.boolean(),
});

/** Of every door at once: names that a format does not know are fields of the lead. */
const CREDENTIALS =
  'lp_campaign_id=41&lp_campaign_key=lp-secret&TYPE=33&SRC=acme-9f2c&Key=bb-secret&campid=ACME-7' +
  '&sid=sup-9&key=lb-secret&ckm_campaign_id=88&ckm_key=ck-secret&apiId=A1&productId=12' +
  '&apiPassword=px-secret&vid=501&lid=7&password=le-secret&xxAccountId=1&xxCampaignId=2&xxSiteId=3';

const WHYS: readonly Refusal[] = [
  ...(['wrong_key', 'paused', 'unreadable', 'invalid', 'ping_not_usable', 'no_such_lead'] as const),
  ...(['too_many_requests', 'unavailable'] as const),
];
const leadId = toLeadId('01JD8XK7M2Q3R4S5T6V7W8X9Y0');
const ANSWERS: readonly Answered[] = [
  ...[BID, NO_BID, { ...BID, payoutCents: 0 } as Answered],
  ...Object.values(OUTCOMES).map(
    (outcome) => ({ kind: 'lead', leadId, publicNo: 1, outcome }) as const,
  ),
  ...WHYS.map((why) => refused(why, 'because <&>', [{ field: 'fields.zip', says: 'no ]]>' }])),
];

test('no format throws, reading or answering', () => {
  fc.assert(
    fc.property(arrivals, ({ place, sent: { type, body }, accept, ...rest }) => {
      const reading = FORMATS[place.format].read({
        ...{ ...rest, body, address: place.address, atMs: 0 },
        params: { flow: rest.query, source: '', queueId: rest.query },
        header: (wanted) => ({ 'content-type': type, accept })[wanted],
      });
      for (const answered of ANSWERS) {
        const reply =
          reading.kind === 'answered'
            ? reading.reply
            : reading.kind === 'read'
              ? reading.answer(answered, 5)
              : reading.answer(
                  reading.told.map(() => answered),
                  5,
                );
        expect(reply.status).toBeLessThan(answered.kind === 'refused' ? 504 : 500);
        if (reply.type.endsWith('json')) JSON.parse(reply.body);
      }
    }),
    { numRuns: 1_000 },
  );
});

describe('over HTTP', () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await startRivalStand();
  });
  afterAll(() => stand.close());

  test('no request meets a fault', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ place, method, query: asked, sent, ...told }) => {
        const path = place.address.replace(':source', 'S').replace(/:\w+/g, 'F');
        const headers = { 'Content-Type': printable(sent.type), Accept: told.accept };
        const known = told.isKnown ? CREDENTIALS : '';
        const uri = `${path}?${known}&${encodeURI(asked.toWellFormed())}`;
        const got = await send(stand, { method, uri, headers, body: sent.body });
        expect(got.status, got.text).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
    expect(stand.leads.length).toBeGreaterThan(3);
  });

  const printable = (header: string) => header.replace(/[^\x20-\x7e]/g, '');

  test('no answer and no line of the log holds a password', async () => {
    const passwords = Object.values(ACCOUNTS).flatMap(([, ...words]) => words);
    for (const { address } of places) {
      const uri = address.replace(/:\w+/g, 'F');
      for (const password of passwords) {
        const controls = ['lp_campaign_key', 'SRC', 'Key', 'sid', 'key', 'ckm_key', 'apiPassword'];
        const values = new URLSearchParams(
          [...controls, 'password'].map((each) => `${each}=${password}`).join('&'),
        );
        const got = await send(stand, { uri: `${uri}?${values}` });
        expect(got.text).not.toContain(password);
      }
    }
    for (const password of passwords) expect(stand.logLines.join('\n')).not.toContain(password);
  });

  test('a body that is too large is refused', async () => {
    const headers = { 'Content-Type': 'application/json' };
    for (const format of DOOR_FORMATS) {
      const uri = `/in/${format}${(FORMATS[format].addresses[0] ?? '').replace(/:\w+/g, 'F')}`;
      const sent = { method: 'POST', uri, headers, body: Buffer.alloc(300_000, ' ') };
      expect((await send(stand, sent)).status).toBe(413);
    }
  });
});
