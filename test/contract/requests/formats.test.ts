// Values become bytes in the format that a buyer wants. Goal: what a receiver reads with its own
// parser is what the lead holds, nothing is invented, and the same lead gives the same bytes.

import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';

import { built, PARCEL } from './stand.ts';

const NAMES = `
body:
  - { to: first, field: first_name }
  - { to: last, field: last_name }
  - { to: zip, field: zip }
  - { to: e_mail, field: email }
  - { to: owner, field: homeowner }
  - { to: cars, field: vehicles }`;
const HELD = {
  first: 'Ann "Annie"',
  last: 'Lee & <Sons>',
  zip: '01234',
  owner: 'true',
  cars: '2',
};

describe('json', () => {
  test('keeps the kinds of values, and leaves out what the lead does not hold', () => {
    const { method, body, headers, url } = built(NAMES);
    expect([method, url]).toEqual(['POST', 'https://buyer.example/leads']);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body ?? '')).toEqual({ ...HELD, owner: true, cars: 2 });
    expect(body).not.toContain('e_mail');
  });

  test('puts values at paths; lists close their gaps; names may hold dots', () => {
    const { body } = built(`
body:
  - { to: 'lead.phones[0].number', field: fax }
  - { to: 'lead.phones[2].number', field: phone }
  - { to: 'lead.phones[1].kind', value: cell }
  - { to: "lead['Source.Key']", value: web }
  - { to: lead.constructor, value: plain }`);
    expect(JSON.parse(body ?? '')).toEqual({
      lead: {
        phones: [{ kind: 'cell' }, { number: '+15125550142' }],
        'Source.Key': 'web',
        constructor: 'plain',
      },
    });
  });

  test('the same lead gives the same bytes', () => {
    expect(built(NAMES).body).toBe(built(NAMES).body);
  });
});

describe('form, query and multipart', () => {
  test('a form is read back by a form parser, and a name may come twice', () => {
    const { body, headers } = built(`format: form${NAMES}
  - { to: tag, value: a b }
  - { to: tag, value: 'c&d' }
  - { to: 'lead[zip]', field: zip }`);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const read = new URLSearchParams(body ?? '');
    expect(Object.fromEntries(read)).toMatchObject({ ...HELD, 'lead[zip]': '01234' });
    expect(read.getAll('tag')).toEqual(['a b', 'c&d']);
  });

  test('a query joins the address, and there is no body', () => {
    const { url, body, method } = built(`url: https://buyer.example/d.ashx?ckm=1#top
method: GET
format: query${NAMES}`);
    expect([method, body]).toEqual(['GET', null]);
    const read = new URL(url);
    expect(Object.fromEntries(read.searchParams)).toEqual({ ...HELD, ckm: '1' });
    expect(read.pathname).toBe('/d.ashx');
  });

  test('multipart is read back by a form-data parser, whatever stands in it', async () => {
    const hostile = '--sluice\r\ncontent-disposition: form-data; name="price"\r\n\r\n1';
    const lead = { ...PARCEL, fields: { ...PARCEL.fields, first_name: hostile } };
    const { body, headers } = built(`format: multipart${NAMES}`, lead);
    const read = await new Response(body, { headers: { ...headers } }).formData();
    expect(Object.fromEntries(read)).toEqual({ ...HELD, first: hostile });
  });
});

describe('xml and soap', () => {
  const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false });

  test('is read back by an XML parser, with attributes, texts and lists', () => {
    const { body, headers } = built(`format: xml
root: PostLead${NAMES}
  - { to: '@version', value: 2 }
  - { to: 'price.@currency', value: 'U"SD' }
  - { to: 'price.#text', fact: price_dollars }
  - { to: 'phones.phone[0]', field: phone }
  - { to: 'phones.phone[1]', value: none }`);
    expect(headers['content-type']).toBe('application/xml; charset=utf-8');
    expect(parser.parse(body ?? '')).toEqual({
      '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
      PostLead: {
        ...HELD,
        '@_version': '2',
        price: { '@_currency': 'U"SD', '#text': '12.50' },
        phones: { phone: ['+15125550142', 'none'] },
      },
    });
  });

  test('holds no sign that no XML may hold', () => {
    const lead = { ...PARCEL, fields: { first_name: 'A\u0000n\u001bn \ud800\uffff' } };
    const { body } = built(`format: xml${NAMES}`, lead);
    expect(body).toContain('<first>Ann </first>');
  });

  test('soap 1.1 has an envelope and its action in a header, 1.2 in the type', () => {
    const of = (version: string) =>
      built(`format: soap
root: AddLead
soap: { version: '${version}', action: 'urn:AddLead' }
body: [{ to: '@xmlns', value: 'urn:leads' }, { to: zip, field: zip }]`);
    const old = of('1.1');
    expect(old.headers).toMatchObject({
      'content-type': 'text/xml; charset=utf-8',
      soapaction: '"urn:AddLead"',
    });
    expect(parser.parse(old.body ?? '')).toMatchObject({
      'soap:Envelope': { 'soap:Body': { AddLead: { '@_xmlns': 'urn:leads', zip: '01234' } } },
    });
    expect(of('1.2').headers).toMatchObject({
      'content-type': 'application/soap+xml; charset=utf-8; action="urn:AddLead"',
    });
    expect(of('1.2').headers).not.toHaveProperty('soapaction');
  });

  test('may be the one field of a form', () => {
    const { body, headers } = built(`format: xml\nwrap_param: xmldata${NAMES}`);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const wrapped = new URLSearchParams(body ?? '').get('xmldata') ?? '';
    expect(parser.parse(wrapped)).toMatchObject({ lead: HELD });
  });
});
