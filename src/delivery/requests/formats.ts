// Values to bytes, one function for each format. Escaping is done here and nowhere else, and the
// same values give the same bytes.

import { createHash } from 'node:crypto';
import { XMLBuilder } from 'fast-xml-parser';

import type { RequestSettings, Soap } from '../../domain/delivery/request.ts';
import type { Placed } from './values.ts';
import { TEXT, toTree, type Tree } from './tree.ts';

/** The bytes of a body as text, and what they are. */
export interface Content {
  readonly type: string;
  readonly body: string;
}

/** JSON, XML or SOAP. */
export function treeContent(placed: readonly Placed[], settings: RequestSettings): Content {
  if (settings.format === 'json') {
    return { type: JSON_TYPE, body: JSON.stringify(toTree(placed)) };
  }
  const element = `${xmlOf({ [settings.root]: toTree(placed) })}`;
  if (settings.format === 'xml') return { type: XML_TYPE, body: `${XML_HEAD}${element}` };
  const { version } = settings.soap;
  const open = `<soap:Envelope xmlns:soap="${ENVELOPES[version]}"><soap:Body>`;
  const body = `${XML_HEAD}${open}${element}</soap:Body></soap:Envelope>`;
  return { type: soapType(settings.soap), body };
}

export const JSON_TYPE = 'application/json';
export const XML_TYPE = 'application/xml; charset=utf-8';
const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const ENVELOPES = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;

/** SOAP 1.2 names its action in the type; 1.1 in a header of its own. */
export function soapType({ version, action }: Soap): string {
  if (version === '1.1') return 'text/xml; charset=utf-8';
  return `application/soap+xml; charset=utf-8${action === '' ? '' : `; action="${action}"`}`;
}

const xml = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: TEXT,
  suppressEmptyNode: false,
  suppressBooleanAttributes: false,
  processEntities: true,
  format: false,
});

/** Elements of the tree; names that begin with `@` are attributes. */
function xmlOf(tree: Tree): string {
  return xml.build(asTexts(tree));
}

function asTexts(tree: Tree): unknown {
  if (typeof tree !== 'object') return xmlText(String(tree));
  if (Array.isArray(tree)) return (tree as readonly Tree[]).map(asTexts);
  const parts = Object.entries(tree).map(([name, part]) => [name, asTexts(part)]);
  return Object.fromEntries(parts) as unknown;
}

/** Without the signs that no XML may hold, not even escaped. */
function xmlText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '');
}

/** `a=1&a=2`, as forms and queries are written; a name may come more than once. */
export function formText(pairs: readonly (readonly [string, string])[]): string {
  return new URLSearchParams([...pairs] as [string, string][]).toString();
}

export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The values by their names. */
export function pairsOf(placed: readonly Placed[]): (readonly [string, string])[] {
  return placed.map(({ to, value }) => [to.name, String(value)] as const);
}

/** multipart/form-data, with a boundary that its own content does not hold. */
export function multipartContent(placed: readonly Placed[]): Content {
  const pairs = pairsOf(placed);
  const boundary = boundaryFor(JSON.stringify(pairs));
  const parts = pairs.map(([name, value]) => {
    const said = `content-disposition: form-data; name="${quoted(name)}"`;
    return `--${boundary}\r\n${said}\r\n\r\n${value}\r\n`;
  });
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: `${parts.join('')}--${boundary}--\r\n`,
  };
}

function boundaryFor(content: string): string {
  for (let count = 0; ; count += 1) {
    const boundary = `sluice-${createHash('sha256').update(`${count}${content}`).digest('hex')}`;
    if (!content.includes(boundary)) return boundary;
  }
}

/** As browsers write names with quotes and line ends. */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
