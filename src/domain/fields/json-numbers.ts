// JSON whose whole numbers keep every digit: ids of ad platforms are longer than a double holds.

// A string is passed over whole, so that digits inside it stay as they are.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE])/gs;

/** As `JSON.parse`, but whole numbers beyond 2^53 come as text. Throws as it does. */
export function parseJsonExactly(text: string): unknown {
  // First: on what is no JSON the pattern would take the square of its length.
  const parsed: unknown = JSON.parse(text);
  return /\d{16}/.test(text) ? JSON.parse(text.replace(TOKEN, exactly)) : parsed;
}

function exactly(token: string): string {
  if (token.startsWith('"') || Number.isSafeInteger(Number(token))) return token;
  return `"${token}"`;
}
