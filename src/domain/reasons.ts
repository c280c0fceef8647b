// The closed list of reasons: every refusal, no-bid, rejection and doubt carries one of these
// codes. Codes are public and never renamed. Each has the sentence an operator reads.

/** Why intake or validation refused a lead. */
export const REFUSALS = {
  field_missing: 'a required field is missing',
  field_invalid: 'a field does not hold what its type asks for',
  duplicate: 'the same person was received within the window',
  suppressed: 'it stands on a suppression list',
  rule_broken: 'it breaks a rule of its campaign or of its kind of lead',
  consent_missing: 'the consent that the campaign requires is missing or incomplete',
  consent_outdated: 'the consent is older than the campaign takes, or dated after the lead',
  field_doubtful: 'a field holds what the campaign refuses',
  phone_unverified: 'the phone number failed verification',
  email_unverified: 'the e-mail address failed verification',
  consent_unverified: 'the proof of consent failed verification',
  listed_elsewhere: 'it stands on a list of people who must not be called',
  lookup_unanswered: 'a check that it must pass got no answer',
} as const;

/** Those that name a field. */
export const FIELD_REASONS = [
  'field_missing',
  'field_invalid',
  'rule_broken',
  'consent_missing',
  'consent_outdated',
  'field_doubtful',
] as const satisfies readonly (keyof typeof REFUSALS)[];
export type FieldReason = (typeof FIELD_REASONS)[number];

/** Why a contract was not a candidate, or was not offered the lead. */
export const INELIGIBLE = {
  paused: 'paused by an operator',
  source_not_allowed: 'the contract does not take leads of this source',
  filter_not_met: 'the filter does not match',
  field_required: 'a field that the contract needs is missing',
  score_too_low: 'the score is below the minimum',
  seen_before: 'this buyer has had this person within the window',
  outside_schedule: 'outside the hours in which the contract buys',
  cap_reached: 'a cap has no room left',
  cap_unknown: 'the caps did not answer in time',
  no_turn: 'weight 0: never drawn',
  under_margin: 'the price does not cover what the source asks or earns, and the margin',
  budget_used: 'the time of the stage was used up',
  rejections_reached: 'the stage ended after its number of rejections',
  no_place: 'the lead has no place left for this contract',
  rejected_before: 'the buyer said no to this lead in an earlier round',
  not_its_turn: 'its stage takes leads only after earlier stages were full or closed',
  sold_before_its_stage: 'the lead was sold before this stage began',
  stage_not_reached: 'the lead ended before this stage began',
  not_offered: 'the lead was sold before this contract’s turn',
} as const;

/** Why a ping brought no bid that counts. */
export const NO_BIDS = {
  no_bid: 'the buyer did not want to bid',
  below_floor: 'the bid is below the floor',
  under_margin: 'the price does not cover what the source asks or earns, and the margin',
  too_few_bidders: 'fewer bids counted than the stage wants',
  bid_unreadable: 'the answer holds no readable bid',
  bid_over_ceiling: 'the bid is above what the contract may bid',
  late: 'no answer before the deadline',
  not_needed: 'the auction closed before its answer: it could not have won any more',
  not_pinged: 'too little time was left to ask',
  connection_failed: 'the buyer could not be reached',
  connection_lost: 'the connection broke before the answer was complete',
  answer_too_large: 'the answer is larger than allowed',
  http_status: 'the buyer answered with an error status',
  address_refused: 'the address is not allowed for outbound calls',
  secret_missing: 'the contract’s secret is not set',
  token_refused: 'the token service of the buyer gave no token',
  request_invalid: 'the request could not be built as the contract says',
} as const;

/** Why a buyer did not take an offered lead. */
export const REJECTIONS = {
  buyer_rejected: 'the buyer said no',
  buyer_duplicate: 'the buyer has this person already',
  buyer_error: 'the buyer had a fault, and says that it did not take the lead',
  never_arrived: 'the buyer says that it never got the lead',
  assumed_rejected: 'nobody knew in time, and the contract’s policy takes that for a no',
  yes_dismissed: 'its yes came too late, and an operator dismissed it',
  call_not_placed: 'the phone company took no call to the buyer',
  call_unanswered: 'the buyer did not answer the phone',
  call_busy: 'the buyer’s phone was busy',
  call_machine: 'a machine answered the buyer’s phone',
  call_declined: 'whoever answered the buyer’s phone did not press the key',
  call_failed: 'the call to the buyer failed',
  call_too_short: 'the talk with the consumer was shorter than the contract pays for',
  consumer_not_reached: 'the buyer took the call, and the consumer was not reached',
} as const;

