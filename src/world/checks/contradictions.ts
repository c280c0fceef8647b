// Filters that no lead can meet, and alternatives that never hold: mistakes of those who write
// filters, told as warnings. Parts of one `all` are held against each other fact by fact;
// alternatives each by themselves against what stands around them. Says nothing where it does not
// know: two facts are never held against each other.

import type { Filter } from '../../domain/world/filter.ts';
import { describeFilter } from '../../eligibility/filters/filter-words.ts';
import type { ValueLists } from '../../eligibility/filters/value-lists.ts';
import { issueAt, type Path, type WorldIssue } from '../issues.ts';
import type { Fact } from './operands.ts';
import { isPossible, type Demand } from './possible.ts';

export interface Surroundings {
  readonly path: Path;
  readonly facts: ReadonlyMap<string, Fact>;
  readonly lists: ValueLists;
}

type Test = Filter & { readonly kind: 'test' };

/** A part of a filter that must hold, or must not. */
interface Part {
  readonly filter: Filter;
  readonly wanted: boolean;
  readonly path: Path;
}

type TestPart = Demand & { readonly filter: Test; readonly path: Path };

/** What must hold where a part stands, by field. */
type Context = ReadonlyMap<string, readonly TestPart[]>;

type Found =
  | { readonly kind: 'possible'; readonly warnings: readonly WorldIssue[] }
  | { readonly kind: 'impossible'; readonly path: Path; readonly why: string };

/** The contradictions of a filter that `checkFilter` has nothing against. */
export function listContradictions(filter: Filter, around: Surroundings): WorldIssue[] {
  const found = examine({ filter, wanted: true, path: around.path }, new Map(), around);
  if (found.kind === 'possible') return [...found.warnings];
  const fix = 'write any in place of all where one of them is enough';
  return [issueAt(found.path, `no lead can meet the filter: ${found.why}`, fix)];
}

function examine(part: Part, context: Context, around: Surroundings): Found {
  const { tests, choices } = flatten(part);
  const here = new Map(context);
  for (const test of tests) {
    here.set(test.filter.field, [...(here.get(test.filter.field) ?? []), test]);
  }
  for (const field of new Set(tests.map((test) => test.filter.field))) {
    const clash = clashOf(here.get(field) ?? [], { field, around });
    if (clash) return clash;
  }
  const warnings: WorldIssue[] = [];
  for (const choice of choices) {
    const found = choice.of.map((each) => examine(each, here, around));
    const dead = found.filter((each) => each.kind === 'impossible');
    if (dead.length === found.length) {
      const why = dead[0]?.why ?? 'any of nothing';
      return { kind: 'impossible', path: choice.path, why };
    }
    for (const each of found) {
      if (each.kind === 'possible') warnings.push(...each.warnings);
      else if (choice.isWritten) {
        warnings.push(issueAt(each.path, `this alternative can never hold: ${each.why}`));
      }
    }
  }
  return { kind: 'possible', warnings };
}

/** Alternatives. Those that come of `not: { all: … }` are not written as such by anybody. */
interface Choice {
  readonly of: readonly Part[];
  readonly isWritten: boolean;
  readonly path: Path;
}

/** The tests that must all pass, and the choices that must each leave an alternative. */
function flatten(part: Part): { tests: TestPart[]; choices: Choice[] } {
  const { filter, wanted, path } = part;
  switch (filter.kind) {
    case 'test':
      return { tests: [{ filter, test: filter.test, wanted, path }], choices: [] };
    case 'not':
      return flatten({ filter: filter.of, wanted: !wanted, path: [...path, 'not'] });
    case 'all':
    case 'any': {
      const of = filter.of.map((each, index) => ({
        filter: each,
        wanted,
        path: [...path, filter.kind, index],
      }));
      if ((filter.kind === 'any') === wanted) {
        return { tests: [], choices: [{ of, isWritten: wanted, path }] };
      }
      const flat = of.map(flatten);
      return {
        tests: flat.flatMap(({ tests }) => tests),
        choices: flat.flatMap(({ choices }) => choices),
      };
    }
  }
}

/** More tests on one fact are named all together: nobody writes so many by hand. */
const MOST_PAIRED = 20;

function clashOf(
  tests: readonly TestPart[],
  { field, around }: { field: string; around: Surroundings },
): Found | undefined {
  const fact = around.facts.get(field);
  if (!fact) return undefined;
  const fits = (some: readonly TestPart[]) => isPossible(some, fact, around.lists);
  if (fits(tests)) return undefined;
  const clash = (tests.length > MOST_PAIRED ? undefined : smallest(tests, fits)) ?? tests;
  const path = clash.at(-1)?.path ?? around.path;
  return { kind: 'impossible', path, why: clash.map(sayingOf).join(', and ') };
}

function smallest(
  tests: readonly TestPart[],
  fits: (some: readonly TestPart[]) => boolean,
): readonly TestPart[] | undefined {
  const alone = tests.find((test) => !fits([test]));
  if (alone) return [alone];
  for (const [index, one] of tests.entries()) {
    const other = tests.slice(index + 1).find((each) => !fits([one, each]));
    if (other) return [one, other];
  }
  return undefined;
}

function sayingOf({ filter, wanted }: TestPart): string {
  return wanted ? describeFilter(filter) : `not (${describeFilter(filter)})`;
}
