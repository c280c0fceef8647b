// The examples of the guides: what a page shows is what a test runs.

import { readFileSync } from 'node:fs';

/** The YAML block of docs/guides/{page} that begins with `# example: {name}`. Throws if none. */
export function guideExample(page: string, name: string): string {
  const text = readFileSync(new URL(`../../docs/guides/${page}`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, body = '']) => body);
  const found = blocks.find((body) => body.startsWith(`# example: ${name}\n`));
  if (found === undefined) throw new Error(`docs/guides/${page} has no example ${name}`);
  return found;
}

/** The shell block of docs/guides/{page} that begins with `# example: {name}`. Throws if none. */
export function guideCommand(page: string, name: string): string {
  const text = readFileSync(new URL(`../../docs/guides/${page}`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, body = '']) => body);
  const found = blocks.find((body) => body.startsWith(`# example: ${name}\n`));
  if (found === undefined) throw new Error(`docs/guides/${page} has no command ${name}`);
  return found;
}
