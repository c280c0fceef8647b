// Short runs of other programs, with a deadline, optionally as another OS user.

import { execFile } from 'node:child_process';
import type { OsUser } from './processes.ts';

/** One run: who runs it, where, for how long at most (10 s). */
export interface ProgramOptions {
  readonly user?: OsUser | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly timeoutMs?: number;
}

/**
 * Runs a program to its end and returns its stdout. Throws if it cannot be run, fails or is late;
 * the message is what it said on stderr, if anything.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  { user, env, timeoutMs = 10_000 }: ProgramOptions = {},
): Promise<string> {
  const options = {
    timeout: timeoutMs,
    // Another user may not be able to stand where we stand.
    cwd: '/',
    ...(env && { env }),
    ...(user && { uid: user.uid, gid: user.gid }),
  };
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new Error(stderr.trim() || error.message, { cause: error }));
    });
  });
}
