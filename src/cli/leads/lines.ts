// The lines of a file, a chunk at a time: however large the file is and however long a line, a few
// hundred kilobytes are in memory.

import { createReadStream } from 'node:fs';

import type { FileFacts } from './scan.ts';

/** A longer row is no lead: the API takes bodies of 64 KB. */
export const MOST_CHARACTERS = 64 * 1024;

const CHUNK_BYTES = 64 * 1024;

export interface Lines {
  /** Undefined for one that is longer than `MOST_CHARACTERS`. */
  readonly lines: readonly (string | undefined)[];
  /** Bytes of the file that are read. */
  readonly readBytes: number;
  /** How many of them are not UTF-8, and were read as windows-1252. */
  readonly foreign: number;
}

/** The lines of a file in order, without their ends. */
export async function* readLines(facts: FileFacts): AsyncGenerator<Lines> {
  const { file, encoding, markBytes, lineEnd } = facts;
  // What is not UTF-8 is made so, and lines are found by their bytes.
  const wide = encoding === 'utf-8' ? undefined : new TextDecoder(encoding);
  const end = lineEnd.charCodeAt(0);
  let rest: Buffer = Buffer.alloc(0);
  let cutOff = false;
  let readBytes = markBytes;
  const linesOf = (bytes: Buffer): Lines => {
    const { lines, foreign } = decode(bytes, lineEnd);
    const kept = lines.map((line) => (line.length > MOST_CHARACTERS ? undefined : line));
    if (cutOff) kept[0] = undefined;
    cutOff = false;
    return { lines: kept, readBytes, foreign };
  };
  const options = { start: markBytes, highWaterMark: CHUNK_BYTES };
  for await (const chunk of createReadStream(file, options)) {
    readBytes += (chunk as Buffer).length;
    const bytes = wide ? Buffer.from(wide.decode(chunk as Buffer, { stream: true })) : chunk;
    rest = Buffer.concat([rest, bytes as Buffer]);
    const last = rest.lastIndexOf(end);
    const whole = rest.subarray(0, Math.max(last, 0));
    rest = rest.subarray(last + 1);
    if (last >= 0) yield linesOf(whole);
    if (rest.length > 4 * MOST_CHARACTERS) {
      // Of a line that is too long nothing is kept but that it was there.
      rest = Buffer.alloc(0);
      cutOff = true;
    }
  }
  if (rest.length > 0 || cutOff) yield linesOf(rest);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const western = new TextDecoder('windows-1252');

/** Line by line only where it must be: files are of one encoding, or patched from two. */
function decode(bytes: Buffer, lineEnd: string): { lines: string[]; foreign: number } {
  const whole = asUtf8(bytes);
  if (whole !== undefined) return { lines: whole.split(lineEnd).map(withoutReturn), foreign: 0 };
  const end = lineEnd.charCodeAt(0);
  const lines: string[] = [];
  let foreign = 0;
  for (let from = 0; from <= bytes.length;) {
    const found = bytes.indexOf(end, from);
    const to = found < 0 ? bytes.length : found;
    const line = bytes.subarray(from, to);
    const text = asUtf8(line);
    if (text === undefined) foreign += 1;
    // As a stream: in one piece Node 20 takes windows-1252 for Latin-1, and loses the euro sign.
    lines.push(withoutReturn(text ?? western.decode(line, { stream: true })));
    from = to + 1;
  }
  return { lines, foreign };
}

function asUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
