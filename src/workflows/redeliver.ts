// One push again, because an operator said so. Its lead's own workflow may have ended long ago; the
// receiver sees the same idempotency key.

import { setCurrentDetails } from '@temporalio/workflow';
import { deliver, type Pushed } from './deliver.ts';
import type { Redelivery } from './messages.ts';
import { later } from './steps.ts';

/** Pushes one sold lead to one target again. */
export async function redeliverLead({ by, ...push }: Redelivery): Promise<Pushed> {
  const { leadId, contractId, target } = push;
  const place = `${contractId}/${target}`;
  const asked = `${leadId} to ${place} again, asked for by ${by}`;
  setCurrentDetails(asked);
  const plan = await later('what is to be pushed, and how').planRedelivery({
    ...{ leadId, contractId, target },
  });
  const end = await deliver({ leadId, contractId, ...plan });
  setCurrentDetails(`${asked}: ${end}`);
  return end;
}
