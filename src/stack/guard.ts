// A guard outlives us to stop one child if we die without stopping it: kill -9, a crash, a closed
// terminal. It is a shell of a megabyte that reads a pipe whose other end only we hold. A word on
// the pipe means that the child is gone; the end of the pipe means that we are.

import { spawn } from 'node:child_process';

/** The watch over one child. */
export interface Guard {
  /** The child has ended: stop watching. Its process id may be anybody's from now on. */
  dismiss(): void;
  /** Does what our death would do: the guard stops the child. For tests. */
  abandon(): void;
}

// The process group is asked with each signal in turn, ten seconds apart, then killed. A container
// whose first process reaps nobody keeps the dead as zombies, which still accept signals.
const SCRIPT = `
trap '' INT TERM HUP
read -r word && exit 0
group=$1
shift
runs() {
  case "$(cat "/proc/$group/stat" 2>/dev/null)" in *") Z "*) return 1 ;; esac
  kill -s 0 -- "-$group" 2>/dev/null
}
for signal in "$@"; do
  kill -s "$signal" -- "-$group" 2>/dev/null
  tries=0
  while [ "$tries" -lt 50 ] && runs; do
    sleep 0.2
    tries=$((tries + 1))
  done
  runs || break
done
kill -s KILL -- "-$group" 2>/dev/null`;

/**
 * Watches over the process group that `pid` leads. The guard is in a session of its own, so the
 * terminal's Ctrl-C does not reach it, and it never keeps this process alive.
 */
export function startGuard(pid: number, signals: readonly NodeJS.Signals[]): Guard {
  const names = signals.map((signal) => signal.replace(/^SIG/, ''));
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'sluice-guard', String(pid), ...names], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no guard, and everything else works as before.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  // The stream is a socket, which alone would keep our event loop alive.
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return {
    dismiss: () => void guard.stdin.end('gone\n'),
    abandon: () => void guard.stdin.end(),
  };
}
