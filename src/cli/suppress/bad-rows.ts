// The file in which the bad rows of an import are told.

import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** What is wrong, and in which rows. */
export interface BadRows {
  readonly says: string;
  readonly rows: readonly number[];
}

/** The file of bad rows, made with the first of them. It holds no values. */
export function createBadRows(file: string) {
  let stream: WriteStream | undefined;
  return {
    file,
    async write(found: readonly BadRows[]): Promise<void> {
      if (found.length === 0) return;
      const out = (stream ??= createWriteStream(file).on('error', () => undefined));
      if (out.bytesWritten === 0 && out.writableLength === 0) out.write('row,why\n');
      for (const { says, rows } of found) {
        const why = `"${says.replaceAll('"', '""')}"`;
        out.write(rows.map((row) => `${row},${why}\n`).join(''));
      }
    },
    async end(): Promise<void> {
      if (!stream) return;
      stream.end();
      await finished(stream);
    },
  };
}
