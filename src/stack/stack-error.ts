// The error of the embedded stack: what went wrong, and what the person at the terminal does next.

/**
 * A part of the embedded stack cannot start, run or be deleted. `message` says what is wrong,
 * `hint` the next step, for the person who typed the command. Print both, without a stack trace.
 */
export class StackError extends Error {
  override readonly name = 'StackError';
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** The words of anything thrown, on one line, for lists of what was tried. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().replaceAll(/\s*\n\s*/g, '; ');
}

/** The `code` of a Node or PostgreSQL error (`ENOENT`, `57P03`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
