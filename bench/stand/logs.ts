// Where the children of a run write their logs.

import { join } from 'node:path';

/** The log of a child, by its name. */
export function logIn(folder: string, name: string): string {
  return join(folder, 'logs', `${name}.log`);
}