/** Why nobody knows whether the buyer has the lead. */
export const DOUBTS = {
  no_answer: 'no complete answer before the time limit',
  connection_lost: 'the connection broke before the answer was complete',
  answer_unreadable: 'the answer says neither accepted nor rejected',
  answer_too_large: 'the answer is larger than allowed',
  run_interrupted: 'an earlier run sent the lead and left no answer',
  decides_later: 'the buyer has the lead and decides later',
  price_differs: 'the buyer took it at another price than was agreed',
} as const;

/** What became of a price that a buyer named and that was not the one that stood. */
export const PRICES = {
  price_kept: 'the price stands, by the contract’s policy',
  price_within_tolerance: 'the price stands: the difference is within the tolerance',
  price_over_ceiling: 'the price stands: the named one is above what the contract may pay',
  price_below_least: 'the price stands: the named one is below the least for this lead',
  price_taken: 'the named price is charged, by the contract’s policy',
  price_asked: 'the price stands until an operator decides',
  price_settled: 'an operator settled the price',
} as const;

/** Why a lead ended without a buyer. */
export const UNSOLD = {
  no_contracts: 'the campaign routes to no contract',
  none_eligible: 'no contract was eligible',
  no_bids: 'no buyer bid enough',
  all_rejected: 'every buyer that was offered the lead said no',
  none_reached: 'no buyer that should be offered the lead could be reached',
  test_lead: 'a test lead is never sold',
  closed_by_operator: 'an operator closed it while it waited for a buyer',
} as const;

/** Why a score stands without a grade of the language model. Never a reason against the lead. */
export const FALLBACKS = {
  no_key: 'no key of the Anthropic API is set',
  test_not_graded: 'test leads are not graded',
  timed_out: 'no grade came within the campaign’s wait',
  breaker_open: 'the API failed before; it is asked again after a pause, or after a restart',
  token_budget_used: 'the tokens of the day are used up',
  too_many_calls: 'too many calls were under way',
  rate_limited: 'the API took no more calls at the moment',
  overloaded: 'the API was overloaded',
  unreachable: 'the API could not be reached, or the connection broke',
  not_authorised: 'the API does not accept the key',
  no_credit: 'the account of the API has no credit left, or reached its limit',
  api_error: 'the API answered with an error',
  refused: 'the model declined to answer',
  malformed: 'the answer was not what was asked for',
} as const;

/** Why a lookup of an outside service came to nothing. What follows is the campaign's policy. */
export const UNANSWERED = {
  timed_out: 'nothing came within the wait',
  unreachable: 'the service could not be reached, or the connection broke',
  rate_limited: 'the service took no more calls at the moment',
  not_authorised: 'the service does not accept the key',
  no_credit: 'the account has no credit left',
  service_error: 'the service answered with an error',
  malformed: 'the answer was not what is documented',
  breaker_open: 'the service failed before; it is asked again after a pause, or a new world',
  too_many_calls: 'too many calls were under way',
  no_secret: 'its secret is not set',
  test_not_asked: 'test leads ask no paid service',
} as const;

export type RefusalReason = keyof typeof REFUSALS;
export type IneligibleReason = keyof typeof INELIGIBLE;
export type NoBidReason = keyof typeof NO_BIDS;
export type RejectionReason = keyof typeof REJECTIONS;
export type DoubtReason = keyof typeof DOUBTS;
export type PriceReason = keyof typeof PRICES;
export type UnsoldReason = keyof typeof UNSOLD;
export type FallbackReason = keyof typeof FALLBACKS;
export type UnansweredReason = keyof typeof UNANSWERED;

export type Reason =
  RefusalReason | IneligibleReason | NoBidReason | RejectionReason | DoubtReason | UnsoldReason;

const SENTENCES: Readonly<Record<Reason, string>> = {
  ...REFUSALS,
  ...INELIGIBLE,
  ...NO_BIDS,
  ...REJECTIONS,
  ...DOUBTS,
  ...UNSOLD,
};

/** The sentence for a reason, for people. */
export function sentenceOf(reason: Reason): string {
  return SENTENCES[reason];
}

/** Reasons that pass by themselves, so the contract may be tried again with the same lead. */
export const TRANSIENT: ReadonlySet<Reason> = new Set<Reason>(['cap_unknown', 'connection_failed']);
