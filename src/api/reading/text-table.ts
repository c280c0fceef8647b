// Plain columns for terminals.

/**
 * Rows as lines whose columns stand under each other, two blanks apart; `right` names the columns
 * that are set to the right. Cells are made printable first.
 */
export function columns(
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): string[] {
  const clean = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of clean) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  }
  const set = (cell: string, index: number) =>
    right.has(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0);
  return clean.map((row) => row.map(set).join('  ').trimEnd());
}

/**
 * Text that a terminal only shows: a source's fields and a buyer's words may hold escape sequences,
 * which would move the cursor, change the title or hide a line.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]+/gu, ' ');
}
