-- Up Migration

-- Sold leads that go to their buyer together, in one file or mail, at the times of the delivery.
create table batches (
  contract_id text not null,
  target text not null,
  due_at timestamptz not null,
  -- open: leads may still join; begun: it is being sent, and nobody joins any more.
  state text not null default 'open' constraint batches_state_known
    check (state in ('open', 'begun', 'sent', 'failed')),
  tries int not null default 0,
  -- Of the last try.
  detail text not null default '',
  -- When the sweeper may look at it again.
  sweep_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (contract_id, target, due_at)
);
create index batches_due on batches (due_at) where state in ('open', 'begun');

create table batch_items (
  lead_id text not null references leads,
  contract_id text not null,
  target text not null,
  due_at timestamptz not null,
  queued_at timestamptz not null default now(),
  primary key (lead_id, contract_id, target),
  foreign key (contract_id, target, due_at) references batches
);
create index batch_items_of on batch_items (contract_id, target, due_at);
