// What the presets of known platforms are made of. A preset is data: what an operator could write.

import type { AnswerRules, Rule, RuleValue } from '../../domain/delivery/answer.ts';

/** How a platform's answers are read; null where it has no ping. */
export interface AnswerPreset {
  readonly ping: AnswerRules | null;
  readonly post: AnswerRules;
}

/** Rules with what they leave out: nothing known of an answer is doubt. */
export function answers(rules: Partial<AnswerRules>): AnswerRules {
  return {
    parseAs: 'auto',
    errorIf: [],
    duplicateIf: [],
    invalidIf: [],
    rejectIf: [],
    pendingIf: [],
    acceptIf: [],
    otherwise: 'in_doubt',
    ...rules,
  };
}

/** One of the words stands at the path. */
export function is(path: string, ...words: readonly RuleValue[]): Rule {
  return { on: 'path', path, op: 'in', value: words };
}

/** The rule, and the word somewhere in the text at the path. */
export function saying(rule: Rule, path: string, word: string): Rule {
  return { ...rule, and: [{ on: 'path', path, op: 'matches', value: `(?s).*\\b${word}\\b.*` }] };
}
