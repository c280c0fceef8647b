// The folder that holds everything this Sluice keeps on the machine.

import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { reasonOf, StackError } from './stack-error.ts';

/**
 * Makes the data folder if it is absent and returns its absolute path. Throws `StackError` if we
 * cannot write there.
 */
export async function openDataDir(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
    return path;
  } catch (error) {
    throw new StackError(
      `the data folder ${path} cannot be used: ${reasonOf(error)}`,
      'Set SLUICE_DATA_DIR to a folder that you may write to.',
      { cause: error },
    );
  }
}
