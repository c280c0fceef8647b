// Secrets by reference: `env:NAME`, or `file:/path` read at the moment of use, so that a rotated
// file counts from the next call on.

import { readFile } from 'node:fs/promises';

/** A reader of references. Undefined when the variable or file is not there. */
export function createSecretReader(env: NodeJS.ProcessEnv) {
  return async (reference: string): Promise<string | undefined> => {
    const [scheme, name = ''] = split(reference);
    if (scheme === 'env') return env[name];
    if (scheme !== 'file') return undefined;
    // An absent file is an absent secret; the caller says which reference it was.
    const text = await readFile(name, 'utf8').catch(() => undefined);
    return text?.trim();
  };
}

function split(reference: string): [string, string?] {
  const at = reference.indexOf(':');
  return [reference.slice(0, at), reference.slice(at + 1)];
}
