// What is refused is counted, by the door and by why.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { call, lead, type Stand } from './api-stand.ts';
import { startFuzzStand } from './fuzz/fuzz-stand.ts';
import { keys } from './intake-world.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startFuzzStand();
});
beforeEach(() => void (stand.refusals.length = 0));
afterAll(() => stand.close());

const json = (body: unknown) => ({ body: JSON.stringify(body) });
const cases: [address: string, counted: string[], more?: object][] = [
  ['POST /v1/leads', ['api: key_missing_or_wrong'], json(lead)],
  ['POST /v1/leads', ['api: malformed_json'], { by: 'acme', body: '{' }],
  ['POST /v1/leads', ['api: invalid_request'], { by: 'acme', ...json({}) }],
  ['POST /v1/leads', [], { by: 'acme', ...json(lead) }],
  ['GET /nowhere', ['api: no_such_route']],
  ['POST /direct_post', ['leadprosper: wrong_key'], json({ lp_key: 'guessed' })],
  ['POST /direct_post', ['leadprosper: unreadable'], { body: '{' }],
  ['POST /direct_post', ['leadprosper: body_too_large'], { body: ' '.repeat(300_000) }],
  ['PUT /flows/F/sources/S/submit', ['leadconduit: unreadable'], { body: '{}' }],
  ['POST /restapi/v1.3/leads', ['leadbyte: wrong_key', 'leadbyte: wrong_key'], json([{}, {}])],
  ['POST /in/google', ['google: unreadable'], { body: '{' }],
  ['POST /in/meta', ['meta: wrong_key'], { body: '{}' }],
  ['POST /in/linkedin', ['linkedin: wrong_key'], { body: '{}' }],
  ['DELETE /in/google', ['google: method_not_allowed']],
  ['POST /in/form/plain', ['form: invalid'], json({ first_name: 'Ann' })],
  ['POST /in/form/nobody', ['form: wrong_key'], json({})],
  [`POST /in/webhook/zap/${keys.door}`, ['webhook: malformed_request'], { body: '{' }],
];

test.for(cases)('%s counts %j', async ([address, counted, more]) => {
  await call(stand, address, more);
  expect(stand.refusals).toEqual(counted);
});
