// A buyer's mailbox: one mail for each lead, or one mail with all leads since the last in a file.
// Mail is at least once: after a silence the same mail goes out again, under the same Message-ID.

import { z } from 'zod';

import { batchTimes } from '../../batches/times.ts';
import { secretRef } from '../../secret-ref.ts';
import { csvOf } from '../../batches/csv.ts';
import { columnsOf, rowOf, rowsOf } from '../../batches/rows.ts';
import { fieldsOf, mappingOf } from '../mapping.ts';
import { type NamedField, targetKind } from '../kind.ts';
import { done, fail, retry, stop } from '../replies.ts';
import type { DeliveryReply, MailReply } from '../target.ts';
import { digestMail, leadMail, type MailTerms, placesIn } from './message.ts';

const ONE = 'New lead {lead_id}';
const MANY = '{leads} leads: {file}';
const FACTS_OF_ONE = ['lead_id', 'contract'];
const FACTS_OF_MANY = ['leads', 'file', 'contract'];

const address = z.email('wants an e-mail address').max(254);
const from = z
  .string()
  .max(320)
  .regex(/^([^<>\r\n]{1,100}<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, {
    error: 'wants an address, or a name and <an address>',
  });

const options = z
  .strictObject({
    server: secretRef
      .default('env:SMTP_URL')
      .describe('Where the mail server’s URL is found: smtps://user:password@smtp.example:465.'),
    from: from.describe('Whom the mail is from.'),
    to: z.array(address).min(1).max(20).describe('Who gets it.'),
    reply_to: address.nullable().default(null).describe('Where answers go. null: to `from`.'),
    subject: z
      .string()
      .min(1)
      .max(200)
      .nullable()
      .default(null)
      .describe(`With {name} in place of a field or fact. null: ${ONE}; of a digest ${MANY}.`),
    csv: z.boolean().default(false).describe('The lead is attached as a CSV file as well.'),
    digest: batchTimes
      .nullable()
      .default(null)
      .describe('All leads since the last time in one mail. null: each by itself, at once.'),
    fields: mappingOf(z.string().trim().min(1).max(100))
      .default({})
      .describe('What stands under which name. Default: every field that the delivery may carry.'),
  })
  .superRefine(({ subject, digest, fields }, context) => {
    const facts = digest ? FACTS_OF_MANY : FACTS_OF_ONE;
    const known = digest ? facts : [...facts, ...Object.keys(fields)];
    const unknown = placesIn(subject ?? '').filter((name) => !known.includes(name));
    // Without a mapping the others are fields of the vertical.
    if (unknown.length === 0 || (!digest && Object.keys(fields).length === 0)) return;
    const message = `wants {${known.join('}, {')}}; {${unknown[0]}} is none of them`;
    context.addIssue({ code: 'custom', path: ['subject'], message });
  });
type Options = z.output<typeof options>;

/** The kind `email`. */
export const email = targetKind(options, {
  fieldsIn: (given) => [...fieldsOf(given.fields, 'fields'), ...fieldsInSubject(given)],
  deliver: (given) => async (push, host) => {
    const facts = { lead_id: push.parcel.leadId, contract: push.parcel.contractId };
    const mail = leadMail(termsOf(given, ONE), {
      id: push.id,
      facts,
      fields: rowOf(given.fields, push),
    });
    return read(await host.mail(await host.secret(given.server), mail));
  },
  batch: ({ digest }) => digest,
  deliverBatch: (given) => async (batch, host) => {
    const rows = rowsOf(given.fields, batch.pushes);
    const file = { name: batch.fileName, content: csvOf(columnsOf(given.fields, rows), rows) };
    const facts = { leads: String(rows.length), file: file.name, contract: batch.contractId };
    const mail = digestMail(termsOf(given, MANY), { id: batch.id, facts, file });
    return read(await host.mail(await host.secret(given.server), mail));
  },
});

function fieldsInSubject({ subject, digest, fields }: Options): NamedField[] {
  if (subject === null || digest || Object.keys(fields).length > 0) return [];
  const names = placesIn(subject).filter((name) => !FACTS_OF_ONE.includes(name));
  return names.map((field) => ({ path: ['subject'], field }));
}

function termsOf(given: Options, usual: string): MailTerms {
  const { from, to, reply_to: replyTo, subject, csv } = given;
  return { from, to, replyTo, subject: subject ?? usual, attachCsv: csv };
}

/** What the server's word comes to. 4xx is for later; 5xx never, and of a login for nobody. */
function read(said: MailReply): DeliveryReply {
  switch (said.kind) {
    case 'taken':
      if (said.refused.length > 0) return fail('not every recipient was taken');
      return done(queueIdOf(said.says));
    case 'refused':
      if (said.code === 530 || said.code === 534 || said.code === 535) return stop(codeOf(said));
      return said.code >= 500 ? fail(codeOf(said)) : retry(codeOf(said));
    case 'not_sent':
      return said.isForGood ? stop(said.detail) : retry(said.detail);
    case 'lost':
      return retry(said.detail);
  }
}

const codeOf = ({ code }: { readonly code: number }) => `the mail server answered ${code}`;

/** `250 queued as 4ZxY`: the number and the id by which the server's log knows the mail. */
function queueIdOf(says: string): string {
  const id = /\b(?:queued as|id=)\s*([A-Za-z0-9.-]{1,60})/i.exec(says)?.[1];
  return id === undefined ? 'SMTP 250' : `SMTP 250, queued as ${id}`;
}
