-- Up Migration

-- What a source was bid before it handed the lead over. A ping makes no lead: it reserves the id
-- of the one that its post may become, by which buyers know both.
create table pings (
  lead_id text primary key,
  source_id text not null,
  campaign_id text not null,
  -- Of all that the ping said: the same ping again gets the same answer.
  fingerprint bytea not null,
  -- Normal values; a post must not contradict them.
  fields jsonb not null,
  -- What each buyer that was asked answered.
  bids jsonb not null,
  -- What the source was promised. Null: nobody bid.
  payout_cents bigint,
  -- Why nobody did.
  reason text,
  expires_at timestamptz not null,
  made_at timestamptz not null default now(),
  constraint pings_bid_or_reason check ((payout_cents is null) = (reason is not null))
);
create index pings_by_fingerprint on pings (fingerprint, expires_at);
create index pings_by_age on pings (made_at);

-- What processes of one installation share, and nobody else knows.
create table installation (
  only_one boolean primary key default true constraint installation_is_one check (only_one),
  -- Signs what is handed out and comes back. Twice 122 random bits.
  secret text not null default gen_random_uuid() || '.' || gen_random_uuid()
);
insert into installation default values;
