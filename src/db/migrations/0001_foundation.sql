-- Up Migration

-- Every applied configuration, whole. The highest version is the current one.
create table worlds (
  version bigint generated always as identity primary key,
  document jsonb not null,
  digest text not null,
  applied_by text not null,
  applied_at timestamptz not null default now()
);

-- What is paused at this moment, by name ('all', 'campaign/x', 'buyer/x', 'contract/x'). Read in
-- the transaction that claims a send, so that a pause stops even a lead that was routed before it.
create table switches (
  subject text primary key,
  set_by text not null,
  set_at timestamptz not null default now()
);

create table leads (
  id text primary key,
  public_no bigint generated always as identity unique,
  campaign_id text not null,
  source_id text not null,
  sub_source text,
  external_id text,
  world_version bigint not null references worlds,
  test boolean not null,
  raw jsonb not null,
  fields jsonb not null,
  problems jsonb not null,
  unknown_fields text[] not null,
  behaviour jsonb not null,
  consent jsonb,
  asking_cents bigint constraint leads_asking_cents_not_negative check (asking_cents >= 0),
  received_at timestamptz not null default now(),
  round int not null default 1,
  status text not null default 'received' constraint leads_status_known
    check (status in ('received', 'in_doubt', 'sold', 'unsold', 'rejected', 'duplicate')),
  outcome jsonb,
  settled_at timestamptz,
  -- The process in which the source waits; another process that settles the lead notifies it.
  waits_in text,
  -- When the sweeper may look at this lead; moved ahead at every look.
  sweep_at timestamptz not null default now() + interval '4 seconds',
  constraint leads_outcome_ends check ((outcome is null) = (status in ('received', 'in_doubt')))
);
create index leads_by_time on leads (received_at, id);
create index leads_by_source on leads (source_id, received_at, id);
create index leads_unsettled on leads (sweep_at) where outcome is null;

create table idempotency_keys (
  source_id text not null,
  key text not null,
  body_sha256 bytea not null,
  lead_id text not null references leads,
  created_at timestamptz not null default now(),
  primary key (source_id, key)
);

-- Who was seen: the last lead that counted under each key of a duplicate rule.
create table fingerprints (
  scope text not null,
  hash bytea not null,
  lead_id text not null references leads,
  seen_at timestamptz not null,
  primary key (scope, hash)
);

-- What was decided about a lead, stored before anyone sees it. The first writer wins.
create table verdicts (
  lead_id text not null references leads,
  round int not null,
  step text not null,
  verdict jsonb not null,
  stored_at timestamptz not null default now(),
  primary key (lead_id, round, step)
);

-- The fence: one row per offer, claimed before the first byte is sent.
create table attempts (
  lead_id text not null references leads,
  contract_id text not null,
  round int not null,
  buyer_id text not null,
  stage text not null,
  position int not null,
  state text not null default 'planned' constraint attempts_state_known
    check (state in ('planned', 'sending', 'accepted', 'rejected', 'pending', 'not_sent',
      'in_doubt', 'accepted_conflict', 'returned')),
  exclusive boolean not null,
  -- The place it takes in the lead, from its claim on; places are numbered from 1.
  place int,
  price_cents bigint not null constraint attempts_price_not_negative check (price_cents >= 0),
  bid_id text,
  cap_windows jsonb not null,
  result jsonb,
  planned_at timestamptz not null default now(),
  sent_at timestamptz,
  settled_at timestamptz,
  primary key (lead_id, contract_id, round),
  constraint attempts_place_when_taken
    check (place is not null or state not in ('sending', 'accepted', 'pending', 'in_doubt'))
);
-- A place is taken by one live attempt at most, whatever the code does.
create unique index attempts_one_per_place on attempts (lead_id, place)
  where state in ('sending', 'accepted', 'pending', 'in_doubt');
create index attempts_by_buyer on attempts (buyer_id, planned_at)
  where state in ('planned', 'sending', 'accepted', 'pending', 'in_doubt');

create table sales (
  lead_id text not null references leads,
  contract_id text not null,
  buyer_id text not null,
  source_id text not null,
  campaign_id text not null,
  round int not null,
  price_cents bigint not null constraint sales_price_not_negative check (price_cents >= 0),
  payout_cents bigint not null constraint sales_payout_not_negative check (payout_cents >= 0),
  reference text,
  -- Where the buyer wants the consumer sent.
  redirect_url text,
  sold_at timestamptz not null default now(),
  -- One sale of a lead to a contract, ever.
  constraint sales_once primary key (lead_id, contract_id),
  constraint sales_of_attempt foreign key (lead_id, contract_id, round) references attempts
);

-- The ledger: each row moves an amount from one account to another, so it always balances.
create table transfers (
  -- The cause, as the caller names it: 'sale/{lead}/{contract}', 'payout/{lead}/{contract}'.
  id text primary key,
  kind text not null constraint transfers_kind_known check (kind in ('charge', 'payout')),
  state text not null default 'posted' constraint transfers_state_known
    check (state in ('pending', 'posted', 'voided')),
  from_account text not null,
  to_account text not null,
  amount_cents bigint not null constraint transfers_amount_not_negative check (amount_cents >= 0),
  lead_id text not null references leads,
  campaign_id text not null,
  source_id text not null,
  buyer_id text not null,
  posted_at timestamptz not null default now(),
  constraint transfers_two_accounts check (from_account <> to_account)
);
create index transfers_by_time on transfers (posted_at);
create index transfers_by_lead on transfers (lead_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.state = 'pending' and new.state in ('posted', 'voided')
    and to_jsonb(old) - 'state' = to_jsonb(new) - 'state'
  then
    return new;
  end if;
  raise exception 'transfers are append-only: % of %', lower(tg_op), old.id;
end $$;
create trigger transfers_append_only before update or delete on transfers
  for each row execute function refuse_change();

-- What must leave after a commit, at least once: signals to workflows, events to sources, buyers.
create table outbox (
  id bigint generated always as identity primary key,
  kind text not null constraint outbox_kind_known check (kind in ('signal', 'event')),
  lead_id text not null references leads,
  name text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
create index outbox_unsent_signals on outbox (id) where sent_at is null and kind = 'signal';

-- Pushes after a sale, with the proof of each.
create table deliveries (
  lead_id text not null references leads,
  contract_id text not null,
  target text not null,
  state text not null constraint deliveries_state_known
    check (state in ('delivered', 'trying', 'failed')),
  tries int not null,
  detail text not null,
  at timestamptz not null default now(),
  primary key (lead_id, contract_id, target)
);

-- Whose turn it is, per rotating stage: credits scaled by 2^40.
create table rotations (
  campaign_id text not null,
  stage text not null,
  turns bigint not null,
  credits jsonb not null,
  primary key (campaign_id, stage)
);
