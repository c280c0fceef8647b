// The table of places is large, so a world without circles never reads it. A file of its own: every
// test file has its own modules.

import { expect, test } from 'vitest';

import { createEligibility } from '../../src/eligibility/explain.ts';
import { arePointsLoaded } from '../../src/eligibility/places/points.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { spoil, worldOf } from './world-document.ts';

function explainWith(filter: object) {
  const rules = createEligibility(worldOf(spoil('contracts.apex_auto.filter', filter)));
  const live = { deniedKey: () => undefined };
  return rules.explain('apex_auto', { lead: sampleLead(), score: 1, live, atMs: 0 }).kind;
}

test('places are read for a filter with a circle, and for no other', () => {
  const others = [
    { field: 'zip', in_zips: ['787*'] },
    { field: 'local_hour', at_least: 0 },
    { field: 'state', in_region: ['south'] },
  ];
  expect(others.map(explainWith)).toEqual(['eligible', 'eligible', 'eligible']);
  expect(arePointsLoaded()).toBe(false);
  expect(explainWith({ field: 'zip', within: { miles: 5, of: '78704' } })).toBe('eligible');
  expect(arePointsLoaded()).toBe(true);
});
