-- Up Migration

-- A push that may have arrived, and whose repeat would be a second one, waits for an operator.
alter table deliveries drop constraint deliveries_state_known;
alter table deliveries add constraint deliveries_state_known
  check (state in ('delivered', 'trying', 'failed', 'unclear'));
alter table deliveries add column begun_at timestamptz;
update deliveries set begun_at = at;
alter table deliveries alter column begun_at set not null;
alter table deliveries alter column begun_at set default now();
-- While it is tried: when it is tried next.
alter table deliveries add column next_try_at timestamptz;
create index deliveries_open on deliveries (lead_id, contract_id, target)
  where state <> 'delivered';

-- The health of targets that ever failed or were switched by an operator; without a row a target
-- is healthy.
create table endpoints (
  contract_id text not null,
  target text not null,
  state text not null constraint endpoints_state_known
    check (state in ('healthy', 'failing', 'open', 'disabled')),
  -- Of the state.
  since timestamptz not null default now(),
  -- In a row, with the first of them.
  failures int not null default 0,
  failing_since timestamptz,
  last_error text,
  last_error_at timestamptz,
  -- While it is open: no push goes out before.
  probe_at timestamptz,
  -- The operator who enabled or disabled it last.
  switched_by text,
  primary key (contract_id, target)
);
create index endpoints_unwell on endpoints (contract_id, target)
  where state in ('open', 'disabled');

-- Pushes that operators asked for again. Each is a workflow of its own, by its number.
create table redeliveries (
  lead_id text not null,
  contract_id text not null,
  target text not null,
  n int not null,
  asked_by text not null,
  asked_at timestamptz not null default now(),
  started_at timestamptz,
  primary key (lead_id, contract_id, target, n),
  foreign key (lead_id, contract_id, target) references deliveries
);
create index redeliveries_due on redeliveries (asked_at) where started_at is null;
