// A check of a campaign that asks an outside service about a lead, as the world holds it.

import type { Cents } from '../money.ts';

export interface Lookup {
  /** The name of its adapter. */
  readonly service: string;
  /** Null: the service wants no key. */
  readonly secretRef: string | null;
  /** The field whose value it asks about; null: the one of its type. */
  readonly field: string | null;
  /** How long a lead waits for it. */
  readonly waitMs: number;
  /** How long an answer is used again; 0 = never. */
  readonly cacheMinutes: number;
  /** What a thousand calls cost, since one may cost less than a cent. */
  readonly perThousandCents: Cents;
  /** When nobody knows, whatever the cause. */
  readonly onNoAnswer: 'accept' | 'flag' | 'reject';
  /** When the service speaks against the lead. */
  readonly onFinding: 'flag' | 'reject';
  /** When the lead has nothing to ask about. */
  readonly onMissing: 'accept' | 'flag' | 'reject';
  /** In the words of the adapter, whose schema they have passed. */
  readonly options: Readonly<Record<string, unknown>>;
}
