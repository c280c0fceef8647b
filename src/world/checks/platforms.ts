// Does a door of a web form, an ad platform or an automation tool have what it works by.

import type { Door } from '../../domain/world/door.ts';
import { WEBHOOK_NAMES } from '../../domain/world/platform.ts';
import type { Vertical } from '../../domain/world/world.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';

const WITH_SETTINGS = ['form', 'meta', 'webhook', 'linkedin'] as const;
/** They stand in an address. */
const NAME = /^[A-Za-z0-9_-]{1,100}$/;

/** Checks what only doors of these formats have, and that no other door has it. */
export function checkPlatform(
  door: Door,
  vertical: Vertical | undefined,
  at: Path,
): readonly WorldIssue[] {
  return [
    ...WITH_SETTINGS.flatMap((format) =>
      door[format] !== undefined && door.format !== format
        ? [issueAt([...at, format], `the door is of format ${door.format}`, 'leave it out')]
        : [],
    ),
    ...checkCredentials(door, at),
    ...(vertical ? checkPaths(door, vertical, at) : []),
  ];
}

function checkCredentials(door: Door, at: Path): readonly WorldIssue[] {
  const { format, keys } = door;
  const account = [...at, 'account'];
  const badName = NAME.test(door.account)
    ? []
    : [issueAt(account, 'it stands in the address', 'letters, digits, _ and - only')];
  const noKeys =
    keys.length === 0
      ? []
      : [issueAt([...at, 'keys'], `format ${format} has no password`, 'leave it out')];
  switch (format) {
    case 'form':
      return [...badName, ...noKeys];
    case 'webhook':
      if (keys.length > 0 || door.webhook?.signature) return badName;
      return [
        ...badName,
        issueAt([...at, 'keys'], 'anybody could post', 'give it a key or a signature'),
      ];
    case 'google': {
      if (keys.length > 0) return [];
      return [issueAt([...at, 'keys'], 'anybody could post', 'give it the hash of google_key')];
    }
    case 'meta':
    case 'linkedin': {
      if (door[format]) return noKeys;
      return [...noKeys, issueAt([...at, format], 'missing', 'name the secrets it works by')];
    }
    default:
      return [];
  }
}

function checkPaths(door: Door, { fields }: Vertical, at: Path): readonly WorldIssue[] {
  const known = new Set([...Object.keys(fields), ...WEBHOOK_NAMES]);
  return Object.keys(door.webhook?.paths ?? {}).flatMap((name) => {
    if (known.has(name)) return [];
    const says = `the vertical has no field "${name}"`;
    return [issueAt([...at, 'webhook', 'paths', name], says, didYouMean(name, known))];
  });
}
