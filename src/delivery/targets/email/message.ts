// The mail that carries sold leads to a buyer's mailbox: one lead as a list of its fields, or many
// as a table of numbers with the leads in the file beside it.

import { csvOf, type Row } from '../../batches/csv.ts';
import type { Mail, UploadFile } from '../target.ts';

/** What the settings of a mailbox come to. */
export interface MailTerms {
  readonly from: string;
  readonly to: readonly string[];
  readonly replyTo: string | null;
  /** With `{name}` in the place of a fact or a field. */
  readonly subject: string;
  readonly attachCsv: boolean;
}

/** What is told of one lead beside its fields. */
export type Facts = Readonly<Record<string, string>>;

const PLACE = /\{([^{}]+)\}/g;

/** What a subject names. */
export function placesIn(subject: string): string[] {
  return [...subject.matchAll(PLACE)].map(([, name = '']) => name);
}

/** The mail about one lead. */
export function leadMail(
  terms: MailTerms,
  { id, facts, fields }: { readonly id: string; readonly facts: Facts; readonly fields: Row },
): Mail {
  const lines = [...Object.entries(facts), ...Object.entries(fields)].map(
    ([name, value]) => [labelOf(name), String(value)] as const,
  );
  const row = { ...facts, ...fields };
  const file = {
    name: `${facts['lead_id'] ?? 'lead'}.csv`,
    content: csvOf(Object.keys(row), [row]),
  };
  return mailOf(terms, {
    ...{ id, lines, values: row },
    attachments: terms.attachCsv ? [file] : [],
  });
}

/** The mail that brings many leads in a file. */
export function digestMail(
  terms: MailTerms,
  told: { readonly id: string; readonly facts: Facts; readonly file: UploadFile },
): Mail {
  const { id, facts, file } = told;
  const lines = Object.entries(facts).map(([name, value]) => [labelOf(name), value] as const);
  return mailOf(terms, { id, lines, values: facts, attachments: [file] });
}

function mailOf(
  terms: MailTerms,
  told: Pick<Mail, 'id' | 'attachments'> & {
    readonly lines: readonly (readonly [label: string, value: string])[];
    readonly values: Row;
  },
): Mail {
  const { id, lines, values, attachments } = told;
  const { from, to, replyTo } = terms;
  const rows = lines.map(([label, value]) => `<tr><th>${escaped(label)}</th>${cell(value)}</tr>`);
  return {
    ...{ id, from, to, attachments },
    ...(replyTo !== null && { replyTo }),
    subject: filled(terms.subject, values),
    text: `${lines.map(([label, value]) => `${label}: ${indented(value)}`).join('\n')}\n`,
    html: `<!doctype html><meta charset="utf-8"><table align="left">${rows.join('')}</table>\n`,
  };
}

/** A subject stays one line, whatever a lead holds; a name that the lead lacks leaves nothing. */
function filled(subject: string, values: Row): string {
  const text = subject.replace(PLACE, (_, name: string) =>
    String(Object.hasOwn(values, name) ? values[name] : ''),
  );
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** What a person wrote in several lines: none of them looks like a field of its own. */
const indented = (value: string) => value.replace(/\r\n|\r|\n/g, '\n  ');
const cell = (value: string) => `<td>${escaped(value)}</td>`;

function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
