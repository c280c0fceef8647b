// What an answer is, whatever its content type claims: buyers send JSON as HTML, XML where JSON was
// asked for, and web pages as JSON.

import { XMLParser, XMLValidator } from 'fast-xml-parser';

import type { AnswerRules } from '../../domain/delivery/answer.ts';
import { parseJsonExactly } from '../../domain/fields/json-numbers.ts';
import type { IncomingReply } from '../adapter.ts';
import { withoutMark } from './plain.ts';
import { textParts } from './text-parts.ts';

/** An answer whose whole body could be read. */
export interface ReadableAnswer {
  readonly kind: 'read';
  readonly body: string;
  /** What paths walk in: the JSON, the XML from its root's name on, or the parts of a text. */
  readonly root: unknown;
}

export type ParsedAnswer =
  | ReadableAnswer
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'unreadable';
      readonly says: string;
      /** It began as JSON or XML: the answer may be cut off. */
      readonly cut: boolean;
    };

const MOST_CHARACTERS = 256 * 1024;

/** Reads a body as the rules say, or as what it looks like. Never throws. */
export function parseAnswer(reply: IncomingReply, parseAs: AnswerRules['parseAs']): ParsedAnswer {
  const body = withoutMark(reply.body).trim();
  if (body === '') return { kind: 'empty' };
  if (body.length > MOST_CHARACTERS) return unreadable('larger than 256 KiB');
  const announced = announcedType(reply);
  const isPage = looksLikePage(body);
  switch (parseAs) {
    case 'json':
      return isPage ? unreadable('a web page, not JSON') : readJson(body);
    case 'xml':
      return isPage ? unreadable('a web page, not XML') : readXml(body);
    case 'text':
      // Who announces data and sends a page has a fault in between.
      if (isPage && announced !== 'other') return unreadable('a web page announced as data');
      return readText(body);
    case 'auto':
      if (isPage) return unreadable('a web page');
      if (/^[{[]/.test(body)) return readJson(body);
      if (body.startsWith('<')) return readXml(body);
      if (announced === 'json') return readJson(body);
      if (announced === 'xml') return unreadable('announced as XML, and is none');
      return readText(body);
  }
}

function announcedType({ headers }: IncomingReply): 'json' | 'xml' | 'other' {
  const [type = ''] = (headers?.['content-type'] ?? '').toLowerCase().split(';');
  if (/[/+]json\s*$/.test(type)) return 'json';
  return /[/+]xml\s*$/.test(type) && !type.includes('xhtml') ? 'xml' : 'other';
}

const PAGE = /^<(?:!doctype\s+html|html|head|body|div|p|h[1-6]|center|script|style|span)[\s>/]/i;

function looksLikePage(body: string): boolean {
  let rest = body;
  // Not one pattern for all: a row of comments would have it try every way to part them.
  for (;;) {
    const end = rest.startsWith('<?xml')
      ? rest.indexOf('?>') + 2
      : rest.startsWith('<!--')
        ? rest.indexOf('-->') + 3
        : 0;
    if (end < 3) return PAGE.test(rest);
    rest = rest.slice(end).trimStart();
  }
}

function readJson(body: string): ParsedAnswer {
  try {
    return { kind: 'read', body, root: parseJsonExactly(body) };
  } catch {
    return unreadable('no whole JSON', { cut: /^[{["]/.test(body) });
  }
}

const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Text stays text: an id keeps its zeros, a price its decimals.
  parseTagValue: false,
  parseAttributeValue: false,
  // `&amp;` of an address, and the four like it; no document can declare one of its own here.
  processEntities: true,
  maxNestedTags: 50,
});

function readXml(body: string): ParsedAnswer {
  // What a document type may define grows without bound; no answer needs one.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(body)) return unreadable('XML with a DOCTYPE');
  try {
    // The parser first: it ends at the fiftieth level, where the validator takes its time.
    const root: unknown = xml.parse(body);
    if (XMLValidator.validate(body) === true) return { kind: 'read', body, root };
  } catch {
    // Said below: the parser's own words may quote the person.
  }
  return unreadable('no whole XML', { cut: body.startsWith('<') });
}

function readText(body: string): ParsedAnswer {
  return { kind: 'read', body, root: textParts(body) };
}

function unreadable(says: string, { cut } = { cut: false }): ParsedAnswer {
  return { kind: 'unreadable', says, cut };
}
