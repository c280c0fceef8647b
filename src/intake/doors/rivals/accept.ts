// Which media type a client would rather be answered in.

/**
 * The best of `offered` by an Accept header, the first of equal ones; undefined where it takes none
 * of them. Without a header, anything is taken.
 */
export function acceptedOf<T extends string>(
  header: string | undefined,
  offered: readonly T[],
): T | undefined {
  const ranges = (header ?? '*/*').split(',').map(rangeOf);
  let best: { readonly type: T; readonly weight: number } | undefined;
  for (const type of offered) {
    const weight = weightOf(type, ranges);
    if (weight > (best?.weight ?? 0)) best = { type, weight };
  }
  return best?.type;
}

interface Range {
  readonly range: string;
  readonly weight: number;
}

function rangeOf(text: string): Range {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((each) => /^q\s*=/.test(each))?.replace(/^q\s*=\s*/, '') ?? '1';
  const weight = Number(quality);
  return { range, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}

/** Of the most exact range that holds the type; 0 where none does. */
function weightOf(type: string, ranges: readonly Range[]): number {
  for (const range of [type, type.replace(/\/.*/, '/*'), '*/*']) {
    const found = ranges.find((each) => each.range === range);
    if (found) return found.weight;
  }
  return 0;
}
