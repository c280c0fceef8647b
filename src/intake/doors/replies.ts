// Answers as bodies: JSON on one line, or XML in which nothing that is told can end an element.

import { XMLBuilder } from 'fast-xml-parser';

import type { Answered, DoorRequest, Reply } from './door.ts';
import { controlOf, formValues } from './values.ts';

const builder = new XMLBuilder({ suppressEmptyNode: true });

/** A JSON answer; keys in the order given. */
export function jsonReply(body: object, status = 200): Reply {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

/** An XML answer: an object is an element with its entries in order, a list an element for each. */
export function xmlReply(root: string, body: object, status = 200): Reply {
  const text: string = builder.build({ [root]: body });
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${printable(text)}`;
  return { status, type: 'text/xml', body: xml };
}

/** 503 while nothing can be stored; everything else is said in the body. */
export function statusOf(answered: Answered): 200 | 503 {
  return answered.kind === 'refused' && answered.why === 'unavailable' ? 503 : 200;
}

/** True if the client asks for JSON by this control, in the query or, read already, the body. */
export function wantsJson(
  request: DoorRequest,
  values: Readonly<Record<string, unknown>> | undefined,
  name: string,
): boolean {
  const asked = values && controlOf(values, name);
  return (asked ?? controlOf(formValues(request.query), name))?.toLowerCase() === 'json';
}

/** What may not stand in an XML document, not even escaped. */
function printable(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
}
