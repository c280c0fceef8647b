// How much a contract or a buyer takes per period.

export const CAP_PERIODS = ['hour', 'day', 'week', 'month', 'total'] as const;
export type CapPeriod = (typeof CAP_PERIODS)[number];

/** A limit per period. `null` = no limit is set; 0 = takes nothing. */
export interface Cap {
  readonly per: CapPeriod;
  readonly measure: 'leads' | 'cents';
  readonly limit: number | null;
}
