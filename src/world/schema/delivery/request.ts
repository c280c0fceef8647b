// A request as a buyer wants it: what operators write of method, format, headers, proof and body.
// What cannot work is refused here, with its place: a template that does not compile, two values
// for one place, a header that only the connection may set.

import { z } from 'zod';

import { faultOfTemplate, type Inside } from '../../../delivery/requests/template.ts';
import { faultOfPlaces } from '../../../delivery/requests/tree.ts';
import {
  FACTS,
  FORMATS,
  METHODS,
  type Mapping,
  type Origin,
  type RequestSettings,
  TRANSFORMS,
  TREE_FORMATS,
} from '../../../domain/delivery/request.ts';
import { parsePath } from '../../../domain/world/value-path.ts';
import { secretRef } from '../../../delivery/secret-ref.ts';
import { id, settings } from '../settings.ts';
import { auth, HEADER_NAME, headerFault } from './auth.ts';

const scalar = z.union([z.string().max(2_000), z.number(), z.boolean()]);
const liquid = z.string().min(1).max(100_000);

/** A text of Liquid that becomes part of such a text. */
function compiled(text: string, inside: Inside, refuse: (says: string) => void): void {
  const fault = faultOfTemplate(text, inside);
  if (fault !== undefined) refuse(`is no template: ${fault}`);
}

const template = liquid.superRefine((text, { addIssue }) => {
  compiled(text, 'text', (message) => addIssue({ code: 'custom', message }));
});

const ORIGINS = ['field', 'value', 'template', 'secret', 'fact', 'captured'] as const;

const mapping = z
  .strictObject({
    to: z.string().min(1).max(200).describe('A name, or in json, xml and soap a path: a.b[0].c.'),
    field: id.optional().describe('A field of the lead.'),
    value: scalar.optional().describe('Always this.'),
    template: template.optional().describe('A Liquid text.'),
    secret: secretRef.optional().describe('env:NAME or file:/path.'),
    fact: z.enum(FACTS).optional().describe('What is known besides the fields.'),
    captured: id.optional().describe('A value of the ping’s answer, by its name in `capture`.'),
    as: z.array(z.enum(TRANSFORMS)).max(10).default([]).describe('What is done to it, in order.'),
    map: z
      .record(z.string().max(200), scalar)
      .nullable()
      .default(null)
      .describe('The buyer’s words for ours; `*` for all others.'),
    omit_if_empty: z.boolean().default(false).describe('An empty text is left out, too.'),
  })
  .superRefine((written, { addIssue }) => {
    const said = ORIGINS.filter((name) => written[name] !== undefined);
    if (said.length === 1) return;
    const message = `wants one of ${ORIGINS.join(', ')}`;
    addIssue({ code: 'custom', message, path: said[1] === undefined ? [] : [said[1]] });
  })
  .transform((written): Mapping => {
    const { to, as, map, omit_if_empty: omitIfEmpty } = written;
    const place = { name: to, path: parsePath(to) ?? [] };
    return { to: place, from: originOf(written), as, map, omitIfEmpty };
  });

interface Written {
  readonly field?: string | undefined;
  readonly value?: string | number | boolean | undefined;
  readonly template?: string | undefined;
  readonly secret?: string | undefined;
  readonly fact?: (typeof FACTS)[number] | undefined;
  readonly captured?: string | undefined;
}

function originOf({ field, value, template: text, secret, fact, captured }: Written): Origin {
  if (field !== undefined) return { kind: 'field', field };
  if (text !== undefined) return { kind: 'template', liquid: text };
  if (secret !== undefined) return { kind: 'secret', secret };
  if (fact !== undefined) return { kind: 'fact', fact };
  if (captured !== undefined) return { kind: 'captured', name: captured };
  return { kind: 'value', value: value ?? '' };
}

const headers = z
  .record(
    z.string().regex(HEADER_NAME, 'is no name of a header'),
    z.union([
      template.transform((text) => ({ liquid: text })),
      z.strictObject({ secret: secretRef.describe('env:NAME or file:/path.') }),
    ]),
  )
  .superRefine((written, { addIssue }) => {
    for (const [name, value] of Object.entries(written)) {
      const message = headerFault(name, 'secret' in value);
      if (message !== undefined) addIssue({ code: 'custom', message, path: [name] });
    }
  })
  .transform((written) =>
    Object.fromEntries(Object.entries(written).map(([name, as]) => [name.toLowerCase(), as])),
  );

