// Calls need an address at which Twilio reaches this installation: a world that begins to make
// calls is refused without one, and a process that was started without one says so.

import { findCallStep } from '../../domain/transfers/step.ts';
import type { World } from '../../domain/world/world.ts';
import { issueAt, type WorldIssue } from '../../world/issues.ts';

const FIX = 'set SLUICE_PUBLIC_URL, here and where sluice serve runs';

/** The contracts that call, and did not call before: an edit of the rest goes through. */
export function refuseUnreachable(
  world: World,
  { publicUrl, before }: { readonly publicUrl: string | undefined; readonly before: () => World },
): WorldIssue[] {
  const calling = publicUrl === undefined ? callersIn(world) : [];
  if (calling.length === 0) return [];
  const called = new Set(callersIn(before()));
  return calling
    .filter((id) => !called.has(id))
    .map((id) => issueAt(['contracts', id, 'post'], 'Twilio cannot reach this installation', FIX));
}

/** What an operator should know at the start; undefined where all is well. */
export function warnOfUnreachable(world: World, publicUrl: string | undefined): Error | undefined {
  const calling = publicUrl === undefined ? callersIn(world) : [];
  if (calling.length === 0) return undefined;
  return new Error(`${calling.join(', ')} can call nobody: ${FIX}`);
}

function callersIn({ contracts }: World): string[] {
  return Object.entries(contracts).flatMap(([id, contract]) => (findCallStep(contract) ? id : []));
}
