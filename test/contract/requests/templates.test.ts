// Liquid texts of operators, filled with what strangers typed. Goal: a template is escaped for
// where it stands, is refused where it cannot work, and gets at no file, clock, chance or
// prototype; a body that is not well-formed never leaves.

import { describe, expect, test } from 'vitest';

import { faultOfTemplate, render } from '../../../src/delivery/requests/template.ts';
import { built, faultsOf, GIVEN, PARCEL, tried } from './stand.ts';

const scope = { values: { lead: { name: 'Ann', zip: '01234' } }, moment: GIVEN };
const say = (liquid: string) => render(liquid, 'text', scope);

describe('a body by template', () => {
  test('in JSON is safe inside quotes, and with `json` writes a whole value', () => {
    const { body } = built(`
template: |
  {"name": "{{ lead.first_name }}", "owner": {{ lead.homeowner | json }},
   "price": {{ price_cents }}, "token": "{{ captured.token }}"
   {%- if lead.fax %}, "fax": {{ lead.fax | json }}{% endif %}}`);
    expect(JSON.parse(body ?? '')).toEqual({
      ...{ name: 'Ann "Annie"', owner: true, price: 1250, token: '0012' },
    });
  });

  test('cannot be broken out of: a name that tries to name a price stays a name', () => {
    const lead = { ...PARCEL, fields: { first_name: '", "price": "0\n\\' } };
    const { body } = built('template: \'{"name": "{{ lead.first_name }}"}\'', lead);
    expect(JSON.parse(body ?? '')).toEqual({ name: '", "price": "0\n\\' });
  });

  test('in XML is escaped by itself', () => {
    const { body } = built(`format: xml
template: '<lead><last>{{ lead.last_name }}</last></lead>'`);
    expect(body).toBe('<lead><last>Lee &amp; &lt;Sons&gt;</last></lead>');
  });

  test.each([
    ['json', '{"fax": {{ lead.fax | json }}}', 'the body is not JSON'],
    ['json', '{"name": {{ lead.first_name }}}', 'the body is not JSON'],
    ['xml', '<lead><a>{{ lead.zip }}</lead>', 'the body is not XML: line 1'],
  ])('that is not well-formed %s is not sent: %s', (format, template, unbuildable) => {
    const yaml = `format: ${format}\ntemplate: ${JSON.stringify(template)}`;
    expect(tried(yaml)).toEqual({ unbuildable });
  });
});

describe('a template', () => {
  test.each([
    ['no end', '{{ lead.name'],
    ['an unknown filter', '{{ lead.name | nope }}'],
    ['the clock', "{{ 'now' | date: '%s' }}"],
    ['chance', "{{ 'a,b' | split: ',' | sample }}"],
    ['expressions', "{{ lead | where_exp: 'x', 'x' }}"],
    ['the process', "{{ constructor.constructor('return process')() }}"],
    ['a file to include', "{% include '/etc/passwd' %}"],
    ['a file to render', "{% render '/etc/passwd' %}"],
    ['a layout', "{% layout '/etc/passwd' %}"],
    ['an endless text', 'x'.repeat(100_001)],
  ])('that asks for %s is refused', (_, liquid) => {
    expect(faultOfTemplate(liquid, 'text')).toEqual(expect.any(String));
    expect(faultsOf(`headers: { X-A: ${JSON.stringify(liquid)} }\n${BODY}`)).not.toEqual([]);
  });

  test.each([
    ['{{ lead.constructor.name }}'],
    ["{{ lead['__proto__'].toString }}"],
    ['{{ lead.name.constructor }}'],
    ['{{ constructor }}{{ __proto__ }}{{ process }}{{ globalThis }}'],
  ])('finds nothing at %s', (liquid) => {
    expect(say(liquid)).toEqual({ kind: 'text', text: '' });
  });

  test.each([
    ['a billion turns at once', '{% for i in (1..1000000000) %}x{% endfor %}'],
    [
      'a billion turns in three',
      '{% for i in (1..1000) %}'.repeat(3) + 'x' + '{% endfor %}'.repeat(3),
    ],
    [
      'a text that doubles',
      "{% assign z = 'a' %}{% for i in (1..40) %}{% assign z = z | append: z %}{% endfor %}",
    ],
  ])('with %s is ended', (_, liquid) => {
    const begun = performance.now();
    expect(say(liquid)).toMatchObject({ kind: 'failed', says: expect.stringContaining('limit') });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test('that failed quotes nothing of the lead', () => {
    const failed = say("{% for i in (1..lead.zip) %}{{ lead.name | divided_by: 'x' }}{% endfor %}");
    expect(JSON.stringify(failed)).not.toMatch(/Ann|01234/);
  });

  test('may use what mappings may do to a value', () => {
    expect(say("{{ '1984-02-29' | date_us }} {{ '1984-02-29' | age }}")).toEqual({
      kind: 'text',
      text: '02/29/1984 41',
    });
  });
});

const BODY = 'body: [{ to: zip, field: zip }]';

describe('a header', () => {
  test('S22: holds one line, whatever a lead says', () => {
    const lead = { ...PARCEL, fields: { name: 'Ann\r\nBcc: all@example.com\r\n\r\n{}', zip: '1' } };
    const { headers } = built(`headers: { X-Name: '{{ lead.name }}' }\n${BODY}`, lead);
    expect(headers['x-name']).toBe('Ann Bcc: all@example.com {}');
  });

  test('beyond Latin is sent as the bytes of UTF-8, and an empty one is left out', () => {
    const lead = { ...PARCEL, fields: { name: 'Łuk', zip: '1' } };
    const yaml = `headers: { X-Name: '{{ lead.name }}', X-Fax: '{{ lead.fax }}' }\n${BODY}`;
    const { headers } = built(yaml, lead);
    expect(Buffer.from(headers['x-name'] ?? '', 'latin1').toString('utf8')).toBe('Łuk');
    expect(headers).not.toHaveProperty('x-fax');
  });

  test.each(['Host', 'content-length', 'Transfer-Encoding', 'connection', 'Expect'])(
    '%s belongs to the connection',
    (name) => {
      const says = `headers.${name}: belongs to the connection and cannot be set`;
      expect(faultsOf(`headers: { ${name}: '1' }\n${BODY}`)).toEqual([says]);
    },
  );

  test('may replace the content type, for buyers that want another', () => {
    const { headers } = built(`headers: { Content-Type: text/plain }\n${BODY}`);
    expect(headers['content-type']).toBe('text/plain');
  });
});
