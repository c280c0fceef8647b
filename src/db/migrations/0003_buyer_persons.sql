-- Up Migration

-- Which persons a buyer was sent, by the fields that rules against repeats ask by. A row belongs to
-- an attempt and counts as long as that does.
create table buyer_persons (
  hash bytea not null,
  lead_id text not null,
  contract_id text not null,
  round int not null,
  buyer_id text not null,
  seen_at timestamptz not null,
  -- After the longest window of the rules that asked for it.
  keep_until timestamptz not null,
  primary key (hash, lead_id, contract_id, round),
  constraint buyer_persons_of_attempt foreign key (lead_id, contract_id, round) references attempts
);
create index buyer_persons_old on buyer_persons (keep_until);

-- Up to when the earlier leads of a rule have been looked through.
create table person_fills (
  buyer_id text not null,
  -- '' = through any contract.
  through text not null,
  fields text[] not null,
  within_days int not null,
  filled_to timestamptz not null,
  primary key (buyer_id, through, fields)
);

-- By team: the members of a team are buyers of their own ('sales.ann'), with one caps entity.
drop index attempts_by_buyer;
create index attempts_by_team on attempts (split_part(buyer_id, '.', 1), planned_at)
  where state in ('planned', 'sending', 'accepted', 'pending', 'in_doubt', 'returned',
    'accepted_conflict');
