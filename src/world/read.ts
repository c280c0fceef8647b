// From the text of a world file to a document, or to the line and column where it cannot be read.

import { isCollection, LineCounter, parseDocument, visit, type Document } from 'yaml';

import type { WorldIssue } from './issues.ts';

/** Why a file is no YAML or JSON. `path` reads `world.yaml:12:3`, line and column from 1. */
export interface WorldReadIssue extends WorldIssue {
  readonly line: number;
  readonly column: number;
}

export type WorldText =
  | { readonly ok: true; readonly document: unknown }
  | { readonly ok: false; readonly issue: WorldReadIssue };

/** 40,000 zips in each of ten contracts. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
// An alias may stand for a list of aliases: a kilobyte of text must not become a gigabyte of world.
const MOST_ALIASES = 100;
const DEEPEST = 100;

/**
 * Reads a file by its name: `.json` as JSON, anything else as YAML 1.2. Refuses what would lose a
 * value silently: keys that come twice, unknown tags, more than one document.
 */
export function readWorldText(text: string, fileName: string): WorldText {
  const lines = new LineCounter();
  const unreadable = (offset: number, says: string): WorldText => {
    const { line, col } = lines.linePos(offset);
    const place = { line: Math.max(1, line), column: Math.max(1, col) };
    const path = `${fileName}:${place.line}:${place.column}`;
    return { ok: false, issue: { path, says, ...place } };
  };

  if (text.length > MOST_CHARACTERS) return unreadable(0, 'the file is larger than 4 MB');
  const isJson = fileName.toLowerCase().endsWith('.json');
  const tooDeep = isJson ? offsetOfTooDeep(text) : undefined;
  if (tooDeep !== undefined) {
    for (const { index } of text.matchAll(/^/gm)) lines.addNewLine(index);
    return unreadable(tooDeep, 'is nested too deep');
  }
  const parsed = parseDocument(text, {
    lineCounter: lines,
    schema: isJson ? 'json' : 'core',
    uniqueKeys: true,
    prettyErrors: false,
  });
  const fault = parsed.errors[0] ?? parsed.warnings[0];
  if (fault) return unreadable(fault.pos[0], firstLine(fault.message));
  if (parsed.contents === null) return unreadable(0, 'the file is empty');
  const offset = offsetOfOddKey(parsed);
  if (offset !== undefined) return unreadable(offset, 'a key wants to be plain text');
  try {
    return { ok: true, document: parsed.toJS({ maxAliasCount: MOST_ALIASES }) as unknown };
  } catch (error) {
    // Its only reason to throw: aliases that unfold to more than is sane.
    return unreadable(0, error instanceof Error ? firstLine(error.message) : 'unreadable');
  }
}

/**
 * The parser goes down by recursion, and runs out of stack or memory where JSON is made to hurt. So
 * brackets outside of strings are counted before it begins.
 */
function offsetOfTooDeep(text: string): number | undefined {
  let [depth, inString] = [0, false];
  for (let at = 0; at < text.length; at += 1) {
    const part = text[at];
    if (part === '"') inString = !inString;
    else if (inString) at += part === '\\' ? 1 : 0;
    else if (part === '{' || part === '[') depth += 1;
    else if (part === '}' || part === ']') depth -= 1;
    if (depth > DEEPEST) return at;
  }
  return undefined;
}

/** A map or a list as a key would be turned into text that nobody wrote. */
function offsetOfOddKey(parsed: Document.Parsed): number | undefined {
  let offset: number | undefined;
  visit(parsed, {
    Map(_, node) {
      const odd = node.items.find(({ key }) => isCollection(key));
      if (!odd || !isCollection(odd.key)) return undefined;
      offset = odd.key.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
