-- Up Migration

-- What was said of an attempt after its post: by the buyer when it was asked, by the buyer of its
-- own accord, by an operator, by the contract's policy. Appended before it takes effect.
create table attempt_words (
  id bigint generated always as identity primary key,
  -- The teller's own name for it: said again, it counts once.
  name text,
  lead_id text not null,
  contract_id text not null,
  round int not null,
  -- `status` (the buyer was asked), `buyer/{buyer}`, `operator/{operator}`, `policy`.
  teller text not null,
  said text not null constraint attempt_words_said_known check (said in ('accepted', 'rejected',
    'duplicate', 'pending', 'unknown', 'unclear', 'unanswered')),
  price_cents bigint constraint attempt_words_price_not_negative check (price_cents >= 0),
  reference text,
  detail text not null,
  -- Null while it takes effect; a crash leaves it so until it is said again.
  effect text constraint attempt_words_effect_known
    check (effect in ('settled', 'none', 'conflict')),
  said_at timestamptz not null default now(),
  constraint attempt_words_of_attempt
    foreign key (lead_id, contract_id, round) references attempts
);
create index attempt_words_by_lead on attempt_words (lead_id, id);
create unique index attempt_words_once on attempt_words (teller, name) where name is not null;

-- A buyer may name a lead by the reference that it gave it.
create index attempts_by_reference on attempts (buyer_id, (result ->> 'reference'))
  where result ->> 'reference' is not null;
