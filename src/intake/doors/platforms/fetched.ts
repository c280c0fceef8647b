// A lead that was fetched where it was announced, as told at the door of its account.

import type { Door } from '../../../domain/world/door.ts';
import { toPlain } from '../../plain-values.ts';
import { refused, type Refused, type Told } from '../door.ts';
import { textOf } from './loose.ts';

/** Which lead was asked for. */
export interface Wanted {
  /** The platform's name of it. */
  readonly externalId: string;
  readonly door: Pick<Door, 'account' | 'fields'>;
}

interface Found {
  readonly values: Readonly<Record<string, unknown>>;
  /** Facts by name; those that are not there are left out. */
  readonly facts: readonly (readonly [name: string, fact: unknown])[];
  readonly subSource: string | undefined;
  readonly test: boolean;
}

/** Refused where there is more of it than of any lead. */
export function toldOf({ externalId, door }: Wanted, found: Found): Told | Refused {
  const { values, facts, subSource, test } = found;
  const known = facts.flatMap(([name, fact]) => {
    const short = typeof fact === 'boolean' ? fact : textOf(fact)?.slice(0, 500);
    return short !== undefined && name.length <= 100 ? [[name, short] as const] : [];
  });
  const [plain, behaviour] = [toPlain(values), toPlain(Object.fromEntries(known))];
  if (plain.kind === 'too_large') return refused('unreadable', `${plain.says}: ${plain.fix}`);
  return {
    ...{ kind: 'told', account: door.account, key: null, phase: 'full' },
    values: plain.value,
    ...(behaviour.kind === 'plain' && {
      behaviour: behaviour.value as Record<string, string | boolean>,
    }),
    ...{ externalId, subSource, test },
  };
}
