-- Up Migration

-- What outside services said, for as long as it counts. By a hash of what was asked about, of the
-- service and of its settings; the value itself stands nowhere here.
create table lookup_answers (
  hash bytea primary key,
  service text not null,
  -- In the adapter's words, without the person.
  finding jsonb not null,
  expires_at timestamptz not null
);
create index lookup_answers_expired on lookup_answers (expires_at);

-- What was asked and what it costs, by service and day of UTC. A call is counted when it was sent:
-- who hangs may charge all the same.
create table lookup_calls (
  service text not null,
  day date not null,
  calls bigint not null,
  -- Those without a usable answer.
  failed bigint not null,
  -- Thousandths of a cent: one call may cost less than a cent.
  millicents bigint not null,
  primary key (service, day)
);

-- Certificates to be retained if their lead is sold: a service forgets what nobody retains. A row
-- goes when that is done, given up, or not needed; the verdict says how it ended.
create table certificate_claims (
  lead_id text not null references leads,
  -- The name of the lookup in the lead's campaign.
  lookup text not null,
  tries int not null default 0,
  sweep_at timestamptz not null default now(),
  primary key (lead_id, lookup)
);
create index certificate_claims_due on certificate_claims (sweep_at);
