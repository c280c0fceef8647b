// A request as its settings say, from a lead and what was agreed about it. Pure: the same material
// gives the same bytes. What cannot be built well is not sent.

import { XMLValidator } from 'fast-xml-parser';

import type { Format, HeaderValue, RequestSettings } from '../../domain/delivery/request.ts';
import type { Built, OutgoingRequest } from '../adapter.ts';
import { authorised, headerText } from './authorise.ts';
import {
  type Content,
  FORM_TYPE,
  formText,
  JSON_TYPE,
  multipartContent,
  pairsOf,
  soapType,
  treeContent,
  XML_TYPE,
} from './formats.ts';
import { render, type Scope } from './template.ts';
import { type Material, placedValues, scopeOf } from './values.ts';

type Part<T> = T | { readonly unbuildable: string };

/** The whole request, with its proof of who we are. */
export function buildRequest(url: string, settings: RequestSettings, material: Material): Built {
  const content = contentOf(settings, material);
  if ('unbuildable' in content) return content;
  const scope = scopeOf(material);
  const own = headersOf(settings.headers, scope, material);
  if ('unbuildable' in own) return own;
  const { secrets, moment } = material;
  const request = addressed(url, settings, content);
  const headers = { ...request.headers, ...own.headers };
  return authorised({ ...request, headers }, settings.auth, { secrets, nowMs: moment.nowMs });
}

/** Where the values go: into the address, or into the body. */
function addressed(url: string, settings: RequestSettings, content: Sent): OutgoingRequest {
  const { method, format, soap, wrapParam } = settings;
  const headers: Record<string, string> = { accept: ACCEPTED[format] };
  if (format === 'soap' && soap.version === '1.1' && wrapParam === null) {
    headers['soapaction'] = `"${soap.action}"`;
  }
  if ('query' in content)
    return { method, url: withQuery(url, content.query), headers, body: null };
  return { method, url, headers: { ...headers, 'content-type': content.type }, body: content.body };
}

type Sent = Content | { readonly query: string };

const ACCEPTED: Readonly<Record<Format, string>> = {
  json: 'application/json, */*;q=0.5',
  form: '*/*',
  query: '*/*',
  multipart: '*/*',
  xml: 'application/xml, text/xml, */*;q=0.5',
  soap: 'application/soap+xml, text/xml, */*;q=0.5',
};

function contentOf(settings: RequestSettings, material: Material): Part<Sent> {
  const content = bare(settings, material);
  if ('unbuildable' in content || 'query' in content || settings.wrapParam === null) return content;
  return { type: FORM_TYPE, body: formText([[settings.wrapParam, content.body]]) };
}

function bare(settings: RequestSettings, material: Material): Part<Sent> {
  const { body, format } = settings;
  if (body.kind === 'template') return written(body.liquid, settings, scopeOf(material));
  const mapped = placedValues(body.mappings, material);
  if (mapped.kind === 'failed') return { unbuildable: mapped.says };
  const { placed } = mapped;
  switch (format) {
    case 'json':
    case 'xml':
    case 'soap':
      return treeContent(placed, settings);
    case 'form':
      return { type: FORM_TYPE, body: formText(pairsOf(placed)) };
    case 'query':
      return { query: formText(pairsOf(placed)) };
    case 'multipart':
      return multipartContent(placed);
  }
}

/** What a template wrote, if it is well-formed. */
function written(liquid: string, { format, soap }: RequestSettings, scope: Scope): Part<Content> {
  const inside = format === 'json' ? 'json' : 'xml';
  const rendered = render(liquid, inside, scope);
  if (rendered.kind === 'failed') return { unbuildable: rendered.says };
  const body = rendered.text.trim();
  if (format === 'json') {
    return isJson(body) ? { type: JSON_TYPE, body } : { unbuildable: 'the body is not JSON' };
  }
  const valid = XMLValidator.validate(body);
  if (valid !== true) return { unbuildable: `the body is not XML: line ${valid.err.line}` };
  return { type: format === 'soap' ? soapType(soap) : XML_TYPE, body };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Whatever is wrong with it, it must not be sent; the message would quote the person.
    return false;
  }
}

function headersOf(
  headers: RequestSettings['headers'],
  scope: Scope,
  { secrets }: Material,
): Part<{ readonly headers: Record<string, string> }> {
  const built: Record<string, string> = {};
  for (const [name, value] of Object.entries<HeaderValue>(headers)) {
    const rendered: ReturnType<typeof render> =
      'secret' in value
        ? { kind: 'text', text: secrets.get(value.secret) ?? '' }
        : render(value.liquid, 'text', scope);
    if (rendered.kind === 'failed') return { unbuildable: `header ${name}: ${rendered.says}` };
    const text = headerText(rendered.text);
    if (text !== '') built[name] = text;
  }
  return { headers: built };
}

function withQuery(url: string, query: string): string {
  if (query === '') return url;
  const [address = '', own] = url.split('#')[0]?.split(/\?(.*)/s) ?? [];
  return `${address}?${own ? `${own}&` : ''}${query}`;
}
