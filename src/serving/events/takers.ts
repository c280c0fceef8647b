// Which webhooks of a world take which events.

import type { NumberedEvent } from '../../db/events/number.ts';
import type { EventType } from '../../domain/events/event.ts';
import { type HeldWebhook, listWebhooks } from '../../domain/events/webhook.ts';

export interface Takers {
  readonly webhooks: readonly HeldWebhook[];
  /** The types that some webhook asks for. */
  readonly wanted: readonly EventType[];
  find(id: string): HeldWebhook | undefined;
  /** The ids of those that an event goes to. */
  of(event: NumberedEvent): readonly string[];
}

/** Indexed by whose they are: a world may have thousands, and an event concerns three parties. */
export function createTakers(world: Parameters<typeof listWebhooks>[0]): Takers {
  const webhooks = listWebhooks(world);
  const byId = new Map(webhooks.map((each) => [each.id, each]));
  const byOwner = new Map<string, HeldWebhook[]>();
  for (const webhook of webhooks) {
    const { party } = webhook;
    const owner = party.kind === 'operator' ? party.kind : `${party.kind}/${party.id}`;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), webhook]);
  }
  return {
    webhooks,
    wanted: [...new Set(webhooks.flatMap(({ events }) => events))],
    find: (id) => byId.get(id),
    of({ operator, sourceId, buyerId, type }) {
      const owners = [
        ...(operator ? ['operator'] : []),
        ...(sourceId === null ? [] : [`source/${sourceId}`]),
        ...(buyerId === null ? [] : [`buyer/${buyerId}`]),
      ];
      return owners
        .flatMap((owner) => byOwner.get(owner) ?? [])
        .filter(({ events }) => events.includes(type))
        .map(({ id }) => id);
    },
  };
}
