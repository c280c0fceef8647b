// How a campaign's leads are scored.

export interface Scoring {
  /** By our own history, once there is enough of it; or by the rules alone. */
  readonly by: 'history' | 'rules';
  /** How long a lead waits for a grade, from the beginning of its run; 0 = it gets none. */
  readonly aiWaitMs: number;
}
