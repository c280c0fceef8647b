// What the fault proxy can do to a request, and seeded scripts that say to which. The n-th post
// meets the same fault in every run of a seed; which lead is the n-th is up to the run.

/** A place in an answer: before or after its head, in the middle of either, or after n bytes. */
export type Place = 'before_head' | 'in_head' | 'after_head' | 'in_body' | number;

export type Fault =
  | { readonly kind: 'pass' }
  /** Sent on after a while. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Taken, neither sent on nor answered. */
  | { readonly kind: 'swallow' }
  /** Sent on; neither the answer nor the server's leaving is ever heard of. */
  | { readonly kind: 'half_open' }
  /** RST: before anything was sent on, right after all was, or at a place in the answer. */
  | { readonly kind: 'reset'; readonly at: 'request' | 'forwarded' | Place }
  /** A polite end in the middle of the answer. */
  | { readonly kind: 'truncate'; readonly at: Place }
  /** From there on one byte at a time. */
  | { readonly kind: 'drip'; readonly at: Place; readonly everyMs: number };

export const PASS: Fault = { kind: 'pass' };

/** Every way to lose the answer to a post once the post has left. */
export const LOSSES: readonly Fault[] = [
  { kind: 'swallow' },
  { kind: 'half_open' },
  { kind: 'reset', at: 'request' },
  { kind: 'reset', at: 'forwarded' },
  { kind: 'reset', at: 'before_head' },
  { kind: 'reset', at: 'in_head' },
  { kind: 'reset', at: 'after_head' },
  { kind: 'reset', at: 'in_body' },
  { kind: 'truncate', at: 'in_head' },
  { kind: 'truncate', at: 'after_head' },
  { kind: 'truncate', at: 'in_body' },
  { kind: 'drip', at: 'before_head', everyMs: 200 },
  { kind: 'drip', at: 'in_body', everyMs: 200 },
];

/** What the proxy reads of a request. */
export interface Asked {
  readonly path: string;
  /** The Idempotency-Key of a post, `lead/contract/round`; null for pings. */
  readonly key: string | null;
}

/** Reads the request line and the key of a whole request. */
export function readAsked(request: Buffer): Asked {
  const head = headOf(request);
  const key = /^idempotency-key: *(.*)$/im.exec(head)?.[1]?.trim();
  return { path: head.split(' ')[1] ?? '', key: key ?? null };
}

/** The length of the message that these bytes begin; undefined while nobody can know it. */
export function lengthOf(bytes: Buffer): number | undefined {
  const head = headOf(bytes);
  if (head === '') return undefined;
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length === undefined) return /^(GET|HEAD) /.test(head) ? head.length : undefined;
  return head.length + Number(length);
}

/** Where a place is in this answer. */
export function offsetOf(answer: Buffer, at: Place): number {
  if (typeof at === 'number') return Math.min(at, answer.length);
  const head = headOf(answer).length;
  switch (at) {
    case 'before_head':
      return 0;
    case 'in_head':
      return Math.floor(head / 2);
    case 'after_head':
      return head;
    case 'in_body':
      return head + Math.floor((answer.length - head) / 2);
  }
}

/** With the empty line behind it; empty while it is not complete. */
function headOf(bytes: Buffer): string {
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? '' : bytes.toString('latin1', 0, end + 4);
}

/** Numbers from 0 to just under 1, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Of all posts this share meets one of the faults; pings pass. */
export function harmPosts(seed: number, share: number, faults: readonly Fault[] = LOSSES) {
  const random = createRandom(seed);
  return ({ path }: Asked): Fault => {
    if (!path.endsWith('/post')) return PASS;
    const [isHarmed, which] = [random() < share, random()];
    return (isHarmed && faults[Math.floor(which * faults.length)]) || PASS;
  };
}
