// How a lead's story tells of doubt: what is not known, and what the buyer said when it was asked.

import { utcText } from '../calendar.ts';
import type { Offered } from '../outcome.ts';
import type { Asked, Said } from './doubt.ts';

/** The headline of a lead whose place is taken and not sold. */
export function describeDoubt({ candidate: { contractId }, report }: Offered): string {
  const what =
    report.kind === 'pending'
      ? `**pending**: ${contractId} has the lead and decides later`
      : `**in doubt**: ${contractId} may have the lead`;
  return `${what}; nobody else is offered its place until that is known`;
}

const SAYS: Readonly<Record<Said, string>> = {
  accepted: 'it said yes',
  rejected: 'it said no',
  duplicate: 'it has this person already',
  pending: 'it decides later',
  unknown: 'it never got the lead',
  unclear: 'its answer settled nothing',
  unanswered: 'no answer came',
};

/** As many questions as a reader takes in; of more, the last. */
const MOST_LINES = 10;

/** What came of asking, in order. */
export function describeAsked(asked: readonly Asked[] = []): string[] {
  if (asked.length === 0) return [];
  const before = asked.length - MOST_LINES;
  const lines = asked
    .slice(-MOST_LINES)
    .map(({ contractId, atMs, said }) => `- ${utcText(atMs)} ${contractId}: ${SAYS[said]}`);
  return [
    '### Asked what became of it',
    [...(before > 0 ? [`- ${before} before`] : []), ...lines].join('\n'),
  ];
}
