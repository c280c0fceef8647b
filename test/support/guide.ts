// The examples of the guides: what a page shows is what a test runs.

import { readFileSync } from 'node:fs';

const pageText = (page: string) =>
  readFileSync(new URL(`../../docs/guides/${page}`, import.meta.url), 'utf8');

/** The YAML block of docs/guides/{page} that begins with `# example: {name}`. Throws if none. */
export function guideExample(page: string, name: string): string {
  return blockOf(page, { language: 'yaml', name });
}

/** The shell block of docs/guides/{page} that begins so. Throws if none. */
export function guideCommand(page: string, name: string): string {
  return blockOf(page, { language: 'sh', name });
}

function blockOf(page: string, { language, name }: { language: string; name: string }): string {
  const fenced = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm');
  const blocks = [...pageText(page).matchAll(fenced)].map(([, body = '']) => body);
  const found = blocks.find((body) => body.startsWith(`# example: ${name}\n`));
  if (found === undefined) throw new Error(`docs/guides/${page} has no ${language} block ${name}`);
  return found;
}

export interface GuideRequest {
  readonly method: string;
  /** What stands behind `localhost:3000`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The curl command of docs/guides/{page} named so, and what the next block says it prints. */
export function guideCurl(page: string, name: string): { sent: GuideRequest; shown: string } {
  const text = pageText(page);
  const at = text.indexOf(`\`\`\`sh\n# example: ${name}\n`);
  if (at < 0) throw new Error(`docs/guides/${page} has no command ${name}`);
  const [, command = '', shown = ''] =
    /```sh\n([^]*?)```\n+```(?:json|xml)\n([^]*?)\n```/.exec(text.slice(at)) ?? [];
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
  const after = (flag: string) =>
    words.flatMap((word, index) => (word === flag ? [words[index + 1] ?? ''] : []));
  const url = words.find((word) => word?.startsWith('localhost:3000')) ?? '';
  const data = after('-d');
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const named = after('-H').map((line) => line.split(': ', 2) as [string, string]);
  return {
    sent: {
      method: data.length > 0 ? 'POST' : 'GET',
      path: url.replace('localhost:3000', ''),
      headers: { ...(data.length > 0 && form), ...Object.fromEntries(named) },
      ...(data.length > 0 && { body: data.join('&') }),
    },
    shown,
  };
}
