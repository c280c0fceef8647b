// Answers that are neither JSON nor XML: `ACCEPTED,https://next.example`, `success=1&id=7`, lines
// of `name: value`, words with blanks between them.

const NAMED = /^\s*([A-Za-z_][\w.-]{0,63})\s*[=:]\s*(.*)$/s;
const FORM = /^[\w.-]{1,64}=[^&=]*(?:&[\w.-]{1,64}=[^&=]*)*$/;
const SEPARATORS = ['\n', ',', ';', '|'] as const;
const MOST_PARTS = 200;

/**
 * The parts of a text, by number from `0` and, where they read `name=value` or `name: value`, by
 * name; of two with one name the first. They are parted by the first of: `&` between pairs, line
 * breaks, commas, semicolons, bars, blanks.
 */
export function textParts(text: string): Readonly<Record<string, string>> {
  const isForm = FORM.test(text);
  const separator = SEPARATORS.find((each) => text.includes(each));
  const parts = isForm ? text.split('&') : text.split(separator ?? /\s+/);
  const found = new Map<string, string>();
  for (const [index, part] of parts.slice(0, MOST_PARTS).entries()) {
    found.set(String(index), part.trim());
  }
  for (const part of parts.slice(0, MOST_PARTS)) {
    const [, name, value = ''] = NAMED.exec(part) ?? [];
    // `https://…` is no name with a value.
    if (name === undefined || value.startsWith('//') || found.has(name)) continue;
    found.set(name, isForm ? decoded(value) : value.trim());
  }
  return Object.fromEntries(found);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    // A lone percent sign: what stands there is the value.
    return value;
  }
}
