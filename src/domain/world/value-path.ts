// Where a value stands in a document: `$.data.items[0].value`. The part of JSONPath that names one
// place, and nothing that searches.

/** From the root: names of members, and numbers of entries. */
export type ValuePath = readonly (string | number)[];

const START = /^\$(?=[.[])/;
const STEP = /^(?:\.([^.[\]\s"']+)|\[(\d{1,4})\]|\['([^']+)'\]|\["([^"]+)"\])/;

/** The steps of a path; undefined where it cannot be read. The `$.` may be left out. */
export function parsePath(text: string): ValuePath | undefined {
  if (text.length > 500) return undefined;
  let rest = START.test(text) ? text.slice(1) : /^[.[]/.test(text) ? '' : `.${text}`;
  const steps: (string | number)[] = [];
  while (rest !== '') {
    const found = STEP.exec(rest);
    if (!found) return undefined;
    const [whole, plain, number, single, double] = found;
    steps.push(number === undefined ? (plain ?? single ?? double ?? '') : Number(number));
    rest = rest.slice(whole.length);
  }
  return steps.length > 0 && steps.length <= 20 ? steps : undefined;
}

/** The value at a path; undefined where nothing stands there. */
export function valueAt(document: unknown, path: ValuePath): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    const isThere = typeof step === 'string' ? !Array.isArray(value) : Array.isArray(value);
    if (!isThere || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
