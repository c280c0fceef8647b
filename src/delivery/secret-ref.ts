// How a world names a secret: by where it is found, never the secret itself.

import { z } from 'zod';

/** Where a secret is found. The secret never stands in a world: worlds are stored and shown. */
export const secretRef = z
  .string()
  .max(200)
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/,
    'wants a reference, env:NAME or file:/path, never the secret itself',
  );
