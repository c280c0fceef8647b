// One rule of an operator as a test of answers.

import type { Rule, RuleValue } from '../../domain/delivery/answer.ts';
import type { IncomingReply } from '../adapter.ts';
import type { ReadableAnswer } from './parse.ts';
import { compilePath, compilePattern, textsOf } from './path.ts';

/** `read` is undefined where the body could not be read: rules about it then meet nothing. */
export interface Answered {
  readonly reply: IncomingReply;
  readonly read: ReadableAnswer | undefined;
}

export type Test = (answered: Answered) => boolean;

type Texts = (answered: Answered) => readonly string[];
type Holds = (text: string) => boolean;

/** Compiles a rule. What it cannot read (the world refuses it on save) meets no answer. */
export function compileRule(rule: Rule): Test {
  const tests = [rule, ...(rule.and ?? [])].map(compileOne);
  return (answered) => tests.every((test) => test(answered));
}

function compileOne(rule: Rule): Test {
  const texts = compileTexts(rule);
  if (rule.op === 'exists') {
    const wanted = rule.value !== false;
    // Of a body that could not be read nobody knows what is missing in it.
    return (answered) => isSeen(rule, answered) && texts(answered).length > 0 === wanted;
  }
  const holds = compileHolds(rule);
  return (answered) => texts(answered).some(holds);
}

function isSeen({ on }: Rule, { read }: Answered): boolean {
  return on === 'status' || on === 'header' || read !== undefined;
}

function compileTexts({ on, path = '', name = '' }: Rule): Texts {
  switch (on) {
    case 'status':
      return ({ reply }) => [String(reply.status)];
    case 'header': {
      const header = name.toLowerCase();
      return ({ reply }) => textsOf([reply.headers?.[header]]);
    }
    case 'body':
      return ({ read }) => (read ? [read.body] : []);
    case 'path': {
      const find = compilePath(path);
      return ({ read }) => (read && find ? textsOf(find(read)) : []);
    }
  }
}

const YES = new Set(['true', 'yes', 'y', '1']);
const NO = new Set(['false', 'no', 'n', '0']);

function compileHolds({ on, op, value }: Rule): Holds {
  const wanted = (Array.isArray(value) ? value : [value ?? '']) as readonly RuleValue[];
  const [first = ''] = wanted;
  switch (op) {
    case 'eq': {
      const whole = String(first).trim();
      return (text) => text === whole;
    }
    case 'ieq':
    case 'in': {
      const words = new Set(wanted.map((each) => String(each).trim().toLowerCase()));
      return (text) => words.has(text.toLowerCase());
    }
    case 'matches': {
      const pattern = compilePattern(String(first));
      if (pattern === undefined) return () => false;
      return on === 'body'
        ? (text) => pattern.matcher(text).find()
        : (text) => pattern.matcher(text).matches();
    }
    case 'gt':
      return (text) => Number(text.replaceAll(/[$,]/g, '')) > Number(first);
    case 'truthy': {
      const words = value === false ? NO : YES;
      return (text) => words.has(text.toLowerCase());
    }
    case 'exists':
      return () => true;
  }
}
