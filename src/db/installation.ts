// What the processes of one installation share, and nobody else knows.

import type { Tx } from './pool.ts';

/** What signs for this installation: read once, and again where that failed. */
export function createSecretMemory(db: Tx): () => Promise<string> {
  let known: Promise<string> | undefined;
  return () => {
    known ??= readInstallationSecret(db).catch((cause: unknown) => {
      known = undefined;
      throw cause;
    });
    return known;
  };
}

/** The secret as it is stored. */
export async function readInstallationSecret(db: Tx): Promise<string> {
  const found = await db.query<{ secret: string }>({
    name: 'installation.read_secret',
    text: 'select secret from installation',
  });
  const secret = found.rows[0]?.secret;
  if (secret === undefined)
    throw new Error('the table "installation" is empty: run sluice migrate');
  return secret;
}
