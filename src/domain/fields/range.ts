// Ranges of numbers as leads hold them: `5000-10000`, `50000+`, or `7`, which is its own range.

/** Both ends belong to it; without `max` it is open. */
export interface Span {
  readonly min: number;
  readonly max?: number;
}

const RANGE = /^(\d+(?:\.\d+)?)(?:(\+)|-(\d+(?:\.\d+)?))?$/;

/** The range of a normal value; undefined for other text, and where it ends before it begins. */
export function spanOf(text: string): Span | undefined {
  const [, least, open, most = least] = RANGE.exec(text) ?? [];
  if (least === undefined) return undefined;
  const min = Number(least);
  if (open !== undefined) return { min };
  const max = Number(most);
  return max < min ? undefined : { min, max };
}

/** The normal value of a range. */
export function rangeText({ min, max }: Span): string {
  if (max === undefined) return `${min}+`;
  return min === max ? String(min) : `${min}-${max}`;
}
