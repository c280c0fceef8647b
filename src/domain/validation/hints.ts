// What is odd about a lead that is complete and readable: noted for operators, and a refusal only
// where its campaign says so.

/** The closed list of hints. Codes are public and never renamed. */
export const HINTS = {
  email_disposable: 'an address of a kind that is thrown away',
  email_role: 'an address of an office, not of a person',
  email_typo: 'a domain that is one slip away from a large provider’s',
  zip_unknown: 'a zip that nobody has',
  zip_not_in_state: 'a zip outside the state that was told',
} as const;
export type HintCode = keyof typeof HINTS;

export interface Hint {
  readonly field: string;
  readonly code: HintCode;
  /** Never a personal value: it stands in histories and is shown to sources. */
  readonly says: string;
}
