// The hashes of a large file in heaps by their first byte, on disk. The table of suppressions has
// an index over hashes: in the order of a file each of them falls on another page of it, heap by
// heap thousands fall on one.

import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { HASH_BYTES } from '../../db/suppressions/hash.ts';

/** What is kept of a heap in memory: 16 MB for all. */
const BLOCK_BYTES = 64 * 1024;

interface Heap {
  readonly block: Buffer;
  used: number;
  /** Where its full blocks stand in the file. */
  readonly at: number[];
}

export type Heaps = Awaited<ReturnType<typeof openHeaps>>;

/** Opens heaps in a file without a name: it is gone with this process, however that ends. */
export async function openHeaps() {
  const path = join(tmpdir(), `sluice-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  const heaps = Array.from({ length: 256 }, (): Heap => ({
    block: Buffer.allocUnsafe(BLOCK_BYTES),
    used: 0,
    at: [],
  }));
  let end = 0;

  async function putAway(heap: Heap): Promise<void> {
    await file.write(heap.block, 0, BLOCK_BYTES, end);
    heap.at.push(end);
    end += BLOCK_BYTES;
    heap.used = 0;
  }

  return {
    /** Takes hashes that stand one after the other. */
    async add(hashes: Buffer): Promise<void> {
      for (let at = 0; at < hashes.length; at += HASH_BYTES) {
        const heap = heaps[hashes[at] ?? 0];
        if (!heap) throw new Error('a byte is below 256');
        hashes.copy(heap.block, heap.used, at, at + HASH_BYTES);
        heap.used += HASH_BYTES;
        if (heap.used === BLOCK_BYTES) await putAway(heap);
      }
    },

    /** All that was taken, heap by heap, at most `partBytes` at once: a multiple of a block. */
    async *parts(partBytes: number): AsyncGenerator<Buffer> {
      for (const { at, block, used } of heaps) {
        let part: Buffer[] = [];
        const full = () => part.length * BLOCK_BYTES >= partBytes;
        for (const from of at) {
          const read = await file.read(Buffer.allocUnsafe(BLOCK_BYTES), 0, BLOCK_BYTES, from);
          part.push(read.buffer);
          if (!full()) continue;
          yield Buffer.concat(part);
          part = [];
        }
        if (used > 0) part.push(block.subarray(0, used));
        if (part.length > 0) yield Buffer.concat(part);
      }
    },

    close: () => file.close(),
  };
}
