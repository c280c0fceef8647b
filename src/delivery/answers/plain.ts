// Other people's words, made safe to keep.

/**
 * At most so many characters, control characters as blanks. NUL and half a surrogate pair would be
 * refused by PostgreSQL, and a line break would forge a line of a log.
 */
export function plainText(value: string | number | boolean, most: number): string {
  return String(value)
    .slice(0, most)
    .replace(/[\p{Cc}\p{Cs}]/gu, ' ');
}

/** The text without a byte order mark, which JSON does not know. */
export function withoutMark(body: string): string {
  return body.startsWith('\uFEFF') ? body.slice(1) : body;
}
