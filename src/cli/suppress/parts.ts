// A file in parts that end at the ends of lines, however large it is: one part is in memory at a
// time.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

import { countOf } from '../leads/scan.ts';
import { cannotRead, CommandError } from '../running.ts';

/** Some 45,000 phone numbers, or 8,000 hashes: a second or two of the server. */
const PART_BYTES = 512 * 1024;
const LINE_END = 0x0a;

/** Whole lines of a file. */
export interface Part {
  readonly bytes: Buffer;
  /** The number of its first line, from 1. */
  readonly firstLine: number;
  readonly lines: number;
  /** Bytes of the file up to its end. */
  readonly readBytes: number;
}

/** The size of a file that can be read. Throws `CommandError`. */
export async function sizeOf(file: string): Promise<number> {
  const { size } = await stat(file).catch(cannotRead(file));
  return size;
}

/** The parts of a file in order. Throws `CommandError` where a line is larger than a part. */
export async function* readParts(file: string, partBytes = PART_BYTES): AsyncGenerator<Part> {
  let rest: Buffer = Buffer.alloc(0);
  let firstLine = 1;
  let readBytes = 0;
  const cut = (bytes: Buffer): Part => {
    const lines = countLines(bytes);
    readBytes += bytes.length;
    const part = { bytes, firstLine, lines, readBytes };
    firstLine += lines;
    return part;
  };
  for await (const chunk of createReadStream(file, { highWaterMark: partBytes / 2 })) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    if (rest.length < partBytes) continue;
    const end = rest.lastIndexOf(LINE_END) + 1;
    if (end === 0) {
      const says = `a line of ${file} is longer than ${partBytes} bytes`;
      throw new CommandError(says, 'A file of values has one row on each line.');
    }
    const whole = rest.subarray(0, end);
    rest = rest.subarray(end);
    yield cut(whole);
  }
  if (rest.length > 0) yield cut(rest);
}

function countLines(bytes: Buffer): number {
  const ends = countOf(bytes, LINE_END);
  return bytes.at(-1) === LINE_END ? ends : ends + 1;
}
