// An operator's rules made ready, once for as long as they are held.

import { ANSWER_GROUPS, type AnswerGroup, type AnswerRules } from '../../domain/delivery/answer.ts';
import { compilePath, type Finder } from './path.ts';
import { compileRule, type Test } from './rule.ts';

export interface CompiledRules {
  readonly groups: readonly { readonly name: AnswerGroup; readonly tests: readonly Test[] }[];
  /** Finds nothing where the rules name no path. */
  readonly find: (path: string | undefined) => Finder;
}

const known = new WeakMap<AnswerRules, CompiledRules>();

/** The same rules are compiled once. */
export function compiledRules(rules: AnswerRules): CompiledRules {
  const there = known.get(rules);
  if (there) return there;
  const finders = new Map<string, Finder>();
  const compiled: CompiledRules = {
    groups: ANSWER_GROUPS.map((name) => ({ name, tests: rules[name].map(compileRule) })),
    find: (path) => {
      if (path === undefined) return nothing;
      const made = finders.get(path) ?? compilePath(path) ?? nothing;
      finders.set(path, made);
      return made;
    },
  };
  known.set(rules, compiled);
  return compiled;
}

function nothing(): readonly unknown[] {
  return [];
}
