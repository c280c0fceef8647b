// Goal: the guide to editing is true. Method: its examples, sent as it says.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { guideExample } from '../support/guide.ts';
import { readWorldText } from '../../src/world/read.ts';
import { startEditing, type EditingStand } from './editing-stand.ts';

const example = (name: string) => guideExample('editing.md', name);

let stand: EditingStand;
beforeAll(async () => void (stand = await startEditing()));
afterAll(() => stand.close());

test('the contract of the guide is shown, made, routed, and kept from being deleted', async () => {
  const yaml = { headers: { 'Content-Type': 'application/yaml' }, body: example('contract') };
  const dry = await stand.ask('PUT /v1/contracts/crest_auto?dry_run=true', yaml);
  const says = 'stands in no stage, so it is offered nothing';
  expect(dry.body).toMatchObject({
    status: 'dry_run',
    changes: [{ path: 'contracts.crest_auto' }],
    warnings: expect.arrayContaining([{ path: 'contracts.crest_auto', says }]),
  });
  expect((await stand.ask('PUT /v1/contracts/crest_auto', yaml)).status).toBe(201);

  const routing = readWorldText(example('routing'), 'routing.yaml');
  const body = routing.ok ? routing.document : undefined;
  const routed = await stand.ask('PATCH /v1/campaigns/auto', { body });
  expect(routed.status).toBe(200);
  expect(JSON.stringify(routed.body['warnings'])).not.toContain('crest_auto');

  const gone = await stand.ask('DELETE /v1/contracts/crest_auto');
  const field = 'campaigns.auto.routing[1].contracts[1]';
  expect([gone.status, gone.body['errors']]).toEqual([
    409,
    [{ field, says: 'names crest_auto', fix: 'change this first' }],
  ]);
});
