// Where parties have events sent to.

import type { World } from '../world/world.ts';
import type { EventType, Party } from './event.ts';

export interface Webhook {
  readonly url: string;
  /** References, never the secrets: several while one is exchanged. */
  readonly secrets: readonly string[];
  readonly events: readonly EventType[];
  readonly timeoutMs: number;
}

export type Webhooks = Readonly<Record<string, Webhook>>;

/** A webhook with whose it is. */
export interface HeldWebhook extends Webhook {
  /** `operator/{name}`, `source/{source}/{name}` or `buyer/{buyer}/{name}`. */
  readonly id: string;
  readonly party: Party;
}

/** All webhooks of a world. */
export function listWebhooks(world: Pick<World, 'webhooks' | 'sources' | 'buyers'>): HeldWebhook[] {
  const held = (party: Party, webhooks: Webhooks = {}) =>
    Object.entries(webhooks).map(([name, webhook]) => ({
      ...webhook,
      id: [...ownerOf(party), name].join('/'),
      party,
    }));
  return [
    ...held({ kind: 'operator' }, world.webhooks),
    ...Object.entries(world.sources).flatMap(([id, { webhooks }]) =>
      held({ kind: 'source', id }, webhooks),
    ),
    ...Object.entries(world.buyers).flatMap(([id, { webhooks }]) =>
      held({ kind: 'buyer', id }, webhooks),
    ),
  ];
}

function ownerOf(party: Party): readonly string[] {
  return party.kind === 'operator' ? [party.kind] : [party.kind, party.id];
}

/** Whether two parties are one. */
export function isSameParty(one: Party, other: Party): boolean {
  return ownerOf(one).join('/') === ownerOf(other).join('/');
}
