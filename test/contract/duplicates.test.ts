// docs/guides/duplicates.md does what it says: its rules are read as it tells, and a world whose
// rules do not know all leads is warned about in its words.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { warnOfNewMemories } from '../../src/world/duplicate-memory.ts';
import type { WorldIssue } from '../../src/world/issues.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { guideExample } from '../support/guide.ts';
import { smallDocument, worldOf } from './world-document.ts';

const page = readFileSync(new URL('../../docs/guides/duplicates.md', import.meta.url), 'utf8');
const flat = page.replaceAll('\n', ' ');
const { campaigns } = parse(guideExample('duplicates.md', 'campaigns')) as {
  campaigns: Record<'auto' | 'life', { duplicates: object }>;
};
const small = smallDocument();
const fields = { phone: { type: 'phone' }, email: { type: 'email' } };
const base = { ...small, sources: {}, contracts: {}, verticals: { insurance: { fields } } };
const document = (changes: object) => ({ ...base, campaigns: changes });
const withRule = (rule: object | null) =>
  document({ auto: { ...campaigns.auto, duplicates: rule } });
const said = (issues: readonly WorldIssue[]) =>
  issues.map(({ path, says, fix }) => `${path}: ${says}${fix ? `; ${fix}` : ''}`);

describe('the example', () => {
  test('is read as the page tells', () => {
    const { auto, life } = worldOf(document(campaigns)).campaigns;
    expect(auto?.duplicates).toEqual({
      ...{ by: [['phone'], ['email']], withinMinutes: 30 * 24 * 60 },
      ...{ scope: 'campaign', againAfter: [] },
    });
    expect(life?.duplicates).toEqual({
      ...{ by: [['phone']], withinMinutes: 720, scope: 'vertical' },
      againAfter: ['unsold', 'rejected'],
    });
  });

  test('is warned about as the page tells', () => {
    const parsed = parseWorld(document(campaigns));
    if (!parsed.ok) throw new Error(parsed.errors[0]?.says);
    const told = said(parsed.warnings).filter((line) => line.includes('memory'));
    expect(told).toHaveLength(1);
    expect(flat).toContain(told[0]);
  });
});

test('campaigns that share a memory are not warned about', () => {
  const duplicates = { by: [['phone']], scope: 'vertical' };
  const shared = document({
    auto: { ...campaigns.auto, duplicates },
    life: { ...campaigns.life, duplicates },
  });
  const parsed = parseWorld(shared);
  expect(parsed.ok && said(parsed.warnings).filter((line) => line.includes('memory'))).toEqual([]);
});

describe('T48 a rule that begins anew is told', () => {
  const rule = { by: [['phone']] };
  const steps: [says: string, before: object | null, after: object | null, warnings: number][] = [
    ['switched on', null, rule, 1],
    ['by more fields', rule, { by: [['phone'], ['email']] }, 1],
    ['of another scope', rule, { ...rule, scope: 'source' }, 1],
    ['with a longer window', rule, { ...rule, within: '2y' }, 0],
    ['with other ends', rule, { ...rule, again_after: ['unsold'] }, 0],
    ['by fewer fields', { by: [['phone'], ['email']] }, rule, 0],
    ['switched off', rule, null, 0],
  ];
  test.for(steps)('%s', ([, before, after, warnings]) => {
    const told = warnOfNewMemories(worldOf(withRule(before)), worldOf(withRule(after)));
    expect(told).toHaveLength(warnings);
    if (warnings > 0) expect(flat).toContain(said(told)[0]);
  });

  test('but not that of a new campaign, which has no earlier leads', () => {
    expect(warnOfNewMemories(worldOf(document({})), worldOf(withRule(rule)))).toEqual([]);
    const wide = { ...rule, scope: 'all' };
    expect(warnOfNewMemories(worldOf(document({})), worldOf(withRule(wide)))).toHaveLength(1);
  });
});

describe('a rule', () => {
  const windows: [within: string, minutes: number][] = [
    ['1m', 1],
    ['90m', 90],
    ['12h', 720],
    ['2y', 2 * 365 * 24 * 60],
    ['10y', 10 * 365 * 24 * 60],
  ];
  test.for(windows)('within %s looks back %s minutes', ([within, minutes]) => {
    const { auto } = worldOf(withRule({ by: [['phone']], within })).campaigns;
    expect(auto?.duplicates?.withinMinutes).toBe(minutes);
  });

  const wrong: [rule: object, path: string][] = [
    [{ by: [['phone']], within: '30s' }, 'within'],
    [{ by: [['phone']], within: '11y' }, 'within'],
    [{ by: [['phone']], scope: 'buyer' }, 'scope'],
    [{ by: [['phone']], again_after: ['sold'] }, 'again_after[0]'],
  ];
  test.for(wrong)('%s is refused', ([rule, path]) => {
    const parsed = parseWorld(withRule(rule));
    expect(parsed.ok ? [] : parsed.errors.map((error) => error.path)).toEqual([
      `campaigns.auto.duplicates.${path}`,
    ]);
  });
});
