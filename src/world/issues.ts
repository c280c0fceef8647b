// What is said about a world: a mistake (where it is, what is wrong, what to write instead), and a
// change from one world to the next.

/** A mistake, or a warning. `path` is empty for the document as a whole. */
export interface WorldIssue {
  /** `contracts.apex_auto.filter.all[0].field` */
  readonly path: string;
  readonly says: string;
  readonly fix?: string;
}

/** One difference of two documents; `undefined` on a side = not there. */
export interface WorldChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The keys and places that lead to a part of the document. */
export type Path = readonly (string | number)[];

/** A path as people write it: `contracts.apex_auto.caps[0].per`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const plain = /^[A-Za-z_]\w*$/.test(part);
    if (!plain) return `${text}[${JSON.stringify(part.slice(0, 80))}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** An issue at a path; `fix` is left out where there is none. */
export function issueAt(path: Path, says: string, fix?: string): WorldIssue {
  const issue = { path: pathText(path), says };
  return fix === undefined ? issue : { ...issue, fix };
}

/** "did you mean apex_auto?", if one of the known words is at most two slips away. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  let best: { word: string; slips: number } | undefined;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > 2) continue;
    const slips = slipsBetween(word, candidate);
    if (slips <= 2 && slips < candidate.length / 2 && slips < (best?.slips ?? 3)) {
      best = { word: candidate, slips };
    }
  }
  return best && `did you mean ${best.word}?`;
}

/** The Levenshtein distance. */
function slipsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
