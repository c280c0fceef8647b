// A buyer on a known platform, as operators write it: the platform's name, ids and keys. What comes
// of it stands in src/delivery/presets/buyers.

import { z } from 'zod';

import { addressOf, type WrittenPreset } from '../../../delivery/presets/buyers/expand.ts';
import type { Platform } from '../../../delivery/presets/buyers/platform.ts';
import {
  PLATFORM_NAMES,
  type PlatformName,
  PLATFORMS,
} from '../../../delivery/presets/buyers/platforms.ts';
import { duration, id, url } from '../settings.ts';

const fieldList = z.array(id).min(1).max(200).nullable().default(null);
const address = url.nullable().default(null);

const shared = {
  ping_url: address.describe('The whole address of the ping, where it is not the usual one.'),
  post_url: address.describe('The whole address of the post, where it is not the usual one.'),
  test_url: url
    .nullable()
    .optional()
    .describe(
      'The base address for tests. Default: the real one, with the platform’s switch for ' +
        'tests; where it has none, and with null, tests go nowhere.',
    ),
  fields: z
    .record(z.string().min(1).max(200), id)
    .refine((map) => Object.keys(map).length <= 200, 'at most 200 of them')
    .default({})
    .describe('Our field by the buyer’s name, where that is not the usual one.'),
  ping_fields: fieldList.describe('What a ping says. Default: every field not personal.'),
  post_fields: fieldList.describe(
    'What a post says. A lead that lacks one of these is not offered. Default: all there is.',
  ),
  ping_timeout: duration('50ms', '10s', 'ms')
    .prefault('1s')
    .describe('The stage’s deadline may be shorter, and then rules.'),
  post_timeout: duration('50ms', '60s', 'ms')
    .prefault('4s')
    .describe('A post that is not answered by then is in doubt.'),
};

function presetOf(name: PlatformName) {
  const { title, shape, url: fixed, answers }: Platform = PLATFORMS[name];
  const base = url.describe(`The base address${fixed === null ? '' : `. Default: ${fixed}`}.`);
  const mode =
    answers.ping === null
      ? z.literal('post').default('post').describe('It has no ping.')
      : z.enum(['ping_post', 'post']).describe('Asked for a bid first, or posted at once.');
  return z.strictObject({
    name: z.literal(name).describe(`${title}.`),
    mode,
    url: base.optional(),
    ...shared,
    ...shape,
  });
}

const [first, ...others] = PLATFORM_NAMES.map(presetOf);
if (first === undefined) throw new Error('there are no platforms');

/** A contract's `preset`. What its addresses miss is said once all else is right. */
export const preset = z
  .discriminatedUnion('name', [first, ...others])
  .transform((written, { addIssue }) => {
    const told = written as WrittenPreset;
    for (const { path, message } of missingIn(told)) {
      addIssue({ code: 'custom', message, path: [path] });
    }
    return told;
  });

function missingIn(told: WrittenPreset): { path: string; message: string }[] {
  const phases = told.mode === 'post' ? (['direct'] as const) : (['ping', 'post'] as const);
  const platform: Platform = PLATFORMS[told.name];
  const { paths } = platform.dialect(told);
  const missing = phases
    .filter((phase) => addressOf(told, phase) === undefined)
    .map((phase) => (paths[phase] !== null ? 'url' : phase === 'ping' ? 'ping_url' : 'post_url'));
  return [...new Set(missing)].map((path) => {
    const which = path === 'url' ? 'base' : 'whole';
    return { path, message: `is missing: the ${which} address, as the buyer gives it` };
  });
}
