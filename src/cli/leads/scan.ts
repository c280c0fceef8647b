// A first look over a whole file, in one pass and little memory: its digest, which names the
// import, and how its bytes are to be read.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

import { cannotRead, CommandError } from '../running.ts';

export interface FileFacts {
  readonly file: string;
  readonly size: number;
  /** Hex SHA-256 of its bytes. */
  readonly sha256: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** Bytes of the mark at its beginning. */
  readonly markBytes: number;
  /** `\r` only where the file has no other line end. */
  readonly lineEnd: '\n' | '\r';
  /** About: line ends inside of cells count, too. */
  readonly lines: number;
}

const MARKS = [
  { encoding: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', mark: [0xff, 0xfe] },
  { encoding: 'utf-16be', mark: [0xfe, 0xff] },
] as const;
const LF = 0x0a;
const CR = 0x0d;

/** Throws `CommandError` where the file cannot be read or has nothing in it. */
export async function scanFile(file: string): Promise<FileFacts> {
  const { size } = await stat(file).catch(cannotRead(file));
  const digest = createHash('sha256');
  let head: Buffer | undefined;
  let [lf, cr] = [0, 0];
  let last: number | undefined;
  try {
    for await (const chunk of createReadStream(file)) {
      const bytes = chunk as Buffer;
      digest.update(bytes);
      head ??= Buffer.from(bytes.subarray(0, 4096));
      last = bytes.at(-1);
      lf += countOf(bytes, LF);
      // A file has one kind of line end or the other: the second is only counted without the first.
      if (lf === 0) cr += countOf(bytes, CR);
    }
  } catch (cause) {
    cannotRead(file)(cause);
  }
  const { encoding, markBytes } = encodingOf(head ?? Buffer.alloc(0));
  if (!head || size <= markBytes) {
    throw new CommandError(`${file} is empty`, 'Its first row names the columns.');
  }
  const lineEnd = lf === 0 && cr > 0 ? '\r' : '\n';
  // Two bytes a letter end in the NUL of a line end.
  const endsOpen = last !== LF && last !== CR && encoding !== 'utf-16le';
  const lines = (lineEnd === '\r' ? cr : lf) + (endsOpen ? 1 : 0);
  return { file, size, sha256: digest.digest('hex'), encoding, markBytes, lineEnd, lines };
}

/** How often a byte comes. */
export function countOf(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count += 1;
  return count;
}

function encodingOf(head: Buffer): Pick<FileFacts, 'encoding' | 'markBytes'> {
  const marked = MARKS.find(({ mark }) => mark.every((byte, at) => head[at] === byte));
  if (marked) return { encoding: marked.encoding, markBytes: marked.mark.length };
  // Latin letters in UTF-16 have a NUL for every other byte.
  const nulls = (from: number) => head.filter((byte, at) => byte === 0 && at % 2 === from).length;
  const [even, odd] = [nulls(0), nulls(1)];
  if (odd > head.length / 4 && even === 0) return { encoding: 'utf-16le', markBytes: 0 };
  if (even > head.length / 4 && odd === 0) return { encoding: 'utf-16be', markBytes: 0 };
  return { encoding: 'utf-8', markBytes: 0 };
}
