// A request that shows where its secrets stand, and not what they are. It is built with words in
// their place that no format spells in another way, and these are then replaced.

import type { OutgoingRequest, Secrets } from '../../delivery/adapter.ts';
import type { Step } from '../../domain/world/contract.ts';

/** A word for each reference, which stands for its secret. */
export function veil(references: readonly string[]): Secrets {
  return new Map(references.map((reference, index) => [reference, `xVeiled${index}Secretx`]));
}

/** The request with `•••(env:NAME)` where a secret would stand, or what is made of one. */
export function veiled(request: OutgoingRequest, step: Step, secrets: Secrets): OutgoingRequest {
  const words = [...secrets].map(([reference, word]) => [word, marked(reference)] as const);
  const clean = (text: string) =>
    words.reduce((shown, [word, mark]) => shown.replaceAll(word, mark), text);
  const headers = Object.entries(request.headers).map(([name, value]) => {
    return [name, madeOf(step, name) ?? clean(value)] as const;
  });
  return {
    method: request.method,
    url: clean(request.url),
    headers: Object.fromEntries(headers),
    body: request.body === null ? null : clean(request.body),
  };
}

function marked(reference: string): string {
  return `•••(${reference})`;
}

/** What a header holds that is reckoned from a secret. */
function madeOf(step: Step, name: string): string | undefined {
  if (step.adapter === 'twilio_call' && name === 'authorization') {
    return `Basic ${marked(step.call.secretRef)}`;
  }
  if (step.adapter !== 'http') return undefined;
  const { auth } = step.request;
  if (auth.kind === 'basic' && name === 'authorization') return `Basic ${marked(auth.secret)}`;
  if (auth.kind === 'hmac' && name === auth.header.toLowerCase()) {
    return `${auth.prefix}${marked(auth.secret)}`;
  }
  if (auth.kind === 'oauth2' && name === 'authorization') {
    return `Bearer ${marked(`a token for ${auth.secret}`)}`;
  }
  return undefined;
}
