// Salesforce Web-to-Lead: the form that needs no API. It answers 200 or a redirect whatever becomes
// of the lead, and names no record: the push can never be confirmed. For accounts without an API.

import { z } from 'zod';

import { baseUrl, targetKind, vendorName } from '../kind.ts';
import { fieldsOf, mappedText, mappingOf } from '../mapping.ts';
import { done, formRequest, refused, unanswered } from '../replies.ts';

const options = z.strictObject({
  base_url: baseUrl.default('https://webto.salesforce.com').describe('Where the form goes.'),
  oid: vendorName.describe('The id of the organization.'),
  fields: mappingOf(vendorName),
});

const NOT_PROVIDED = '[not provided]';

export const salesforceWeb = targetKind(options, {
  fieldsIn: ({ fields }) => fieldsOf(fields, 'fields'),
  deliver:
    ({ base_url: base, oid, fields }) =>
    async (push, host) => {
      const form = {
        ...{ oid, last_name: NOT_PROVIDED, company: NOT_PROVIDED },
        ...mappedText(fields, push),
      };
      const url = `${base}/servlet/servlet.WebToLead?encoding=UTF-8`;
      const came = await host.call(formRequest(url, form));
      if (came.kind !== 'answer') return unanswered(came, 'harms');
      const { status } = came.reply;
      if (status >= 200 && status <= 399) return done(`HTTP ${status}, which confirms nothing`);
      return refused(came.reply, host, { repeat: 'harms' });
    },
});
