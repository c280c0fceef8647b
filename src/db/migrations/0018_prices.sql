-- Up Migration

-- What a word did to the price, and why.
alter table attempt_words add column before_cents bigint;
alter table attempt_words add column after_cents bigint;
alter table attempt_words add column why text;
alter table attempt_words drop constraint attempt_words_said_known;
alter table attempt_words add constraint attempt_words_said_known check (said in ('accepted',
  'rejected', 'duplicate', 'pending', 'unknown', 'unclear', 'unanswered', 'dismissed'));
alter table attempt_words drop constraint attempt_words_effect_known;
alter table attempt_words add constraint attempt_words_effect_known check (effect in ('settled',
  'none', 'conflict', 'repriced', 'price_kept', 'price_asked', 'dismissed', 'refused'));

-- A price that is changed after its sale is corrected by transfers of their own: what has to be
-- paid on top moves as a charge does, what is given back moves the other way.
alter table transfers drop constraint transfers_kind_known;
alter table transfers add constraint transfers_kind_known
  check (kind in ('charge', 'payout', 'charge_change', 'payout_change'));

-- Every price that was charged and is not the one that was agreed, or was changed after its sale.
-- The row is the truth; the buyer's caps are told what it adds to their windows until they confirm.
create table price_changes (
  -- Its cause: 'answer/{lead}/{contract}/{round}' or 'word/{id}'.
  id text primary key,
  lead_id text not null,
  contract_id text not null,
  round int not null,
  buyer_id text not null,
  -- Counts up from 1 for each buyer, in the order in which changes are committed.
  number int not null,
  before_cents bigint not null,
  after_cents bigint not null constraint price_changes_not_negative check (after_cents >= 0),
  why text not null,
  -- The windows in cents that count the sale: key and end.
  windows jsonb not null,
  done_at timestamptz not null default now(),
  -- When the buyer's caps confirmed that they count it.
  told_at timestamptz,
  constraint price_changes_of_attempt
    foreign key (lead_id, contract_id, round) references attempts,
  constraint price_changes_in_order unique (buyer_id, number)
);
create index price_changes_untold on price_changes (buyer_id) where told_at is null;
create index price_changes_by_lead on price_changes (lead_id);