const XML_NAME = /^[\p{L}_][\p{L}\p{N}_.-]*(:[\p{L}_][\p{L}\p{N}_.-]*)?$/u;

/** The settings of a request beside its address, for the shape of a step. */
export const requestShape = {
  method: z.enum(METHODS).default('POST').describe('GET wants the format query.'),
  format: z.enum(FORMATS).default('json').describe('How the values are written.'),
  headers: headers.prefault({}).describe('Liquid texts, or secrets, by name.'),
  auth: auth.prefault({ kind: 'none' }).describe('How the request says who we are.'),
  body: z
    .array(mapping)
    .min(1)
    .max(500)
    .nullable()
    .default(null)
    .describe('Which value stands where. Or template.'),
  template: liquid
    .nullable()
    .default(null)
    .describe('The whole body as a Liquid text, in json, xml or soap. Or body.'),
  wrap_param: z
    .string()
    .min(1)
    .max(100)
    .nullable()
    .default(null)
    .describe('A form with this one field, whose value is the body in json, xml or soap.'),
  root: z
    .string()
    .max(100)
    .regex(XML_NAME, 'is no name of an XML element')
    .default('lead')
    .describe('The outermost element of xml, or the one in the body of soap.'),
  soap: settings({
    version: z.enum(['1.1', '1.2']).default('1.1').describe('Of the envelope.'),
    action: z
      .string()
      .max(500)
      .regex(/^[!#-~]*$/, 'wants no spaces and no quotes')
      .default('')
      .describe('The SOAPAction.'),
  })
    .prefault({})
    .describe('Of format soap.'),
};

/** What the shape is read to. */
export interface WrittenRequest extends Omit<RequestSettings, 'body'> {
  readonly body: readonly Mapping[] | null;
  readonly template: string | null;
}

/** The settings in one piece. */
export function requestOf(written: WrittenRequest): RequestSettings {
  const { method, format, headers: named, auth: proof, wrapParam, root, soap } = written;
  const body: RequestSettings['body'] =
    written.template === null
      ? { kind: 'mapping', mappings: written.body ?? [] }
      : { kind: 'template', liquid: written.template };
  return { method, format, headers: named, auth: proof, body, wrapParam, root, soap };
}

/** What the settings of a request ask of each other. */
export function checkRequest(written: WrittenRequest, ctx: z.RefinementCtx): void {
  const { method, format, body, template: text, wrapParam } = written;
  const refuse = (path: (string | number)[], message: string) =>
    ctx.addIssue({ code: 'custom', message, path });
  const isTree = TREE_FORMATS.has(format);
  if ((body === null) === (text === null)) {
    refuse(text === null ? [] : ['template'], 'wants body or template, and one of them only');
  }
  if (method === 'GET' && format !== 'query') refuse(['format'], 'of GET wants to be query');
  if (wrapParam !== null && !isTree) refuse(['wrap_param'], 'goes with json, xml or soap');
  if (text !== null && !isTree) refuse(['template'], 'goes with json, xml or soap');
  if (text !== null && isTree) {
    compiled(text, format === 'json' ? 'json' : 'xml', (says) => refuse(['template'], says));
  }
  if (body === null || !isTree) return;
  let isReadable = true;
  body.forEach(({ to }, index) => {
    const says = placeFault(to.path, format === 'json');
    if (says === undefined) return;
    isReadable = false;
    refuse(['body', index, 'to'], says);
  });
  const fault = isReadable ? faultOfPlaces(body.map(({ to }) => to)) : undefined;
  if (fault) refuse(['body', fault.at, 'to'], fault.says);
}

function placeFault(path: Mapping['to']['path'], isJson: boolean): string | undefined {
  if (path.length === 0) return 'wants a path such as a.b or a[0].b';
  if (path.some((step) => step === '__proto__')) return '__proto__ is not a name';
  if (path.some((step) => typeof step === 'number' && step > 999)) return 'wants at most [999]';
  if (isJson) return undefined;
  if (typeof path[0] === 'number') return 'begins with the name of an element';
  const isFit = path.every((step, index) => {
    if (typeof step === 'number') return true;
    const isLast = index === path.length - 1;
    if (step === '#text') return isLast;
    return step.startsWith('@') ? isLast && XML_NAME.test(step.slice(1)) : XML_NAME.test(step);
  });
  return isFit ? undefined : 'wants names of XML elements, and at its end perhaps @attribute';
}
