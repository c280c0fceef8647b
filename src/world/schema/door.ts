// A door of a source as operators write it.

import { z } from 'zod';

import { DOOR_FORMATS } from '../../domain/world/door.ts';
import { PLATFORMS } from '../../domain/world/platform.ts';
import { platformSettings } from './platform.ts';
import { id, keyHash, settings } from './settings.ts';

const foreignName = z.string().min(1).max(200);

/** One entry of a source's `doors`. */
export const door = settings({
  format: z
    .enum([...DOOR_FORMATS, ...PLATFORMS])
    .describe('The system whose post format the client uses.'),
  campaign: id.describe('The campaign that its leads are for.'),
  account: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe('By what the client names itself; the guide of the format says what goes in here.'),
  keys: z
    .array(keyHash)
    .max(20)
    .default([])
    .describe('Of the password that the client sends, by its hash.'),
  fields: z
    .record(foreignName, id)
    .refine((map) => Object.keys(map).length <= 500, 'at most 500 of them')
    .default({})
    .describe('The vertical’s field for names of the client’s that are not known by themselves.'),
  ...platformSettings,
});
