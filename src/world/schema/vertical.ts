// Kinds of leads as operators write them: their fields, and what no such lead may be like.

import { z } from 'zod';

import type { LeadRule } from '../../domain/world/intake.ts';
import { FIELD_TYPES, type Field } from '../../domain/world/world.ts';
import { filter } from './filter.ts';
import { id, label, mapOf, settings } from './settings.ts';

/** Types whose values tell who or where a person is, unless the world says otherwise. */
const PERSONAL_TYPES: ReadonlySet<string> = new Set([
  ...['text', 'phone', 'email', 'date', 'postal_code', 'ssn', 'url', 'ip'],
]);

const field = settings({
  type: z.enum(FIELD_TYPES).describe('What its values look like; also how they are normalised.'),
  required: z.boolean().default(false).describe('A lead without it is refused.'),
  personal: z
    .boolean()
    .optional()
    .describe(
      'Never in a ping that does not list the field. Default: true for text, phone, email, date, ' +
        'postal_code, url, ip. A field of type ssn always is, and is in no ping at all.',
    ),
  choices: z
    .array(z.string().trim().toLowerCase().min(1).max(100))
    .max(500)
    .default([])
    .describe('The values that a field of type choice may take.'),
  check: z
    .enum(['plan', 'length'])
    .optional()
    .describe(
      'Of a phone: plan (default), an American number has the shape of the numbering plan; ' +
        'length, it only has ten digits.',
    ),
}).transform(({ check, ...parsed }, context): Field => {
  const say = (path: string, message: string) =>
    context.addIssue({ code: 'custom', message, path: [path] });
  if ((parsed.type === 'choice') !== parsed.choices.length > 0) {
    const isChoice = parsed.type === 'choice';
    say('choices', isChoice ? 'a choice wants choices' : 'only a choice has them');
  }
  if (check !== undefined && parsed.type !== 'phone') say('check', 'only a phone has it');
  if (parsed.type === 'ssn' && parsed.personal === false) {
    say('personal', 'a social security number is always personal: leave it out');
  }
  const personal = parsed.personal ?? PERSONAL_TYPES.has(parsed.type);
  return { ...parsed, personal, ...(check === 'length' && { check }) };
});

const rule = settings({
  name: id.describe('Stands in the checks of a lead; unique in its list.'),
  when: filter.describe('A lead that meets it is refused. It may not ask for the score or flags.'),
  says: z.string().trim().min(1).max(200).describe('What the source is told of each field.'),
  fields: z.array(id).min(1).max(20).describe('The fields of the vertical that it is about.'),
});

/** Rules by which leads are refused. */
export const rules: z.ZodType<readonly LeadRule[]> = z
  .array(rule)
  .max(100)
  .refine(
    (list) => new Set(list.map(({ name }) => name)).size === list.length,
    'two rules have the same name',
  );

export const vertical = settings({
  name: label.optional().describe('For people. Default: the id.'),
  fields: mapOf(field, 200).describe('The fields of a lead, by name.'),
  rules: rules.optional().describe('What no lead of this kind may be like, in any campaign.'),
});
