// The hosted form and its answers as HTML: no scripts, nothing from elsewhere.

import { createHash } from 'node:crypto';
import type { Response } from 'express';

import { GENDERS } from '../../domain/fields/gender.ts';
import { isSecret } from '../../domain/fields/secret.ts';
import type { FormDoor } from '../../domain/world/platform.ts';
import type { Field, Vertical } from '../../domain/world/world.ts';
import { STAMP } from './stamp.ts';

/** Hidden from people by the style sheet: whoever fills it in is none. */
export const HONEYPOT = 'alt_contact';
/** The box that a visitor ticks. */
export const CONSENT_BOX = 'consent_given';

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 34rem; padding: 0 1rem }
label { display: block; margin-top: 1rem }
input, select { font: inherit; width: 100%; padding: .5rem; box-sizing: border-box }
input[type=checkbox] { width: auto }
button { font: inherit; margin-top: 1.5rem; padding: .6rem 1.6rem }
.wrong { color: #a00 }
.away { position: absolute; left: -9999px; height: 0; overflow: hidden }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export interface FormView {
  readonly title: string;
  readonly account: string;
  readonly vertical: Vertical;
  readonly form: FormDoor;
  readonly stamp: string;
  /** What was sent before and is not right yet. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly wrong?: ReadonlyMap<string, string>;
  readonly says?: string;
}

/** The whole page. */
export function formPage(view: FormView): string {
  const { account, form, vertical, wrong = new Map<string, string>() } = view;
  const inputs = Object.entries(vertical.fields).map(([name, field]) => input(view, name, field));
  const consent = form.consentText === null ? '' : consentBox(form.consentText, wrong);
  return page(
    view.title,
    `${view.says === undefined ? '' : `<p class="wrong" role="alert">${text(view.says)}</p>`}
<form method="post" action="/in/form/${text(encodeURIComponent(account))}">
${inputs.join('\n')}
<div class="away" aria-hidden="true"><label>Leave this empty
<input name="${HONEYPOT}" tabindex="-1" autocomplete="off"></label></div>
<input type="hidden" name="${STAMP}" value="${text(view.stamp)}">
<input type="hidden" name="xxTrustedFormCertUrl"><input type="hidden" name="universal_leadid"
 id="leadid_token">
${consent}<button>Send</button>
</form>`,
  );
}

/** A page that only says something. */
export function plainPage(title: string, says: string): string {
  return page(title, `<p>${text(says)}</p>`);
}

/** Sends a page, under rules that let it do what it must: its style, and the form's way out. */
export function sendPage(
  res: Response,
  { status, html, form }: { status: number; html: string; form?: FormDoor },
): void {
  const after = [form?.thanksUrl, form?.refusedUrl].flatMap((url) =>
    url ? [new URL(url).origin] : [],
  );
  const frames = form && form.origins.length > 0 ? form.origins : ["'none'"];
  res.set(
    'Content-Security-Policy',
    [
      `default-src 'none'; style-src 'sha256-${STYLE_HASH}'`,
      // A browser holds the redirect after the post against it too.
      `form-action ${["'self'", ...after].join(' ')}`,
      `frame-ancestors ${frames.join(' ')}; base-uri 'none'`,
    ].join('; '),
  );
  if (form && form.origins.length > 0) res.removeHeader('X-Frame-Options');
  // Without it the browser would post with the origin `null`, which is nobody's.
  res.set('Referrer-Policy', 'same-origin');
  res.status(status).type('html').send(html);
}

function input(view: FormView, name: string, field: Field): string {
  const wrong = view.wrong?.get(name);
  const sent = view.values?.[name];
  const isText = typeof sent === 'string' || typeof sent === 'number';
  // What is secret is typed again: a page with it would stay in caches and behind the back button.
  const value = isText && !isSecret(field) ? String(sent) : '';
  const attributes = `name="${text(name)}"${field.required ? ' required' : ''}`;
  const choices = choicesOf(field);
  const box =
    choices !== undefined
      ? select(attributes, choices, value)
      : `<input ${attributes} type="${TYPES[field.type] ?? 'text'}" maxlength="1000"` +
        `${value === '' ? '' : ` value="${text(value)}"`}>`;
  const says = wrong === undefined ? '' : ` <span class="wrong">${text(wrong)}</span>`;
  return `<label>${text(labelOf(name))}${says}\n${box}</label>`;
}

function choicesOf({ type, choices }: Field): readonly string[] | undefined {
  if (type === 'boolean') return ['yes', 'no'];
  if (type === 'gender') return GENDERS;
  return type === 'choice' ? choices : undefined;
}

const TYPES: Partial<Record<Field['type'], string>> = { phone: 'tel', email: 'email' };

function select(attributes: string, choices: readonly string[], value: string): string {
  const options = choices.map((choice) => {
    const chosen = choice === value.toLowerCase() ? ' selected' : '';
    return `<option value="${text(choice)}"${chosen}>${text(labelOf(choice))}</option>`;
  });
  return `<select ${attributes}><option value=""></option>${options.join('')}</select>`;
}

function consentBox(consent: string, wrong: ReadonlyMap<string, string>): string {
  const says = wrong.get(CONSENT_BOX);
  return `<label><input type="checkbox" name="${CONSENT_BOX}" value="yes" required>
${text(consent)}${says === undefined ? '' : ` <span class="wrong">${text(says)}</span>`}</label>
`;
}

function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${text(title)}</title><style>${STYLE}</style></head>
<body><h1>${text(title)}</h1>
${body}
</body></html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

/** Text for HTML, between tags and in attributes alike. */
function text(raw: string): string {
  return raw.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
