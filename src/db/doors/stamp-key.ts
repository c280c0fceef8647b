// What signs the moment at which a form was shown, for every process alike.

import type { Tx } from '../pool.ts';

/** The key under which the moment at which a form was shown is signed. */
export async function readStampKey(db: Tx): Promise<Buffer> {
  const found = await db.query<{ key: Buffer }>({
    name: 'stamp_key.read',
    text: 'select key from stamp_key',
  });
  const [row] = found.rows;
  if (!row) throw new Error('the migration left no stamp key');
  return row.key;
}
