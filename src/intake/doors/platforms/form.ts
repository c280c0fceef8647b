// What a web form sent, its own fields taken apart from what it says about the person.

import type { FormDoor } from '../../../domain/world/platform.ts';
import type { Told } from '../door.ts';
import { controlOf } from '../values.ts';

/** The names that a form has for itself, as the page that shows it writes them. */
export interface FormNames {
  readonly honeypot: string;
  readonly stamp: string;
  readonly consent: string;
}

export interface FormTold {
  readonly told: Told;
  /** Nobody fills in what nobody sees. */
  readonly suspectedBot: boolean;
  readonly stamp: string | undefined;
  /** The box was ticked; it counts only where the form has one. */
  readonly agreed: boolean;
}

const CONSENT = ['consent_text', 'consent_at'];

/** Reads the values of a form. `now` is ISO 8601. */
export function readForm(
  values: Readonly<Record<string, unknown>>,
  { account, form, names, now }: { account: string; form: FormDoor; names: FormNames; now: string },
): FormTold {
  const own = new Set(Object.values(names) as string[]);
  // What the visitor agreed to is what the page said, not what the request says.
  if (form.consentText !== null) for (const name of CONSENT) own.add(name);
  const rest = Object.entries(values).filter(([name]) => !own.has(name));
  const suspectedBot = controlOf(values, names.honeypot) !== undefined;
  const agreed = controlOf(values, names.consent) !== undefined;
  const consent =
    agreed && form.consentText !== null ? { consent_text: form.consentText, consent_at: now } : {};
  return {
    suspectedBot,
    agreed,
    stamp: controlOf(values, names.stamp),
    told: {
      kind: 'told',
      account,
      key: null,
      phase: 'full',
      values: { ...consent, ...Object.fromEntries(rest) },
      ...(suspectedBot && { test: true }),
    },
  };
}
