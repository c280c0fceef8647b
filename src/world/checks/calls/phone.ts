// What must hold of a contract that offers its leads by phone.

import { placesIn } from '../../../delivery/calls/twilio-call.ts';
import { findCallStep } from '../../../domain/transfers/step.ts';
import type { Contract } from '../../../domain/world/contract.ts';
import type { Vertical } from '../../../domain/world/world.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../../issues.ts';

/** A call may be as long as this; before, nobody may take it for a no, or for a yes. */
const SHORTEST_PATIENCE_MS = 2 * 3_600_000;

/** The fields that a call names are there, and nothing else tells of its end. */
export function checkCall(contract: Contract, { fields }: Vertical, path: Path): WorldIssue[] {
  const step = findCallStep(contract);
  if (!step) return [];
  const { consumer, whisper } = step.call;
  const issues: WorldIssue[] = [];
  const named = [
    [[...path, 'post', 'consumer'], consumer] as const,
    ...placesIn(whisper).map((name) => [[...path, 'post', 'whisper'], name] as const),
  ];
  for (const [at, name] of named) {
    if (Object.hasOwn(fields, name)) continue;
    const near = didYouMean(name, Object.keys(fields));
    issues.push(issueAt(at, `"${name}" is no field of the vertical`, near));
  }
  if (Object.hasOwn(fields, consumer) && fields[consumer]?.type !== 'phone') {
    const says = `"${consumer}" holds no phone number`;
    issues.push(issueAt([...path, 'post', 'consumer'], says, 'name a field of type phone'));
  }
  if (contract.status) {
    const says = 'nobody is asked about a call but the phone company';
    issues.push(issueAt([...path, 'status'], says, 'leave it out'));
  }
  const { doubt } = contract;
  if (doubt && doubt.policy !== 'ask' && doubt.afterMs < SHORTEST_PATIENCE_MS) {
    const says =
      'a call may last longer: its lead would be offered to the next in the middle of it';
    issues.push(issueAt([...path, 'doubt', 'after'], says, 'raise it to 2h or more'));
  }
  return issues;
}
