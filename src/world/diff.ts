// What changes from one world document to the next.

import { canonicalText } from './digest.ts';
import { isMap, ownOf } from './maps.ts';
import { pathText, type Path, type WorldChange } from './issues.ts';

/**
 * Lists every difference between two documents, in the order of the new one, what is gone at the
 * place it had. A thing that came or went whole is one change; so is a list of plain values.
 */
export function diffWorlds(before: unknown, after: unknown): WorldChange[] {
  const changes: WorldChange[] = [];
  compare(before, after, []);
  return changes;

  function compare(old: unknown, now: unknown, path: Path): void {
    if (isMap(old) && isMap(now)) {
      for (const key of new Set([...Object.keys(now), ...Object.keys(old)])) {
        compare(ownOf(old, key), ownOf(now, key), [...path, key]);
      }
    } else if (holdsMaps(old) && holdsMaps(now)) {
      for (let index = 0; index < Math.max(old.length, now.length); index += 1) {
        compare(old[index], now[index], [...path, index]);
      }
    } else if (canonicalText(old) !== canonicalText(now)) {
      changes.push({ path: pathText(path), before: old, after: now });
    }
  }
}

const LONGEST_VALUE = 90;
const MOST_TOLD = 3;

/** What a version changed, in one line: the few changes themselves, or how many and where. */
export function summaryOf(changes: readonly WorldChange[]): string {
  if (changes.length <= MOST_TOLD) return changes.map(changeText).join('; ');
  const places = new Set(changes.map(({ path }) => path.split(/[.[]/)[0] || 'the document'));
  return `${changes.length} changes in ${[...places].join(', ')}`;
}

/** A change in one line: `~ contracts.apex_auto.price_cents: 1200 → 1400`. */
export function changeText({ path, before, after }: WorldChange): string {
  const place = path === '' ? 'the document' : path;
  if (before === undefined) return `+ ${place}: ${valueText(after)}`;
  if (after === undefined) return `- ${place}: ${valueText(before)}`;
  return `~ ${place}: ${valueText(before)} → ${valueText(after)}`;
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function holdsMaps(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.some((part) => isMap(part) || Array.isArray(part));
}
